"""Stored files: the row of each file, and what a file may be for."""
