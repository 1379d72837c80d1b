"""Counts of health data that a job makes (N-S3), and events of the journal: what statistics showed of persons, and what
left the registry as a file (V-C5, N-S1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.jobs.models import Job
from registry.organizations.models import Organization
from registry.transitions import change, quietly

from . import rules
from .models import HealthCount

#: Kind of the job that counts.
COUNT_HEALTH = "statistics.count_health"


def ask_for_count(place_id: int, day: dt.date, question: str, *, by: Actor) -> HealthCount:
    """Record that health data are to be counted, for which the caller starts the job in the same transaction.

    Raises `RuleViolation` (N-S3) for an impossible day and while the actor has another count made; `NotAllowed`.
    """
    with change(by=by, rule="N-S3", event="statistics.health_counted") as act:
        place = act.lock(Organization.objects.visible_to(by), place_id)
        act.require(Permission.VIEW_ORGANIZATIONS, place)
        require_reading(by, DataClass.HEALTH)
        rules.check_day(day, place, by=by)
        rules.check_counts_alone(Job.objects.visible_to(by).open().filter(kind=COUNT_HEALTH).exists())
        HealthCount.objects.visible_to(by).asked(place, day, question).delete()
        row = HealthCount.objects.create(
            organization=place, reach=by.organization or place, day=day, question=question, counted_on=act.today
        )
        act.about(row, organization=place, day=day.isoformat(), fields=question)
    return row


def store_count(row: HealthCount, numbers: Mapping[tuple[str, ...], int]) -> None:
    """Store the numbers that the job has counted; they repeat what cards say and are no event."""
    with quietly(Actor.system(COUNT_HEALTH)):
        HealthCount.objects.filter(pk=row.pk).update(numbers=[[*key, number] for key, number in numbers.items()])


def drop_count(pk: int) -> None:
    """Delete a count whose job was cancelled or has failed."""
    with quietly(Actor.system(COUNT_HEALTH)):
        HealthCount.objects.filter(pk=pk).delete()


def drop_old_counts(today: dt.date, zone: str | None) -> None:
    """Delete the counts of former days where it is today: in the organisations of the time zone, or in all."""
    with quietly(Actor.system(COUNT_HEALTH)):
        old = HealthCount.objects.filter(counted_on__lt=today)
        (old if zone is None else old.filter(organization__zone=zone)).delete()


def record_download(place: Organization, report: str, *, by: Actor) -> None:
    """Record that figures were downloaded; `report` is the name of their page (V-C5). Raises `NotAllowed`."""
    with change(by=by, rule="V-C5", event="statistics.exported") as act:
        act.require(Permission.EXPORT, place)
        act.about(place, organization=place, report=report)


def note_people_listed(place: Organization, fields: str, *, by: Actor) -> None:
    """Record that the people behind a figure of health data were listed; `fields` are their names (N-S1).

    Raises `NotAllowed` for those who may not read health data.
    """
    with change(by=by, rule="N-S1", event="statistics.people_listed") as act:
        act.require(Permission.VIEW_MEMBERS, place)
        require_reading(by, DataClass.HEALTH)
        act.about(place, organization=place, fields=fields)
