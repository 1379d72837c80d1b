"""Sums of a report, grouped by kind, year, part, way and day (N-D1). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from dues.collecting.models import CollectorOrder
from dues.ledger.enums import Fee
from dues.ledger.queries.figures import CHARGES, PAYMENTS
from dues.ledger.rules.standing import NOTHING
from registry.access import Actor
from registry.organizations.models import Organization

from ..enums import Figure
from . import kept
from .asked import FLOWS, NO_YEAR, OTHERS, WAYS, Asked, entries_behind, entries_in, key_of, part_of_entry
from .debts import Debt, debts

#: Maximum number of collectors of organisations below that a report names.
MAX_COLLECTORS = 300


@dataclass(frozen=True)
class Sums:
    """Sums charged and paid in the period, and owed at its end."""

    charged: Decimal = NOTHING
    paid: Decimal = NOTHING
    owed: Decimal = NOTHING

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.charged + other.charged, self.paid + other.paid, self.owed + other.owed)

    def __bool__(self) -> bool:
        return any((self.charged, self.paid, self.owed))

    def of(self, figure: str) -> Decimal:
        """Return the sum of a figure."""
        return {Figure.CHARGED: self.charged, Figure.PAID: self.paid, Figure.OWED: self.owed}[Figure(figure)]


@dataclass(frozen=True)
class Row:
    """A row of a report: its sums, and the limits of its lines.

    `key` is the kind of dues, the year, the id of the part or of the collector's order, or the day.
    """

    key: Any
    sums: Sums
    asked: Asked
    #: The organisation or cell, or the order of the collector.
    about: Any = None


def total_of(rows: Iterable[Row]) -> Sums:
    """Return the sum of the rows."""
    return sum((row.sums for row in rows), Sums())


def sums_of(asked: Asked, actor: Actor) -> Sums:
    """Return the sums charged and paid in the period, and owed at its end."""
    entries = entries_in(asked, actor).filter(FLOWS)
    flows = entries.aggregate(charged=Sum("amount", filter=CHARGES), paid=Sum("amount", filter=PAYMENTS))
    return _sums(flows) + Sums(owed=sum((debt.owed for debt in debts(asked, actor)), NOTHING))


def by_dues(asked: Asked, actor: Actor) -> tuple[list[Row], list[Row]]:
    """Return the rows of the kinds of dues, and those of the years, the newest first."""
    fees: defaultdict[str, Sums] = defaultdict(Sums)
    years: defaultdict[int, Sums] = defaultdict(Sums)
    for row in _flows(asked, actor, "fee", "year"):
        fees[row["fee"]] += _sums(row)
        years[row["year"] or NO_YEAR] += _sums(row)
    for debt in _debts(asked, actor):
        fees[debt.fee] += Sums(owed=debt.owed)
        years[debt.year] += Sums(owed=debt.owed)
    known = [fee for fee in Fee.values if fees.get(fee)]
    return (
        [Row(fee, fees[fee], replace(asked, fee=fee)) for fee in known],
        [Row(year, years[year], replace(asked, year=year)) for year in sorted(years, reverse=True) if years[year]],
    )


def by_part(asked: Asked, actor: Actor) -> list[Row]:
    """Return the rows of the organisations below, or of the cells, by name; those of no part last.

    Without parts below there are no rows. Parts without sums are left out.
    """
    place = asked.place
    if not asked.has_parts:
        return []
    found: defaultdict[int, Sums] = defaultdict(Sums)
    for row in _flows(asked, actor, "part", part=part_of_entry(place)):
        found[key_of(row["part"])] += _sums(row)
    for debt in _debts(asked, actor):
        found[debt.part] += Sums(owed=debt.owed)
    parts = Organization.objects.visible_to(actor).filter(pk__in=[pk for pk in found if pk != OTHERS])
    rows = [
        Row(part.pk, found[part.pk], replace(asked, place=part), part)
        for part in parts.select_related("federation").order_by("sort_key", "pk")
        if found[part.pk]
    ]
    if found.get(OTHERS):
        rows.append(Row(OTHERS, found[OTHERS], replace(asked, others=True)))
    return rows


def by_way(asked: Asked, actor: Actor) -> list[Row]:
    """Return the sums paid to each collector, to the cash desk, to the bank and by papers.

    More than `MAX_COLLECTORS` of organisations below form one row.
    """
    found = _ways(asked, actor)
    ids = [row["debit__collector"] for row in found if row["debit__collector"]]
    if len(ids) > MAX_COLLECTORS and not asked.place.keeps_cards:
        found, ids = _without_collectors(asked, actor), []
    orders = CollectorOrder.objects.visible_to(actor).select_related("organization").in_bulk(ids)
    rows = []
    for row in found:
        way, order = row["debit__kind"], row.get("debit__collector")
        narrowed = replace(asked, way=way, collector=order)
        rows.append(Row(way, Sums(paid=row["paid"]), narrowed, orders.get(order)))
    return sorted(rows, key=_place_of_way)


def _ways(asked: Asked, actor: Actor) -> list[dict[str, Any]]:
    """Return the payments by way and collector; of many collectors at least one more than are named."""
    if asked.kept is not None:
        return [
            {"debit__kind": kind, "debit__collector": kept.number(collector), "paid": paid}
            for (kind, collector), paid in kept.sums(asked.kept, kept.WAY)
        ]
    entries = entries_behind(Figure.PAID, asked, actor)
    grouped: Any = entries.values("debit__kind", "debit__collector").annotate(paid=Sum("amount"))
    # Every way except the collectors' is one row.
    return list(grouped if asked.place.keeps_cards else grouped[: MAX_COLLECTORS + len(WAYS)])


def _without_collectors(asked: Asked, actor: Actor) -> list[dict[str, Any]]:
    if asked.kept is None:
        entries = entries_behind(Figure.PAID, asked, actor)
        return list(entries.values("debit__kind").annotate(paid=Sum("amount")))  # type: ignore[arg-type]
    paid: defaultdict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (kind, _collector), amount in kept.sums(asked.kept, kept.WAY):
        paid[kind] += amount
    return [{"debit__kind": kind, "paid": amount} for kind, amount in paid.items()]


def _place_of_way(row: Row) -> tuple[int, Decimal, int]:
    at = WAYS.index(row.key) if row.key in WAYS else len(WAYS)
    return at, -row.sums.paid, row.asked.collector or 0


def by_day(asked: Asked, actor: Actor) -> list[Row]:
    """Return the payments of each day that has any, the last day first."""
    found = paid_on_days(asked, actor)
    return [Row(day, Sums(paid=found[day]), replace(asked, first=day, last=day)) for day in sorted(found, reverse=True)]


def paid_on_days(asked: Asked, actor: Actor) -> dict[dt.date, Decimal]:
    """Return the payments on each day of the period."""
    if asked.kept is not None:
        days = {dt.date.fromisoformat(day): paid for (day,), paid in kept.sums(asked.kept, kept.DAY)}
        return {day: paid for day, paid in days.items() if asked.first <= day <= asked.last and paid}
    entries = entries_behind(Figure.PAID, asked, actor)
    return dict(entries.values_list("made_on").annotate(paid=Sum("amount")))


@dataclass(frozen=True)
class Month:
    """A month of two years: payments in it, and from the beginning of the year until its end.

    `this` and `until` are None for a future month.
    """

    month: int
    before: Decimal
    before_until: Decimal
    this: Decimal | None
    until: Decimal | None


def by_month(asked: Asked, actor: Actor) -> list[Month]:
    """Return the months of the year in which the period ends, each beside that of the previous year."""
    year = asked.last.year
    both = replace(asked, first=dt.date(year - 1, 1, 1), last=dt.date(year, 12, 31))
    paid: defaultdict[tuple[int, int], Decimal] = defaultdict(lambda: NOTHING)
    for day, amount in paid_on_days(both, actor).items():
        paid[day.year, day.month] += amount
    today, found = asked.place.today, []
    until = {year: NOTHING, year - 1: NOTHING}
    for month in range(1, 13):
        for one in until:
            until[one] += paid[one, month]
        began = (year, month) <= (today.year, today.month) or paid[year, month] != NOTHING
        found.append(
            Month(
                month,
                paid[year - 1, month],
                until[year - 1],
                paid[year, month] if began else None,
                until[year] if began else None,
            )
        )
    return found


def _debts(asked: Asked, actor: Actor) -> list[Debt]:
    if asked.kept is None:
        return debts(asked, actor)
    return [
        Debt(int(part), fee, int(year), owed) for (fee, year, part), owed in kept.sums(asked.kept, kept.OWED)
    ]  # fmt: skip


def _flows(asked: Asked, actor: Actor, *names: str, **parts: Any) -> Iterable[Mapping[str, Any]]:
    if asked.kept is not None:
        return [
            {"fee": fee, "year": kept.number(year), "part": part, figure: amount}
            for (fee, year, part, figure), amount in kept.sums(asked.kept, kept.FLOW)
        ]
    entries = entries_in(asked, actor).filter(FLOWS)
    if parts:
        entries = entries.annotate(**parts)
    return entries.values(*names).annotate(charged=Sum("amount", filter=CHARGES), paid=Sum("amount", filter=PAYMENTS))


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(charged=row.get("charged") or NOTHING, paid=row.get("paid") or NOTHING)
