"""Bank statements: reading, matching with members, posting."""
