"""TFDS builders, one folder per data set. They contain no training logic."""
