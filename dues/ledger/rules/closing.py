"""Rules on closed periods of the books, which protect reported figures from changes (N-D1)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry.days import EARLIEST, day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..models import ClosedBooks


def closed_until(organization: Organization) -> dt.date | None:
    """Return the last day of the closed period, or None if nothing is closed."""
    return ClosedBooks.objects.filter(organization=organization).values_list("until", flat=True).first()


def next_to_close(organization: Organization, today: dt.date) -> dt.date | None:
    """Return the last day of the previous month, or None if the books are closed until then."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    closed = closed_until(organization)
    return last if closed is None or closed < last else None


def first_open_day(day: dt.date, closed: dt.date | None) -> dt.date:
    """Return the day, or the first day after the closed period if it is later; late charges get this date."""
    return day if closed is None else max(day, closed + dt.timedelta(days=1))


def check_open(day: dt.date, closed: dt.date | None) -> None:
    """Raise `RuleViolation` if the day is in the closed period (N-D1)."""
    if closed is not None and day <= closed:
        message = _("The books are closed until %(day)s. Take a later date, and name the day in the paper.")
        raise RuleViolation("N-D1", message % {"day": day_text(closed)}, field="made_on")


def check_can_be_closed(organization: Organization, until: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` unless the day is the end of a past month that is not closed yet (N-D1)."""
    if until >= today:
        raise RuleViolation("N-D1", _("This month has not passed yet."), field="until")
    if (until + dt.timedelta(days=1)).day != 1 or until < EARLIEST:
        raise RuleViolation("N-D1", _("Books are closed by whole months. Take the last day of a month."), field="until")
    closed = closed_until(organization)
    if closed is not None and until <= closed:
        message = _("The books are closed until %(day)s already.")
        raise RuleViolation("N-D1", message % {"day": day_text(closed)}, field="until")


def check_can_be_reopened(organization: Organization, until: dt.date, reason: str) -> None:
    """Raise `RuleViolation` unless the books are closed until this day, or if the reason is empty (N-D1).

    A form that is sent twice opens only one month.
    """
    closed = closed_until(organization)
    if closed is None:
        raise RuleViolation("N-D1", _("No period is closed."))
    if closed != until:
        message = _("This month is open already: the books are closed until %(day)s now.")
        raise RuleViolation("N-D1", message % {"day": day_text(closed)})
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason for reopening the period."), field="reason")
