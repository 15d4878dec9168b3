"""Prepared data and the clips that are drawn from them."""
