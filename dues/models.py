"""The models of the app, imported for Django; our own code imports them from their packages."""

from .bank.models import BankLine, BankPart, BankStatement, KnownPayer, OwnAccount, StatementColumns
from .collecting.models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from .contributions.models import ContributionTerm, PropertyContribution
from .distribution.models import (
    Distribution,
    DistributionDecision,
    DistributionLine,
    DistributionShare,
    Remittance,
    SettlementAct,
)
from .expenses.models import ExpenseOrder
from .ledger.models import BookAccount, ClosedBooks, DuesAccount, LedgerEntry
from .notices.models import DuesReminder
from .payroll.models import (
    Deduction,
    EmployeeNumber,
    Employer,
    PayrollAbsence,
    PayrollLine,
    PayrollList,
    PayrollPart,
)
from .rates.models import Exemption, Rate, Reduction

__all__ = [
    "BankLine",
    "BankPart",
    "BankStatement",
    "BookAccount",
    "CashOrder",
    "ClosedBooks",
    "CollectorOrder",
    "ContributionTerm",
    "Deduction",
    "Distribution",
    "DistributionDecision",
    "DistributionLine",
    "DistributionShare",
    "DuesAccount",
    "DuesReminder",
    "EmployeeNumber",
    "Employer",
    "Exemption",
    "ExpenseOrder",
    "KnownPayer",
    "LedgerEntry",
    "OwnAccount",
    "PaymentRegister",
    "PayrollAbsence",
    "PayrollLine",
    "PayrollList",
    "PayrollPart",
    "PropertyContribution",
    "Rate",
    "Reduction",
    "RegisterLine",
    "Remittance",
    "SettlementAct",
    "StatementColumns",
]
