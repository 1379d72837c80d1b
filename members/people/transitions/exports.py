"""Journal events of downloads and exports (practice 7.6, V-C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.db import transaction

from members.book.models import BookLine
from registry.access import Actor, require, require_reading
from registry.enums import DataClass, Permission
from registry.idsets import packed
from registry.organizations.models import Organization
from registry.transitions import change, write_events

from ..models import Member

#: Data classes whose export is recorded on each card.
_TOLD = {DataClass.IDENTITY: "card.identity_exported", DataClass.HEALTH: "card.health_exported"}


def record_export(ids: Sequence[int], *, classes: Sequence[DataClass], columns: Sequence[str], by: Actor) -> None:
    """Record the export of a list: people, columns and data classes.

    Raises `NotAllowed` without the permission, or for a class that the actor may not read.
    """
    require(by, Permission.EXPORT)
    require_reading(by, *classes)
    with change(by=by, rule="V-C5", event="members.exported") as act:
        facts = {"count": len(ids), "people": packed(ids), "columns": list(columns), "classes": list(classes)}
        act.about(None, organization=by.organization, **facts)


def record_day(place: Organization, day: dt.date, *, lines: Sequence[int], by: Actor) -> None:
    """Record the export of the names of the people registered on a day, by the ids of their lines (V-B7)."""
    with change(by=by, rule="V-C5", event="book.day_exported") as act:
        act.require(Permission.EXPORT, place)
        found = BookLine.objects.visible_to(by).filter(pk__in=lines, member__isnull=False)
        people = packed(found.values_list("member", flat=True))
        act.about(place, organization=place, day=day.isoformat(), count=len(lines), people=people)


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
