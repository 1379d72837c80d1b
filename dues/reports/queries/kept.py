"""Sums of a report counted by a job, because they take too long for a page (N-D1).

Sums are whole kopecks by keys, which are tuples of texts. They add up: the sums of parts give those of all
organisations.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from dues.ledger.queries.figures import CHARGES, PAYMENTS
from registry.access import Actor
from registry.organizations.models import Organization
from registry.statistics.models import KeptCount

from ..enums import Figure
from .asked import FLOWS, Asked, entries_behind, entries_in, key_of, part_of_entry
from .debts import debts

Kept = Counter[tuple[str, ...]]
#: Name of the query in the table of counts.
QUESTION = "dues"
#: First part of the keys: sums by kind of dues, year and part; owed by the same; paid by way and collector; by day.
FLOW, OWED, WAY, DAY = "flow", "owed", "way", "day"


def kept_of(asked: Asked, actor: Actor) -> KeptCount | None:
    """Return the count of the report that was made or requested today."""
    counts = KeptCount.objects.visible_to(actor).asked(asked.place, QUESTION, asked.first, asked.last)
    return counts.first()


def with_kept(asked: Asked, row: KeptCount) -> Asked:
    """Return the query with the sums of the row."""
    return replace(asked, kept=Counter({tuple(key): number for *key, number in row.numbers or ()}))


def units_of(place: Organization) -> list[int]:
    """Return the ids of the organisations whose books are read; cells are included beside the one above."""
    found = Organization.objects.under(place)
    return list(found.order_by("path").values_list("pk", flat=True))


def count(asked: Asked, actor: Actor) -> Kept:
    """Return the sums of the organisations in `asked.units`."""
    found: Kept = Counter()
    flows = entries_in(asked, actor).filter(FLOWS).annotate(part=part_of_entry(asked.place))
    grouped = flows.values("fee", "year", "part")
    for row in grouped.annotate(charged=Sum("amount", filter=CHARGES), paid=Sum("amount", filter=PAYMENTS)):
        key = (FLOW, row["fee"], _text(row["year"]), str(key_of(row["part"])))
        found[*key, Figure.CHARGED.value] += _kopecks(row["charged"])
        found[*key, Figure.PAID.value] += _kopecks(row["paid"])
    for debt in debts(asked, actor):
        found[OWED, debt.fee, str(debt.year), str(debt.part)] += _kopecks(debt.owed)
    paid = entries_behind(Figure.PAID, asked, actor)
    for kind, collector, amount in _grouped(paid, "debit__kind", "debit__collector"):
        found[WAY, kind, _text(collector)] += _kopecks(amount)
    # The chart of months has the year of the last day and the previous one.
    first = min(asked.first, dt.date(asked.last.year - 1, 1, 1))
    wide = replace(asked, first=first, last=max(asked.last, dt.date(asked.last.year, 12, 31)))
    for day, amount in _grouped(entries_behind(Figure.PAID, wide, actor), "made_on"):
        found[DAY, day.isoformat()] += _kopecks(amount)
    return found


def _grouped(entries: Any, *names: str) -> Iterator[tuple[Any, ...]]:
    yield from entries.order_by().values_list(*names).annotate(paid=Sum("amount"))


def sums(kept: Mapping[tuple[str, ...], int], name: str) -> Iterator[tuple[Sequence[str], Decimal]]:
    """Yield the rest of each key that begins with the name, and its sum in roubles."""
    for (first, *rest), number in kept.items():
        if first == name:
            yield rest, Decimal(number).scaleb(-2)


def number(text: str) -> int | None:
    """Return the number in a key, or None."""
    return int(text) if text else None


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _kopecks(amount: Decimal | None) -> int:
    return int((amount or Decimal(0)) * 100)
