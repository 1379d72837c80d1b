"""Remarks of officers on what is below their organisation, and the answers (N-S1)."""
