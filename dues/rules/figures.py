"""Sums of an organisation's books for its own page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from members.models import Member
from members.models.cards import MemberQuerySet
from registry.access import Actor

from ..enums import EntryKind, Fee
from ..models import DuesAccount, LedgerEntry
from ..models.ledger import DuesAccountQuerySet
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
    """The sums of the actor's organisation; those of people who have left stay in its books."""
    own = actor.organization
    entries = LedgerEntry.objects.visible_to(actor)
    if own is not None and own.keeps_cards:
        entries = LedgerEntry.objects.filter(organization=own)
    sums = entries.filter(reversed_by__isnull=True, made_on__year=year).aggregate(
        charged=Sum("amount", filter=Q(kind=EntryKind.CHARGE)), paid=Sum("amount", filter=Q(kind=EntryKind.PAYMENT))
    )
    debtors, owed = owed_by(DuesAccount.objects.visible_to(actor), today)
    return YearSums(
        charged=sums["charged"] or NOTHING,
        paid=sums["paid"] or NOTHING,
        owed=owed,
        debtors=debtors,
        uncharged=not_charged(Member.objects.visible_to(actor).on_account(), year).count(),
    )


def owed_by(accounts: DuesAccountQuerySet, today: dt.date) -> tuple[int, Decimal]:
    """How many of the accounts are in arrears, and what they have not paid."""
    found = accounts.filter(unpaid_since__lt=today).aggregate(count=Count("pk"), owed=Sum("unpaid"))
    return found["count"], found["owed"] or NOTHING


def not_charged(members: MemberQuerySet, year: int) -> MemberQuerySet:
    """Those without an annual charge of the year: put on account from lists in its course, or the year is not charged."""
    charged = LedgerEntry.objects.filter(
        account__member=OuterRef("pk"), kind=EntryKind.CHARGE, fee=Fee.ANNUAL, year=year, reversed_by__isnull=True
    )
    return members.filter(~Exists(charged))
