"""The box: a small site of its own that takes reflections and knows nothing of who signs in anywhere."""
