"""Payments recorded by hand and from lists, and their reversal."""
