"""Rates of dues with their dates and papers."""
