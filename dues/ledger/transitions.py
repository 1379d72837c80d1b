"""Transitions that charge the annual fee, and close and reopen periods of the books (V-D1, N-D1, practice 4.7)."""

from __future__ import annotations

import datetime as dt

from dues.rates.rules.setting import check_year
from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.transitions import Act, change

from . import book as ledger
from .models import ClosedBooks
from .rules import closing


def charge_new_year(organization_id: int, year: int, *, by: Actor, known_before: dt.date | None = None) -> int:
    """Charge members of the organisation not charged for the year; return the number charged.

    `known_before` excludes cards entered on that day or later, whose dues of the year were paid elsewhere.
    Raises `RuleViolation` for a year that has not begun, `NotAllowed`.
    """
    with change(by=by, rule="V-D1", event="dues.year_charged") as act:
        organization = _keeper(act, organization_id)
        check_year(year, act.today)
        count = ledger.charge_year(act, organization, year, known_before=known_before)
        act.about(organization, organization=organization, year=year, count=count)
        act.silent = not count
    return count


def close_books(organization_id: int, until: dt.date, *, by: Actor) -> ClosedBooks:
    """Close the books of the organisation up to the last day of a month (N-D1).

    Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="N-D1", event="dues.books_closed") as act:
        organization = _keeper(act, organization_id)
        closing.check_can_be_closed(organization, until, act.today)
        books = ClosedBooks.objects.filter(organization=organization).first() or ClosedBooks(organization=organization)
        books.until, books.reason = until, ""
        act.save(books)
        act.about(books, organization=organization, until=until.isoformat())
    return books


def reopen_books(organization_id: int, until: dt.date, *, reason: str, by: Actor) -> None:
    """Reopen the last closed month, which ends on the day (N-D1). Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="N-D1", event="dues.books_reopened") as act:
        organization = _keeper(act, organization_id)
        closing.check_can_be_reopened(organization, until, reason)
        books = act.lock(ClosedBooks, organization.closed_books.pk)
        books.until, books.reason = until.replace(day=1) - dt.timedelta(days=1), reason.strip()
        act.save(books)
        act.about(books, organization=organization, until=until.isoformat())


def _keeper(act: Act, organization_id: int) -> Organization:
    """Return the organisation, locked, if the actor records its dues and it keeps cards."""
    organization = act.lock(Organization.objects.visible_to(act.by), organization_id)
    act.require(Permission.RECORD_DUES, organization)
    if not organization.keeps_cards:
        raise NotAllowed
    return organization
