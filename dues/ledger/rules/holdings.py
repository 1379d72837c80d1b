"""The money that an account holds (N-D1). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from dues.collecting.models import CashOrder, PaymentRegister
from dues.money import money
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..enums import AccountKind
from ..models import BookAccount, LedgerEntry

_NOTHING = Decimal("0.00")


def held_by(account: BookAccount) -> Decimal:
    """Return the debits of the account less its credits."""
    sums = LedgerEntry.objects.filter(Q(debit=account) | Q(credit=account)).aggregate(
        debits=Sum("amount", filter=Q(debit=account)), credits=Sum("amount", filter=Q(credit=account))
    )
    return (sums["debits"] or _NOTHING) - (sums["credits"] or _NOTHING)


def spendable(organization: Organization, day: dt.date) -> Decimal:
    """Return what the cash desk can pay out on the day: its lowest balance at the end of this day and of later ones."""
    debit, credit = Q(debit__kind=AccountKind.CASH), Q(credit__kind=AccountKind.CASH)
    moved: QuerySet[Any, Any] = LedgerEntry.objects.filter(debit | credit, organization=organization).order_by()
    sums = {"came": Sum("amount", filter=debit), "went": Sum("amount", filter=credit)}
    before = moved.filter(made_on__lte=day).aggregate(**sums)
    least = held = (before["came"] or _NOTHING) - (before["went"] or _NOTHING)
    for later in moved.filter(made_on__gt=day).values("made_on").annotate(**sums).order_by("made_on"):
        held += (later["came"] or _NOTHING) - (later["went"] or _NOTHING)
        least = min(least, held)
    return least


def left_to_hand_in(register: PaymentRegister) -> Decimal:
    """Return the register's money that the collector still has: its payments less its valid cash receipt orders."""
    valid = LedgerEntry.objects.valid()
    paid = valid.filter(register_line__register=register).aggregate(total=Sum("amount"))["total"]
    handed_in = CashOrder.objects.valid().filter(register=register).aggregate(total=Sum("amount"))["total"]
    return (paid or _NOTHING) - (handed_in or _NOTHING)


def check_held(entry: LedgerEntry) -> None:
    """Raise `RuleViolation` (N-D1) if a collector or cash desk no longer has the money of an entry to be reversed.

    Money of another register does not count.
    """
    if entry.debit.kind not in {AccountKind.COLLECTOR, AccountKind.CASH}:
        return
    collected = entry.debit.kind == AccountKind.COLLECTOR
    held = left_to_hand_in(entry.register_line.register) if collected else held_by(entry.debit)
    if held >= entry.amount:
        return
    if collected:
        message = _("This money was handed in by a cash receipt order, and %(sum)s ₽ are left. Void the order first.")
    else:
        message = _("Only %(sum)s ₽ are in the cash desk; the money of this order was paid out.")
    raise RuleViolation("N-D1", message % {"sum": money(held)})


def is_stated(deposit: LedgerEntry) -> bool:
    """Return whether a payment of a bank statement is the money that this movement took from the cash desk."""
    same = LedgerEntry.objects.valid().filter(key__startswith=f"bank cash:{deposit.pk}:")
    return same.exists()
