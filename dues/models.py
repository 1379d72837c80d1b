"""The models of the app, imported for Django; our own code imports them from their packages."""

from .collecting.models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from .expenses.models import ExpenseOrder
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
    "ExpenseOrder",
    "LedgerEntry",
    "PaymentRegister",
    "Rate",
    "RegisterLine",
]
