"""Registrations and the registration book: who is, or was, registered in which unit."""
