"""How often each factor appears in which group of reviews."""
