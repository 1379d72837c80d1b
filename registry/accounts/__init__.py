"""Accounts, their appointments, sign-in, drafts and saved filters."""
