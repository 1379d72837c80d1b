"""Recording in the journal what leaves the registry as a file (V-C5)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from .rules import check_keeps_books


def record_report(organization_id: int, *, first: dt.date, last: dt.date, by: Actor) -> Organization:
    """Record that the report of a period was downloaded. Raises `NotAllowed`, `Organization.DoesNotExist`."""
    with change(by=by, rule="V-C5", event="dues.report_downloaded") as act:
        place = Organization.objects.visible_to(by).get(pk=organization_id)
        act.require(Permission.VIEW_DUES, place)
        act.require(Permission.EXPORT, place)
        act.about(place, organization=place, first=first.isoformat(), last=last.isoformat())
    return place


def record_accounting(
    organization_id: int, *, first: dt.date, last: dt.date, form: str, count: int, by: Actor
) -> Organization:
    """Record that receipts and payments of a period were downloaded for the accountant; `form` is that of the file.

    Raises `RuleViolation` (N-D1) for an organisation without books of its own, `NotAllowed`,
    `Organization.DoesNotExist`.
    """
    with change(by=by, rule="V-C5", event="dues.accounting_downloaded") as act:
        place = Organization.objects.visible_to(by).get(pk=organization_id)
        act.require(Permission.VIEW_DUES, place)
        act.require(Permission.EXPORT, place)
        check_keeps_books(place)
        facts = {"first": first.isoformat(), "last": last.isoformat(), "form": form, "count": count}
        act.about(place, organization=place, **facts)
    return place
