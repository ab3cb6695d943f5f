"""The quarter of one office beside its own past."""
