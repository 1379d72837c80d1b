"""Choices of the ledger."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Fee(TextChoices):
    """Kinds of dues (V-D1 to V-D3, U-D1)."""

    ENTRANCE = "entrance", _("entrance fee")
    ANNUAL = "annual", _("annual fee")
    PROPERTY = "property", _("property contribution")
    VOLUNTARY = "voluntary", _("voluntary contribution")
    PERCENT = "percent", _("percentage of pay")


class EntryKind(TextChoices):
    """Kinds of ledger entries; mistakes are corrected by reversals (N-D1)."""

    CHARGE = "charge", _("charge")
    PAYMENT = "payment", _("payment")
    #: For money between accounts of the organisation, without a member.
    MOVE = "move", _("movement of money")
    REVERSAL = "reversal", _("reversal")


class AccountKind(TextChoices):
    """Accounts of an organisation's books; every entry moves its sum from one to another (N-D1, ADR 15)."""

    #: Debts of members; the personal account of an entry identifies the member.
    MEMBERS = "members", _("settlements with members")
    #: By kind of dues and year.
    INCOME = "income", _("income from dues")
    #: Payments recorded by their paper, without cash desk or bank statement.
    RECEIVED = "received", _("money received")
    #: Money received by a collector and not handed in yet (V-D4 to V-D6).
    COLLECTOR = "collector", _("money held by a collector")
    CASH = "cash", _("cash desk")
    #: By the number of the settlement account.
    BANK = "bank", _("bank account")
    #: Received by the bank; payer or purpose are not known yet.
    UNKNOWN = "unknown", _("money not identified yet")
    #: Money of the cash desk paid out for other purposes than the bank.
    SPENT = "spent", _("expenses")
    #: Receipts and payments of the bank account that do not concern members.
    OTHER = "other", _("money that is not dues")
    #: Income shared with superiors (V-D7).
    PASSED = "passed", _("income passed on")
    #: By the superior organisation.
    OWED_TO = "owed_to", _("owed to another organisation")
    #: By the organisation below.
    OWED_BY = "owed_by", _("owed by another organisation")
    SHARED = "shared", _("income from organisations below")
    #: Debts and payments from before the organisation kept its books here.
    OPENING = "opening", _("opening balances")


#: Accounts that name another organisation.
PARTNERS = (AccountKind.OWED_TO, AccountKind.OWED_BY)
#: Accounts debited by payments.
MONEY = (AccountKind.RECEIVED, AccountKind.COLLECTOR, AccountKind.CASH, AccountKind.UNKNOWN)
#: Debit and credit of movements of money: handed in by a collector, deposited at the bank, spent, owed between
#: organisations, passed on and received, received and paid by the bank, identified as not dues.
MOVES = (
    (AccountKind.CASH, AccountKind.COLLECTOR),
    (AccountKind.BANK, AccountKind.CASH),
    (AccountKind.SPENT, AccountKind.CASH),
    (AccountKind.PASSED, AccountKind.OWED_TO),
    (AccountKind.OWED_BY, AccountKind.SHARED),
    (AccountKind.OWED_TO, AccountKind.CASH),
    (AccountKind.OWED_TO, AccountKind.BANK),
    # The bank statement takes it from the account.
    (AccountKind.OWED_TO, AccountKind.OTHER),
    (AccountKind.OWED_TO, AccountKind.RECEIVED),
    (AccountKind.BANK, AccountKind.OWED_BY),
    # The bank statement adds it to the account.
    (AccountKind.OTHER, AccountKind.OWED_BY),
    (AccountKind.RECEIVED, AccountKind.OWED_BY),
    (AccountKind.BANK, AccountKind.UNKNOWN),
    (AccountKind.BANK, AccountKind.OTHER),
    (AccountKind.OTHER, AccountKind.BANK),
    (AccountKind.UNKNOWN, AccountKind.OTHER),
    # Already in the account's books, from the cash desk.
    (AccountKind.UNKNOWN, AccountKind.BANK),
)
#: Kinds of dues that are charged; payments beyond the charges are advances. Other kinds are only received.
CHARGED = (Fee.ENTRANCE, Fee.ANNUAL, Fee.PROPERTY)
