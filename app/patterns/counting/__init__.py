"""How reviews are kept in memory and counted."""
