"""The models of the app, imported for Django; our own code imports them from their packages."""

from .collecting.models import CollectorOrder
from .ledger.models import BookAccount, ClosedBooks, DuesAccount, LedgerEntry
from .rates.models import Rate

__all__ = [
    "BookAccount",
    "ClosedBooks",
    "CollectorOrder",
    "DuesAccount",
    "LedgerEntry",
    "Rate",
]
