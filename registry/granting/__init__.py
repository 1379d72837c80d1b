"""Requests of administrators that somebody else confirms: roles, one-time passwords, unblocking (N-H2)."""
