"""Rules of reports of dues: readers and days (N-D1, V-D4)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry.days import EARLIEST
from registry.errors import RuleViolation
from registry.organizations.models import Organization


def check_period(first: dt.date, last: dt.date) -> None:
    """Raise `RuleViolation` (N-D1) for a period that ends before it begins, or begins before all books."""
    if first > last:
        raise RuleViolation("N-D1", _("The period ends before it begins."), field="last")
    if first < EARLIEST:
        raise RuleViolation("N-D1", _("There are no books of so early a day. Correct it."), field="first")


def check_keeps_books(organization: Organization) -> None:
    """Raise `RuleViolation` (N-D1) unless the organisation keeps its own books."""
    if not organization.keeps_cards:
        raise RuleViolation("N-D1", _("The books are kept by the organisations that keep the cards."))
