"""Ticket numbers in the ledger of blanks, which may not be typed on a card (V-B3, V-C1)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress

from documents.tickets.enums import BlankKind
from documents.tickets.models import Blank, BlankRange
from documents.tickets.ranges import BadNumbers, NumberRange, parse_number
from registry.organizations.models import Federation
from registry.sizes import CHUNK


def known_to_ledger(federation: Federation, numbers: Collection[str], *, exclude: int | None = None) -> set[str]:
    """Return those of the typed numbers that are in a stock of the federation, issued, or void (V-C1).

    Leading zeros matter: old tickets have fewer digits than today's blanks. Blanks received by the member `exclude` are
    left out, because the number is theirs.
    """
    read: dict[str, NumberRange] = {}
    if BlankKind.TICKET in federation.charter.blanks:
        for text in filter(None, numbers):
            with suppress(BadNumbers):
                read[text] = parse_number(text)
    if not read:
        return set()
    ours = {"federation": federation, "kind": BlankKind.TICKET}
    wanted = sorted({one.first for one in read.values()})
    left: set[tuple[str, int, int]] = set()
    for start in range(0, len(wanted), CHUNK):
        blanks = Blank.objects.filter(**ours, number__in=wanted[start : start + CHUNK])
        if exclude is not None:
            blanks = blanks.exclude(member=exclude)
        left |= set(blanks.values_list("series", "number", "width"))
    stocks: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    series = {one.series for one in read.values()}
    ranges = BlankRange.objects.filter(**ours, series__in=series, first__lte=wanted[-1], last__gte=wanted[0])
    for letters, width, first, last in ranges.order_by("first").values_list("series", "width", "first", "last"):
        stocks[letters, width].append((first, last))
    return {
        text
        for text, one in read.items()
        if (one.series, one.first, one.width) in left or _is_in(stocks[one.series, one.width], one.first)
    }


def _is_in(stock: list[tuple[int, int]], number: int) -> bool:
    """Return whether the number is in one of the sorted, non-overlapping ranges."""
    at = bisect_right(stock, number, key=lambda ends: ends[0])
    return bool(at) and number <= stock[at - 1][1]
