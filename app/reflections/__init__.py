"""Anonymous staff reflections: the box they are put into (a program of its own) and the desk of those who answer."""
