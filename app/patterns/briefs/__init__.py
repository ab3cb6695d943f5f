"""Briefs of two pages: what they hold, and how they become PDF and DOCX."""
