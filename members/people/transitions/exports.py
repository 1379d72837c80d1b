"""Recording in the journal what leaves the registry as a file (practice 7.6, V-C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.db import transaction

from registry.access import Actor, require, require_reading
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization
from registry.transitions import change, write_events

from ..models import Member

#: Maximum number of cards that the event lists; beyond it only the count is recorded.
MAX_NAMED = 200
#: Data classes whose export is recorded on each card.
_TOLD = {DataClass.IDENTITY: "card.identity_exported", DataClass.HEALTH: "card.health_exported"}


def record_export(ids: Sequence[int], *, classes: Sequence[DataClass], columns: Sequence[str], by: Actor) -> None:
    """Record the export of a list: number of people, columns and data classes.

    Raises `NotAllowed` without the permission, or for a class that the actor may not read.
    """
    require(by, Permission.EXPORT)
    require_reading(by, *classes)
    with change(by=by, rule="V-C5", event="members.exported") as act:
        named = {"members": list(ids)} if len(ids) <= MAX_NAMED else {}
        act.about(
            None, organization=by.organization, count=len(ids), columns=list(columns), classes=list(classes), **named
        )


def record_day(place: Organization, day: dt.date, *, count: int, by: Actor) -> None:
    """Record the export of the names of the people registered on a day (V-B7)."""
    with change(by=by, rule="V-C5", event="book.day_exported") as act:
        act.require(Permission.EXPORT, place)
        act.about(place, organization=place, day=day.isoformat(), count=count)


@transaction.atomic
def record_reading(ids: Sequence[int], *, classes: Sequence[DataClass], by: Actor) -> None:
    """Record on each card that its identity paper or health data were exported (V-C5)."""
    actions = [_TOLD[data_class] for data_class in classes if data_class in _TOLD]
    if not actions:
        return
    found = Member.objects.visible_to(by).registered().filter(pk__in=ids).select_related("unit")
    for _unit, members in groupby(found.order_by("unit_id", "pk"), key=lambda member: member.unit_id):
        cards = list(members)
        for action in actions:
            write_events(action, by=by, about=cards, organization=cards[0].unit, rule="V-C5")
