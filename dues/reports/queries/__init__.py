"""Sums of a report, and the lines behind each of them."""
