"""Stored files: their rows, purposes and encrypted contents."""
