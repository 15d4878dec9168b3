"""Loads prepared data sets and draws clips from them."""
