"""Accounts and appointments: given, blocked, signed in with; drafts and saved filters of an account."""
