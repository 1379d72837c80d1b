"""Breaches of personal data: their cards, notices and terms (152-ФЗ art. 21 p. 3.1)."""
