"""Totals of an organisation's books, and querysets of members by their dues."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from dues.rates.models import Exemption
from dues.rates.rules.rates import rate_on, rates_of
from members.people.models import Member, MemberQuerySet
from registry.access import Actor
from registry.organizations.models import Federation

from ..enums import AccountKind, EntryKind, Fee
from ..models import DuesAccount, DuesAccountQuerySet, LedgerEntry
from ..rules.standing import NOTHING

#: Amounts charged and received by an organisation, without those taken over from former books.
CHARGES = Q(kind=EntryKind.CHARGE) & ~Q(credit__kind=AccountKind.OPENING)
PAYMENTS = Q(kind=EntryKind.PAYMENT) & ~Q(debit__kind=AccountKind.OPENING)


@dataclass(frozen=True)
class YearSums:
    """Amounts that an organisation charged and received in a year, its members'
    debts, and the number not charged yet.
    """

    charged: Decimal
    paid: Decimal
    owed: Decimal
    debtors: int
    uncharged: int


def year_sums(actor: Actor, year: int, today: dt.date) -> YearSums:
    """Return the totals of the actor's organisation; entries of members who have left stay in its books.

    Amounts taken over from former books are excluded. The sums over all entries of the year and all accounts of the
    members are computed in the database.
    """
    own = actor.organization
    entries, accounts = LedgerEntry.objects.visible_to(actor), DuesAccount.objects.visible_to(actor)
    members = Member.objects.visible_to(actor).registered()
    if own is not None and own.keeps_cards:
        entries = LedgerEntry.objects.filter(organization=own)
        # With the scope alone, the rows of the whole federation would be read.
        accounts, members = accounts.filter(member__organization=own), members.filter(organization=own)
    sums = (
        entries.valid()
        .filter(made_on__year=year)
        .aggregate(charged=Sum("amount", filter=CHARGES), paid=Sum("amount", filter=PAYMENTS))
    )
    debtors, owed = owed_by(accounts, today)
    return YearSums(
        charged=sums["charged"] or NOTHING,
        paid=sums["paid"] or NOTHING,
        owed=owed,
        debtors=debtors,
        uncharged=not_charged(members, year).count(),
    )


def owed_by(accounts: DuesAccountQuerySet, today: dt.date) -> tuple[int, Decimal]:
    """Return the number of accounts in arrears and their total debt."""
    found = in_arrears(accounts, today).aggregate(count=Count("pk"), owed=Sum("unpaid"))
    return found["count"], found["owed"] or NOTHING


def in_arrears(accounts: DuesAccountQuerySet, today: dt.date) -> DuesAccountQuerySet:
    """Return the accounts with an unpaid sum past its term (V-B16)."""
    return accounts.filter(unpaid_since__lt=today)


def not_charged(members: MemberQuerySet, year: int) -> MemberQuerySet:
    """Return the members without an annual charge of the year who were not exempt from it, for example registered from
    lists during the year.
    """
    charged = LedgerEntry.objects.valid().filter(
        account=OuterRef("dues__id"), kind=EntryKind.CHARGE, fee=Fee.ANNUAL, year=year
    )
    exempted = Exemption.objects.filter(account=OuterRef("dues__id"), fee=Fee.ANNUAL, year=year)
    return members.filter(may_lack_charge(year), ~Exists(charged), ~Exists(exempted))


def may_lack_charge(year: int) -> Q:
    """Return the condition under which entries have to be looked up to know whether members are charged for the year.

    A year up to which somebody has paid was charged.
    """
    return Q(dues__paid_to__isnull=True) | Q(dues__paid_to__lt=year) | Q(dues__paid_to__gt=year)


def uncharged_organizations(
    year: int,
    *,
    known_before: dt.date | None = None,
    code: str = "",
    zone: str | None = None,
    among: Collection[int] | None = None,
) -> list[int]:
    """Return the ids of organisations with members not charged for the year; `code` limits them to one, `zone` to
    those of a time zone, `among` to some by their ids.
    """
    new_year = dt.date(year, 1, 1)
    charging = [f.pk for f in Federation.objects.all() if rate_on(rates_of(f), Fee.ANNUAL, new_year) is not None]
    members = Member.objects.registered().filter(federation__in=charging)
    if known_before is not None:
        members = members.filter(created_at__lt=timezone.make_aware(dt.datetime.combine(known_before, dt.time())))
    if zone is not None:
        members = members.filter(organization__zone=zone)
    if code:
        members = members.filter(organization__code=code)
    if among is not None:
        members = members.filter(organization__in=among)
    found = not_charged(members, year).order_by("organization").values_list("organization", flat=True).distinct()
    return [pk for pk in found if pk is not None]


def with_standing(members: MemberQuerySet, wanted: str, today: dt.date) -> MemberQuerySet:
    """Return the members in arrears, with a debt, an unpaid entrance fee, this year paid, or an advance."""
    entrance = LedgerEntry.objects.valid().filter(
        account__member=OuterRef("pk"), kind=EntryKind.CHARGE, fee=Fee.ENTRANCE
    )
    conditions = {
        "arrears": Q(dues__unpaid_since__lt=today),
        "unpaid": Q(dues__unpaid__gt=0),
        "entrance": Q(dues__unpaid__gt=0, dues__entrance_paid_on__isnull=True) & Exists(entrance),
        "paid": Q(dues__paid_to__gte=today.year),
        "advance": Q(dues__advance__gt=0),
    }
    return members.filter(conditions[wanted])
