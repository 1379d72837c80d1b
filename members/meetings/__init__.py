"""Meetings of governing bodies: agenda, decisions, minutes, appeals."""
