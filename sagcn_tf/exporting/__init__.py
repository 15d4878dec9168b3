"""Exports a trained run as a SavedModel for serving."""
