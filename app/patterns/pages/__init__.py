"""The pages of patterns and their files."""
