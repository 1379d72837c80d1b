"""Screens of people and their accounting."""
