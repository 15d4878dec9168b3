"""Metrics of generated motion: MMD, motion statistics, and distances between features."""
