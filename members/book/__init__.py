"""Registrations and the registration book: who stands, and stood, on account in which unit."""
