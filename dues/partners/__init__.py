"""Lines of bank statements that are money between organisations (V-D7, N-D1)."""
