"""Invariants of blanks: ranges, rows and balances follow from the movements (V-C1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from registry.integrity import EVERYTHING, Scope, invariant
from registry.sizes import CHUNK

from .enums import Place
from .models import COUNTS, Blank, BlankMovement, BlankRange, BlankStock
from .queries.balance import Balance, fold
from .ranges import BadNumbers, NumberRange, merged, parse_number


@invariant("Blanks received by an organisation are in stock, handed down, issued or written off, number by number")
def balances_of_blanks(scope: Scope = EVERYTHING) -> Iterable[str]:
    for stock in scope.of(BlankStock.objects.order_by("pk"), "organization").iterator(CHUNK):
        where = f"organisation {stock.organization_id}, {stock.kind}"
        movements = BlankMovement.objects.of(stock.organization_id).filter(kind=stock.kind).order_by("pk")
        try:
            balance = fold(movements.iterator(CHUNK), stock.organization_id)
        except ValueError as broken:
            yield f"{where}: {broken}"
            continue
        yield from (f"{where}: {fault}" for fault in _faults(stock, balance))


def _faults(stock: BlankStock, balance: Balance) -> Iterable[str]:
    counted = balance.counts() | {"in_stock": balance.counts()[Place.STOCK]}
    for name in ("received", *COUNTS):
        if getattr(stock, name) != counted[name]:
            yield f"{name} is {getattr(stock, name)}, the movements say {counted[name]}"
    stored = _stored(stock)
    for place in Place:
        if merged(stored[place]) != balance.at(place):
            yield f"the numbers that are {place} are not those of the movements"


def _stored(stock: BlankStock) -> dict[str, list[NumberRange]]:
    found: dict[str, list[NumberRange]] = defaultdict(list)
    here = {"organization": stock.organization_id, "kind": stock.kind}
    for one in BlankRange.objects.filter(**here).iterator(CHUNK):
        found[one.place].append(one.range)
    for blank in Blank.objects.filter(**here).iterator(CHUNK):
        found[blank.state].append(blank.range)
    return found


@invariant("Movements of blanks belong to an organisation with a balance")
def movements_have_a_balance(scope: Scope = EVERYTHING) -> Iterable[str]:
    known = set(scope.of(BlankStock.objects.all(), "organization").values_list("organization_id", "kind"))
    takers = scope.of(BlankMovement.objects.order_by(), "taker").values_list("taker_id", "kind").distinct()
    yield from (
        f"organisation {pk}, {kind}: movements without a balance" for pk, kind in takers if (pk, kind) not in known
    )


@invariant("A valid ticket has the number of the card")
def tickets_of_cards(scope: Scope = EVERYTHING) -> Iterable[str]:
    valid = scope.of(Blank.objects.filter(kind="ticket", state=Place.ISSUED, member__isnull=False), "organization")
    for blank in valid.select_related("member").order_by("pk").iterator(CHUNK):
        if blank.member is not None and not _is_number_of(blank, blank.member.ticket_number):
            yield f"blank {blank.pk}: the card of member {blank.member_id} has another number"


def _is_number_of(blank: Blank, typed: str) -> bool:
    """Return whether the number on the card is the blank's; a number taken over by an opening act stays as typed."""
    if not typed:
        return True
    try:
        return parse_number(typed).overlaps(blank.range)
    except BadNumbers:
        return False


@invariant("No number of a blank is received twice in a federation")
def numbers_received_once() -> Iterable[str]:
    received = BlankMovement.objects.filter(giver=None).order_by("federation_id", "kind", "series", "first", "pk")
    before: BlankMovement | None = None
    for one in received.iterator(CHUNK):
        same = before is not None and (before.federation_id, before.kind) == (one.federation_id, one.kind)
        if same and before is not None and before.range.overlaps(one.range):
            yield f"movements {before.pk} and {one.pk} received the same numbers"
        # Of nested ranges, compare the one that reaches farthest with the next.
        if not same or before is None or before.series != one.series or one.last > before.last:
            before = one
