"""Registrations and the registration book: who is, or was, on account in which unit."""
