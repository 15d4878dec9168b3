"""TFDS builders, one folder each: what the data are, with no training logic."""
