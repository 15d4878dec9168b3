"""Procedural human actions: body model, actions, cameras, and the TFDS builder."""
