"""Saved views: an address of patterns under a title, and the numbers it had when it was saved."""
