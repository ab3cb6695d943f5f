"""What the reviews say together: shares, pairs of factors and their map, for people who may read the reviews."""
