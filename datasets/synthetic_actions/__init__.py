"""Procedural human actions: kinematics, the actions, cameras, and their TFDS builder."""
