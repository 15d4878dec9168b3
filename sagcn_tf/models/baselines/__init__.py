"""Baselines: the systems that the paper compares SA-GCN with."""
