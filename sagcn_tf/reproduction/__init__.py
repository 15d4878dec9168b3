"""Reproduces the tables of the paper: their rows, training, evaluation and reports."""
