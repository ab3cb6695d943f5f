"""Which reviews are like one review."""
