"""Floods of requests by one person to a real server, and their effect on others: `python -m tests.floods.run`."""
