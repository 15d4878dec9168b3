"""What a trained run becomes in order to be served: a SavedModel and what belongs to it."""
