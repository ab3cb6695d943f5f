"""Looks through narratives for blame, hindsight and identifying details, and offers neutral ways to say the same."""
