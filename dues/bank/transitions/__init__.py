"""Transitions of bank statements."""
