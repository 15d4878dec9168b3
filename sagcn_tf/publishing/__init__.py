"""Publishes trained runs."""
