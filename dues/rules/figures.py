"""Sums of an organisation's books for its own page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from members.models import Member
from registry.access import Actor

from ..enums import EntryKind, Fee
from ..models import DuesAccount, LedgerEntry
from .standing import NOTHING


@dataclass(frozen=True)
class YearSums:
    """What an organisation charged and received in a year, what its members owe now, and who is not charged yet."""

    charged: Decimal
    paid: Decimal
    owed: Decimal
    debtors: int
    uncharged: int


def year_sums(actor: Actor, year: int, today: dt.date) -> YearSums:
    """The sums of what the actor reads, in three queries."""
    entries = LedgerEntry.objects.visible_to(actor).filter(reversed_by__isnull=True)
    of_year = Q(kind=EntryKind.PAYMENT, made_on__year=year)
    sums = entries.filter(Q(made_on__year=year)).aggregate(
        charged=Sum("amount", filter=Q(kind=EntryKind.CHARGE)), paid=Sum("amount", filter=of_year)
    )
    owing = DuesAccount.objects.visible_to(actor).filter(unpaid_since__lt=today)
    debts = owing.aggregate(owed=Sum("unpaid"), debtors=Count("pk"))
    return YearSums(
        charged=sums["charged"] or NOTHING,
        paid=sums["paid"] or NOTHING,
        owed=debts["owed"] or NOTHING,
        debtors=debts["debtors"],
        uncharged=uncharged(actor, year),
    )


def uncharged(actor: Actor, year: int) -> int:
    """How many on account have no annual charge of the year: put on account from lists in its course."""
    charged = LedgerEntry.objects.filter(
        kind=EntryKind.CHARGE, fee=Fee.ANNUAL, year=year, reversed_by__isnull=True, account__member__isnull=False
    )
    on_account = Member.objects.visible_to(actor).on_account()
    return on_account.exclude(pk__in=charged.values("account__member")).count()
