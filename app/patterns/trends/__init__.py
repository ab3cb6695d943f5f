"""Factors and incidents over time."""
