"""A made-up county to try the program with; nothing in it is a real place, office, person or case."""
