"""Training runs: the loop, workers, logs and pictures."""
