"""The models of the app, imported for Django; our own code imports them from their packages."""

from .collecting.models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from .ledger.models import BookAccount, ClosedBooks, DuesAccount, LedgerEntry
from .payroll.models import Deduction, Employer
from .rates.models import Rate

__all__ = [
    "BookAccount",
    "CashOrder",
    "ClosedBooks",
    "CollectorOrder",
    "Deduction",
    "DuesAccount",
    "Employer",
    "LedgerEntry",
    "PaymentRegister",
    "Rate",
    "RegisterLine",
]
