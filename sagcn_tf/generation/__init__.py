"""Clips of a trained model, and the files that hold them."""
