"""Rules of statistics: days of the figures, and who sees single people (N-S3)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.days import EARLIEST
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .models import KeptCount

#: The field that all cross-tables have for actors who see no people.
SEX = "sex"
#: Minimum time before numbers counted by a job are counted again.
AGAIN_AFTER = dt.timedelta(minutes=5)


def sees_persons(actor: Actor) -> bool:
    """Return whether the actor may see the people behind a figure; others see no figure below five (N-S3)."""
    return actor.may(Permission.VIEW_MEMBERS)


def shows_level(place: Organization, *, by: Actor) -> bool:
    """Return whether the actor may see figures of the organisation, which is in their scope.

    Actors who see no people see only their own organisation, because subtracting figures of two levels would reveal
    hidden ones. Of the organisations below they see only the table of its direct subordinates.
    """
    return sees_persons(by) or place == by.organization


def check_day(day: dt.date, place: Organization, *, by: Actor) -> None:
    """Raise `RuleViolation` (N-S3) for a future day or one before all books.

    Actors who see no people choose between first days of years: the difference between two near days would reveal a
    person.
    """
    if day > place.today:
        raise RuleViolation("N-S3", _("This day is still to come. Choose today or a day before."), field="day")
    if day < EARLIEST:
        raise RuleViolation("N-S3", _("There are no books of so early a day. Correct it."), field="day")
    if not sees_persons(by) and (day.month, day.day) != (1, 1):
        raise RuleViolation(
            "N-S3", _("You see figures of the first days of years only. Choose 1 January of a year."), field="day"
        )


def check_period(first: dt.date, last: dt.date, place: Organization, *, by: Actor) -> None:
    """Raise `RuleViolation` (N-S3) for a period that ends before it begins, or is not in the past.

    Actors who see no people choose the movement from one 1 January to the next.
    """
    if first > last:
        raise RuleViolation("N-S3", _("The period ends before it begins."), field="last")
    if first < EARLIEST:
        raise RuleViolation("N-S3", _("There are no books of so early a day. Correct it."), field="first")
    if last > place.today:
        raise RuleViolation("N-S3", _("This day is still to come. Choose today or a day before."), field="last")
    if not sees_persons(by) and (first.month, first.day, last) != (1, 2, dt.date(first.year + 1, 1, 1)):
        raise RuleViolation(
            "N-S3", _("You see figures of whole years only. Choose a year that has ended."), field="last"
        )


def check_crossed(first: str, second: str, *, by: Actor) -> None:
    """Raise `RuleViolation` (N-S3) for a table of two fields that actors who see no people may not see.

    They may cross sex with another field. Tables that share exactly one field reveal no more together than separately,
    while three tables of three fields reveal hidden figures (ADR 25).
    """
    if not sees_persons(by) and SEX not in {first, second}:
        raise RuleViolation(
            "N-S3", _("You see tables of sex with one other field. Choose sex in the rows or columns."), field="columns"
        )


def check_count_again(row: KeptCount, now: dt.datetime, busy: bool) -> None:
    """Raise `RuleViolation` (N-S3) unless the numbers may be counted again: some minutes after the last count, and
    while no other count of the organisation is running (`busy`).
    """
    if row.counted_at is not None and now < row.counted_at + AGAIN_AFTER:
        minutes = AGAIN_AFTER // dt.timedelta(minutes=1)
        message = ngettext(
            "These figures were counted less than %(n)s minute ago. Count them again a little later.",
            "These figures were counted less than %(n)s minutes ago. Count them again a little later.",
            minutes,
        )
        raise RuleViolation("N-S3", message % {"n": minutes})
    if busy:
        raise RuleViolation(
            "N-S3", _("Other figures of this organisation are being counted. Count these again afterwards.")
        )


def check_level(place: Organization, *, by: Actor) -> None:
    """Raise `RuleViolation` (N-S3) for an organisation whose figures the actor may not see."""
    if not shows_level(place, by=by):
        raise RuleViolation("N-S3", _("You see figures of your own organisation only."))
