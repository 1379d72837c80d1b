"""Reports of dues: what was charged, paid and is owed, and what the accountant takes over."""
