"""What happened around the reviews: changes in the system, open cases, and what gets reviewed."""
