"""Counts made by a job (N-S3), and journal events: personal data shown in statistics, and downloads (V-C5, N-S1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change, quietly

from . import rules
from .models import KeptCount

#: Kind of the counting job.
COUNT = "statistics.count"
_COUNTER = Actor.system(COUNT)


def ask_for_count(
    place_id: int, question: str, first: dt.date, last: dt.date, *, data_class: str = "", again: bool = False, by: Actor
) -> KeptCount | None:
    """Record a requested count; the caller starts its job in the same transaction.

    Return None if it is already running, or done and not requested `again`. Raises `RuleViolation` (N-S3) for
    impossible days, and for numbers counted just now; `NotAllowed`.
    """
    with change(by=by, rule="N-S3", event="statistics.counted") as act:
        place = act.lock(Organization.objects.visible_to(by), place_id)
        act.require(Permission.VIEW_ORGANIZATIONS, place)
        if data_class:
            require_reading(by, DataClass(data_class))
        rules.check_level(place, by=by)
        if first == last:
            rules.check_day(last, place, by=by)
        else:
            rules.check_period(first, last, place, by=by)
        return begin_count(act, place, question, first, last, data_class, again=again)


def begin_count(
    act: Act, place: Organization, question: str, first: dt.date, last: dt.date, data_class: str, *, again: bool = False
) -> KeptCount | None:
    """Record a count within the caller's change, which has locked the organisation and checked the request.

    Return None if the same count exists, unless it is requested `again` and not running. Raises `RuleViolation` (N-S3)
    if it was made just now, or others of the organisation are running.
    """
    by = act.by
    visible = KeptCount.objects.visible_to(by)
    row = visible.asked(place, question, first, last).first()
    if row is not None and (row.is_being_counted or not again):
        act.silent = True
        return None
    if row is not None:
        rules.check_count_again(row, act.now, visible.being_counted(place).exists())
        row.again_asked_at = act.now
        row.save(update_fields=["again_asked_at"])
    else:
        row = KeptCount.objects.create(
            organization=place, reach=by.organization or place, question=question, data_class=data_class, first=first,
            last=last, counted_on=act.today,
        )  # fmt: skip
    act.about(row, organization=place, question=question, first=first.isoformat(), last=last.isoformat())
    return row


def store_count(pk: int, numbers: Any) -> None:
    """Store the numbers counted by the job; they only repeat existing records, so there is no event."""
    with quietly(_COUNTER) as act:
        KeptCount.objects.filter(pk=pk).update(numbers=numbers, counted_at=act.now, again_asked_at=None)


def drop_count(pk: int) -> None:
    """Delete a count whose job was cancelled or failed; keep numbers of an earlier one."""
    with quietly(_COUNTER):
        KeptCount.objects.filter(pk=pk, counted_at__isnull=True).delete()
        KeptCount.objects.filter(pk=pk).update(again_asked_at=None)


def drop_old_counts(today: dt.date, zone: str | None) -> None:
    """Delete the counts of earlier days, by the date in the time zone's organisations, or in all."""
    with quietly(_COUNTER):
        old = KeptCount.objects.filter(counted_on__lt=today)
        (old if zone is None else old.filter(organization__zone=zone)).delete()


def record_download(place: Organization, report: str, *, by: Actor) -> None:
    """Record that figures were downloaded; `report` is the name of their page (V-C5). Raises `NotAllowed`."""
    with change(by=by, rule="V-C5", event="statistics.exported") as act:
        act.require(Permission.EXPORT, place)
        act.about(place, organization=place, report=report)


def note_people_listed(place: Organization, fields: str, *, by: Actor) -> None:
    """Record that the people behind a figure of health data were listed; `fields` are the names of its fields (N-S1).

    Raises `NotAllowed` for actors who may not read health data.
    """
    with change(by=by, rule="N-S1", event="statistics.people_listed") as act:
        act.require(Permission.VIEW_MEMBERS, place)
        require_reading(by, DataClass.HEALTH)
        act.about(place, organization=place, fields=fields)
