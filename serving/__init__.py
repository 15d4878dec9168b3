"""Serving a trained model: push, a local server, a client, and files for TensorFlow Serving."""
