"""Remarks of officers on records below their organisation, and the answers (N-S1)."""
