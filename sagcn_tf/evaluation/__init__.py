"""Evaluates generated clips against real ones."""
