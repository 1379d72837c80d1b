"""Floods by one person against a real server, and what others notice of them: `python -m tests.floods.run`."""
