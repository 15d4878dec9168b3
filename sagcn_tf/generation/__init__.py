"""Samples clips from a trained model and writes them to files."""
