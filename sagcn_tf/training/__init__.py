"""A training run: the loop, workers, logs and pictures."""
