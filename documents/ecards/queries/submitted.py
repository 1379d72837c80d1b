"""Orders as they were submitted, for printing them again: lines, names and requisites of that day (U-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from members.people.models import Member
from registry import charters
from registry.access import usable
from registry.organizations.models import Federation
from registry.text import sort_key

from ..enums import SUBMITTED_ORDERS, OrderState, RequestState
from ..models import CardOrder, CardRequest


@dataclass(frozen=True)
class OrderLine:
    """A member in an order; the name is empty after the member's card is destroyed."""

    name: str
    reason: str
    #: Number of the card that the new one replaces, or an empty string.
    former: str
    sort_key: str


def submitted_at(order: CardOrder) -> dt.datetime | None:
    """Return when the order was last submitted; None while it is a draft or dropped."""
    if order.state not in SUBMITTED_ORDERS:
        return None
    history: Any = order.history
    moment = None
    for state, moved_at in history.order_by("-history_date", "-history_id").values_list("state", "history_date"):
        if state == OrderState.SUBMITTED:
            moment = moved_at
        elif moment is not None:
            break
    return moment


def order_lines(order: CardOrder, moment: dt.datetime | None) -> list[OrderLine]:
    """Return the lines of the order by name, as they were at the moment of submission, or as they are now.

    A submitted order keeps blocked members and those whose request was cancelled or moved later; a draft does not
    (N-C1).
    """
    lines = _now(order) if moment is None else _then(order, moment)
    return sorted(lines, key=lambda line: line.sort_key)


def _now(order: CardOrder) -> Iterable[OrderLine]:
    found = order.requests.exclude(state=RequestState.CANCELLED).filter(usable("member__"))
    for request in found.select_related("member", "replaces").order_by("pk"):
        former = request.replaces.number if request.replaces is not None else ""
        key = request.member.sort_key if request.member is not None else ""
        yield OrderLine(request.name_shown, request.reason, former or "", key)


def _then(order: CardOrder, moment: dt.datetime) -> Iterable[OrderLine]:
    tracked: Any = CardRequest.history
    ever = set(tracked.filter(order=order.pk, history_date__lte=moment).values_list("id", flat=True))
    rows: dict[int, tuple[Any, ...]] = {
        row[0]: row
        for row in tracked.filter(id__in=ever, history_date__lte=moment)
        .order_by("history_date", "history_id")
        .values_list("id", "order", "state", "member", "reason", "replaces")
    }
    lines = [row for row in rows.values() if row[1] == order.pk and row[2] == RequestState.DRAFT]
    names = _names({row[3] for row in lines}, moment)
    numbers = dict(CardRequest.objects.filter(pk__in=[row[5] for row in lines]).values_list("pk", "number"))
    for pk in sorted(row[0] for row in lines):
        _pk, _order, _state, member, reason, replaces = rows[pk]
        parts = names.get(member, ())
        yield OrderLine(" ".join(filter(None, parts)), reason, numbers.get(replaces) or "", sort_key(*parts or ("",)))


def _names(members: Collection[int | None], moment: dt.datetime) -> dict[int | None, tuple[str, ...]]:
    """Return surname, given name and patronymic of the members at the moment, by id."""
    ids, fields = [pk for pk in members if pk is not None], ("id", "surname", "given_name", "patronymic")
    history: Any = Member.history
    then = history.filter(id__in=ids, history_date__lte=moment).order_by("history_date", "history_id").only(*fields)
    people = [*Member.objects.filter(pk__in=ids).only(*fields), *then]
    return {one.id: (one.surname, one.given_name, one.patronymic) for one in people}


def producer_of(order: CardOrder, moment: dt.datetime | None) -> str:
    """Return the producer on the order, according to the charter at the time of submission or now."""
    federation = order.organization.federation
    if moment is None:
        return federation.charter.card_producer
    history: Any = Federation.history
    found = history.filter(id=federation.pk, history_date__lte=moment).order_by("-history_date", "-history_id")
    values = found.values_list("charter_values", flat=True).first()
    if values is None:
        return federation.charter.card_producer
    return charters.get(federation.charter_key).changed(values).card_producer
