"""Action classifiers that score generated clips."""
