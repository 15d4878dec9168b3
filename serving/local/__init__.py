"""The parts of the local server."""
