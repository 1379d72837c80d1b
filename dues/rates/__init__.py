"""Rates of dues."""
