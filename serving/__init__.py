"""Serving a trained model: TensorFlow Serving's configuration, a local server and a client."""
