"""Pages of reporting campaigns."""
