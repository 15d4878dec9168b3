"""Figures: film strips, animations, attention maps and training curves."""
