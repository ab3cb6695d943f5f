"""Which factors appear in the same reviews."""
