"""Notes on a pattern, told by role, for people who may read what it was counted from."""
