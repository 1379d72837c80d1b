"""Words of reports: periods, and the limits of a figure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dues.ledger.enums import AccountKind, Fee
from registry.days import day_text
from registry.organizations.models import Organization

from .asked import NO_YEAR, OTHERS
from .sums import Row


def period_in_words(first: dt.date, last: dt.date) -> str:
    """Return the days of a period, or only its year."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    if first == last:
        return day_text(first)
    return f"{day_text(first)} – {day_text(last)}"


def month_name(month: int) -> str:
    """Return the name of the month."""
    return capfirst(formats.date_format(dt.date(2000, month, 1), "F"))


def short_month_name(month: int) -> str:
    """Return the first three letters of the month."""
    return month_name(month)[:3].lower()


def fee_name(fee: str) -> str:
    """Return the kind of dues."""
    return str(capfirst(str(Fee(fee).label)))


def year_name(year: int) -> str:
    """Return the year of dues, or that there is none."""
    return str(year) if year != NO_YEAR else _("For no year")


def part_name(row: Row, place: Organization) -> str:
    """Return the name of the part below the organisation."""
    return others_name(place) if row.key == OTHERS else row.about.short_name


def others_name(place: Organization) -> str:
    """Return the name of the rest that belongs to no part below the organisation."""
    if place.keeps_cards:
        return _("In no cell, or no longer registered here")
    return _("In its own books")


def way_name(kind: str, order: Any = None, place: Organization | None = None) -> str:
    """Return the receiver of payments: the collector, the cash desk, the bank.

    In the report of another organisation, `place`, the collector is named together with the appointing organisation.
    """
    if order is not None:
        appointed_by = order.organization.short_name if place is not None and place.pk != order.organization_id else ""
        return ", ".join(filter(None, (order.full_name, str(order), appointed_by)))
    return {
        AccountKind.COLLECTOR: _("Collectors"),
        AccountKind.CASH: _("Cash desk"),
        AccountKind.UNKNOWN: pgettext("way of payment", "By bank"),
    }.get(AccountKind(kind), pgettext("way of payment", "Recorded by papers"))
