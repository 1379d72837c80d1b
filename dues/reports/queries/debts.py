"""Debts of members at the end of a day, by kind of dues and year, reckoned by the database (N-D1).

It is the same as `dues.ledger.rules.standing`: a payment covers the charge of its kind and year, or the terms of its
property contribution; the rest covers the oldest charge of the kind. Members count where they are
now, as in all lists of debts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Min, Q, Sum
from django.db.models.functions import Coalesce

from dues.ledger.enums import CHARGED, EntryKind
from dues.ledger.models import LedgerEntry
from registry.access import Actor
from registry.organizations.models import Organization

from .asked import NO_YEAR, Asked, key_of, part_of_unit

#: What is left of the charges of each account, kind, year and property contribution. `{0}` are the sums of the entries.
#: Charges that their own payments cover to the kopeck are most of them, and left out before anything is put in order.
_LEFT = """
WITH sums AS ({0}),
named AS (
    SELECT account, fee, year, unit, due, one, charged, paid,
        CASE WHEN year IS NULL THEN 0 WHEN paid < charged THEN paid ELSE charged END AS met
    FROM (
        SELECT account_id AS account, fee, year, unit, due, one,
            COALESCE(charged, 0) AS charged, COALESCE(paid, 0) AS paid
        FROM sums
    ) AS plain
),
spread AS (
    SELECT account, fee, year, unit, charged - met AS short,
        SUM(paid - met) OVER (PARTITION BY account, fee) AS beyond,
        SUM(charged - met) OVER (PARTITION BY account, fee ORDER BY due, one ROWS UNBOUNDED PRECEDING) AS until
    FROM named WHERE charged > met OR paid > met
),
found AS (
    SELECT account, fee, year, unit,
        CASE WHEN until - beyond < short THEN until - beyond ELSE short END AS owed
    FROM spread WHERE short > 0 AND until > beyond
)
"""


@dataclass(frozen=True)
class Debt:
    """A sum owed: of a part, a kind of dues and a year."""

    part: int
    fee: str
    year: int
    owed: Decimal


def debts(asked: Asked, actor: Actor) -> list[Debt]:
    """Return what members of the organisation owed at the end of the last day, by part, kind and year."""
    # The part of a unit is looked up for what is left alone, not for each of their entries.
    parts = Organization.objects.visible_to(actor).order_by().values("pk", part=part_of_unit(asked.place))
    select = """SELECT part, fee, year, SUM(owed) FROM
(SELECT unit, fee, year, SUM(owed) AS owed FROM found{0} GROUP BY unit, fee, year) AS units
JOIN ({1}) AS parts ON parts.pk = units.unit GROUP BY part, fee, year"""
    rows = _ask(asked, actor, select, parts)
    return [Debt(key_of(part), fee, year or NO_YEAR, _roubles(owed)) for part, fee, year, owed in rows]


def debtors(asked: Asked, actor: Actor) -> list[tuple[int, Decimal]]:
    """Return the personal accounts that owed something, each with the sum, the largest first."""
    select = "SELECT account, SUM(owed) AS owed FROM found{0} GROUP BY account ORDER BY owed DESC, account"
    return [(account, _roubles(owed)) for account, owed in _ask(asked, actor, select)]


def _ask(asked: Asked, actor: Actor, select: str, parts: Any = None) -> Sequence[tuple[Any, ...]]:
    try:
        inner, params = _sums(asked, actor).query.sql_with_params()
        of_parts, others = parts.query.sql_with_params() if parts is not None else ("", ())
    except EmptyResultSet:
        return []
    limits, values = _limits(asked)
    # The placeholders of the inner queries are percent signs, not braces.
    sql = _LEFT.replace("{0}", inner) + select.replace("{0}", limits).replace("{1}", of_parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *values, *others])
        return cursor.fetchall()


def _sums(asked: Asked, actor: Actor) -> Any:
    """Return the sums of each account, kind, year and contribution, of all entries until the last day."""
    place = asked.place
    entries = LedgerEntry.objects.visible_to(actor).valid().filter(fee__in=CHARGED, made_on__lte=asked.last)
    if asked.units is not None:
        entries = entries.filter(account__member__unit__among=asked.units)
    elif asked.is_cell or asked.others:
        entries = entries.filter(account__member__unit=place)
    elif place != actor.organization:
        entries = entries.filter(
            account__member__unit__federation_id=place.federation_id,
            account__member__unit__path__startswith=place.path,
        )
    if asked.last >= place.today:
        # The stored standing says who owes nothing now.
        entries = entries.filter(account__unpaid__gt=0)
    if asked.fee:
        entries = entries.filter(fee=asked.fee)
    charge, payment = Q(kind=EntryKind.CHARGE), Q(kind=EntryKind.PAYMENT)
    return (
        entries.filter(charge | payment)
        .order_by()
        .annotate(unit=F("account__member__unit"))
        .values("account_id", "fee", "year", "contribution_id", "unit")
        .annotate(
            charged=Sum("amount", filter=charge),
            paid=Sum("amount", filter=payment),
            due=Min(Coalesce("due_on", "made_on"), filter=charge),
            one=Min("pk", filter=charge),
        )
    )


def _limits(asked: Asked) -> tuple[str, list[Any]]:
    if asked.year is None:
        return "", []
    return (" WHERE year IS NULL", []) if asked.year == NO_YEAR else (" WHERE year = %s", [asked.year])


def _roubles(kopecks: Any) -> Decimal:
    return Decimal(kopecks).scaleb(-2)
