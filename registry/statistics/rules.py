"""Rules of statistics: the days of the figures, and who sees single persons (N-S3)."""

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

#: The field that all cross-tables have of those who see no persons.
SEX = "sex"
#: Time for which numbers that a job has counted are not counted again.
AGAIN_AFTER = dt.timedelta(minutes=5)


def sees_persons(actor: Actor) -> bool:
    """Return whether the actor may see the people behind a figure; others see no figure below five (N-S3)."""
    return actor.may(Permission.VIEW_MEMBERS)


def shows_level(place: Organization, *, by: Actor) -> bool:
    """Return whether the actor may see figures of the organisation, which is in their scope.

    Those who see no persons see their own organisation alone, for figures of two levels would give away hidden ones by
    subtraction; of the organisations below it they see what one table shows together.
    """
    return sees_persons(by) or place == by.organization


def check_day(day: dt.date, place: Organization, *, by: Actor) -> None:
    """Raise `RuleViolation` (N-S3) for a day to come or before all books.

    Those who see no persons choose between first days of years: figures of two near days would give away a person.
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

    Those who see no persons choose the movement from one 1 January to the next.
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
    """Raise `RuleViolation` (N-S3) for a table of two fields that those who see no persons do not see.

    They cross sex with another field: tables that all have one field, and no other, in common say no more together than
    each of them does, while three tables of three fields give hidden figures away (ADR 25).
    """
    if not sees_persons(by) and SEX not in {first, second}:
        raise RuleViolation(
            "N-S3", _("You see tables of sex with one other field. Choose sex in the rows or columns."), field="columns"
        )


def check_count_again(row: KeptCount, now: dt.datetime, busy: bool) -> None:
    """Raise `RuleViolation` (N-S3) unless the numbers may be counted again: some minutes after they were, and while no
    other numbers of the organisation are counted (`busy`).
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
