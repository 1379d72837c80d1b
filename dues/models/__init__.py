"""Models of the dues."""

from .ledger import DuesAccount, LedgerEntry, Rate

__all__ = ["DuesAccount", "LedgerEntry", "Rate"]
