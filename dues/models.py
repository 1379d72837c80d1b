"""The models of the app, imported for Django; our own code imports them from their packages."""

from .ledger.models import DuesAccount, LedgerEntry
from .rates.models import Rate

__all__ = [
    "DuesAccount",
    "LedgerEntry",
    "Rate",
]
