"""What a brief shows of each page of patterns."""
