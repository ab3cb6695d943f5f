"""Which three and more factors appear together."""
