"""A folder of a user's own motion: one subfolder an action."""
