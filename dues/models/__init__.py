"""Models of the dues."""
