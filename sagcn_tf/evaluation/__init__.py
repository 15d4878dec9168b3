"""Measures generated clips against real ones."""
