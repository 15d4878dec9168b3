"""Classifiers of actions, which score generated clips."""
