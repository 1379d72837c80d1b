"""Drafts of forms, saved while typing and preserved when a session ends."""
