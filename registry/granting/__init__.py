"""Requests of administrators that somebody else confirms: roles, passwords, unblocking, resets (N-H2)."""
