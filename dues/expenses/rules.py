"""Rules of cash expense orders (V-D6, N-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import AccountKind
from dues.ledger.rules.holdings import is_stated, spendable
from dues.money import is_sum, money
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .models import ExpenseOrder


def check_paid_out(organization: Organization, amount: Decimal, made_on: dt.date) -> None:
    """Raise `RuleViolation` for an impossible sum (V-D6), or one that the cash desk does not have on the day (N-D1)."""
    if not is_sum(amount):
        raise RuleViolation("V-D6", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    left = spendable(organization, made_on)
    if amount > left:
        message = _("Only %(sum)s ₽ can be paid out on %(day)s; the cash desk would hold less than nothing.")
        raise RuleViolation("N-D1", message % {"sum": money(left), "day": day_text(made_on)}, field="amount")


def check_day(made_on: dt.date, last: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D6) for a day in the future, or before that of the last order of the year."""
    if made_on > today:
        raise RuleViolation("V-D6", _("The date of the order cannot be in the future."), field="made_on")
    if last is not None and made_on < last:
        message = _("The last cash expense order of the year is of %(day)s; numbers follow the days.")
        raise RuleViolation("V-D6", message % {"day": day_text(last)}, field="made_on")


def check_texts(*, paid_to: str, ground: str, enclosure: str, account_number: str) -> None:
    """Raise `RuleViolation` (V-D6) unless receiver and reason are given, and for the bank its paper."""
    if not paid_to.strip():
        raise RuleViolation("V-D6", _("Enter who receives the money."), field="paid_to")
    if not ground.strip():
        raise RuleViolation("V-D6", _("Enter what the money is paid for."), field="ground")
    if not account_number:
        return
    if len(account_number) != 20 or not account_number.isascii() or not account_number.isdigit():
        message = _("Enter the 20 digits of the settlement account into the passport of the organisation first.")
        raise RuleViolation("V-D6", message, field="to_bank")
    if not enclosure.strip():
        raise RuleViolation("V-D6", _("Name the receipt of the bank: its number and date."), field="enclosure")


def check_can_be_void(order: ExpenseOrder, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless the cash expense order is valid and a reason is given."""
    if hasattr(order.entry, "reversed_by"):
        raise RuleViolation("N-D1", _("The cash expense order is void already."))
    if is_stated(order.entry):
        raise RuleViolation("N-D1", _("A bank statement has this money. Put the payment back there first."))
    if order.entry.debit.kind == AccountKind.OWED_TO:
        message = _("This money was passed on to another organisation. Take it back on the page «Settlements».")
        raise RuleViolation("N-D1", message)
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
