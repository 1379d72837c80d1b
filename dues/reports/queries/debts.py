"""Debts of members at the end of a day, by kind of dues and year, computed in the database (N-D1).

The result equals `dues.ledger.rules.standing`: a payment covers the charge of its kind and year, or the terms of its
property contribution; the rest covers the oldest charge of the kind. Members count where they are now, as in all lists
of debts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F

from dues.ledger.enums import CHARGED, EntryKind
from dues.ledger.models import DuesAccount, LedgerEntry
from registry.access import Actor
from registry.organizations.models import Organization

from .asked import NO_YEAR, Asked, key_of, part_of_unit

#: The unpaid rest of the charges of each account, kind, year and property contribution. `{0}` are the accounts, `{1}`
#: their entries until the last day, for the accounts `{2}` that may owe something. Most charges are exactly covered by
#: their own payments; these are left out before anything is sorted.
_LEFT = """
WITH scope AS ({0}),
owing AS ({2}),
sums AS (
    SELECT account_id, fee, year, unit,
        SUM(CASE WHEN kind = 'charge' THEN amount END) AS charged,
        SUM(CASE WHEN kind = 'payment' THEN amount END) AS paid,
        MIN(CASE WHEN kind = 'charge' THEN COALESCE(due_on, made_on) END) AS due,
        MIN(CASE WHEN kind = 'charge' THEN entry END) AS one
    FROM ({1}) AS entries JOIN owing ON owing.pk = entries.account_id
    GROUP BY account_id, fee, year, contribution_id, unit
),
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
#: The stored standing says who owes something now.
_OWING_NOW = "SELECT pk, unit FROM scope WHERE unpaid > 0"
#: Accounts without a present debt may have owed on an earlier day if more was paid than charged of a kind since: `{0}`
#: are the entries of later days, which are fewer than those of all years before.
_OWING_THEN = f"""{_OWING_NOW} UNION ALL SELECT pk, unit FROM scope WHERE pk IN (
    SELECT later.account_id FROM ({{0}}) AS later JOIN scope ON scope.pk = later.account_id WHERE scope.unpaid = 0
    GROUP BY later.account_id, later.fee
    HAVING SUM(CASE WHEN later.kind = 'charge' THEN later.amount ELSE -later.amount END) < 0
)"""  # noqa: S608


@dataclass(frozen=True)
class Debt:
    """A debt of a part, a kind of dues and a year."""

    part: int
    fee: str
    year: int
    owed: Decimal


def debts(asked: Asked, actor: Actor) -> list[Debt]:
    """Return what members of the organisation owed at the end of the last day, by part, kind and year."""
    # The part of a unit is looked up only for the remaining rows, not for each entry.
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
    now, entries = asked.last >= asked.place.today, _entries(asked)
    try:
        # In the order of their values in the statement.
        scope, later, before, of_parts = (
            found.query.sql_with_params() if found is not None else ("", ())
            for found in (
                _scope(asked, actor),
                None if now else entries.filter(made_on__gt=asked.last),
                entries.filter(made_on__lte=asked.last),
                parts,
            )
        )
    except EmptyResultSet:
        return []
    limits, values = _limits(asked)
    # The placeholders of the inner queries are percent signs, not braces.
    owing = _OWING_NOW if now else _OWING_THEN.replace("{0}", later[0])
    sql = _LEFT.replace("{0}", scope[0]).replace("{1}", before[0]).replace("{2}", owing)
    sql += select.replace("{0}", limits).replace("{1}", of_parts[0])
    with connection.cursor() as cursor:
        cursor.execute(sql, [*scope[1], *later[1], *before[1], *values, *of_parts[1]])
        return cursor.fetchall()


def _scope(asked: Asked, actor: Actor) -> Any:
    """Return the personal accounts of the members who count, with their present debts and their unit."""
    place, accounts = asked.place, DuesAccount.objects.visible_to(actor)
    if asked.units is not None:
        accounts = accounts.filter(member__unit__among=asked.units)
    elif asked.is_cell or asked.others:
        accounts = accounts.filter(member__unit=place)
    elif place != actor.organization:
        accounts = accounts.filter(
            member__unit__federation_id=place.federation_id, member__unit__path__startswith=place.path
        )
    return accounts.order_by().values("pk", "unpaid", unit=F("member__unit"))


def _entries(asked: Asked) -> Any:
    """Return the valid charges and payments of any account and day."""
    entries = LedgerEntry.objects.valid().filter(kind__in=[EntryKind.CHARGE, EntryKind.PAYMENT], fee__in=CHARGED)
    if asked.fee:
        entries = entries.filter(fee=asked.fee)
    names = ("account_id", "fee", "year", "contribution_id", "kind", "amount", "made_on", "due_on")
    return entries.order_by().values(*names, entry=F("pk"))


def _limits(asked: Asked) -> tuple[str, list[Any]]:
    if asked.year is None:
        return "", []
    return (" WHERE year IS NULL", []) if asked.year == NO_YEAR else (" WHERE year = %s", [asked.year])


def _roubles(kopecks: Any) -> Decimal:
    return Decimal(kopecks).scaleb(-2)
