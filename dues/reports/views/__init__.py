"""Pages of reports of dues."""
