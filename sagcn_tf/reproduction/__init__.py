"""The tables of the paper: what their rows are, how each is trained, and what came out."""
