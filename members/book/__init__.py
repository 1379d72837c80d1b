"""Registrations and the registration book: the people registered in each unit, now and in the past."""
