"""Which factor shaped which, from the system maps of many reviews."""
