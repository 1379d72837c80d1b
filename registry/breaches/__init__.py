"""Breaches of personal data: their cards, the notices and their terms (152-ФЗ art. 21 p. 3.1)."""
