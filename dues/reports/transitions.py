"""Counts of reports made by a job (N-D1), and journal events of downloads (V-C5)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization
from registry.statistics.models import KeptCount
from registry.statistics.transitions import begin_count
from registry.transitions import change

from .queries.kept import QUESTION
from .rules import check_keeps_books, check_period

#: Kind of the job that counts the sums of a report.
COUNT = "dues.count_report"


def ask_for_report(
    organization_id: int, *, first: dt.date, last: dt.date, again: bool = False, by: Actor
) -> KeptCount | None:
    """Record a requested count of a report; the caller starts its job in the same transaction.

    Return None if it is already running, or done and not requested `again`. Raises `RuleViolation` for impossible days
    (N-D1) and for sums counted just now (N-S3), `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.report_counted") as act:
        place = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.VIEW_DUES, place)
        # Collectors, who read only the sums of their registers, see no organisations (V-D4).
        act.require(Permission.VIEW_ORGANIZATIONS, place)
        require_reading(by, DataClass.MONEY)
        check_period(first, last)
        return begin_count(act, place, QUESTION, first, last, DataClass.MONEY, again=again)


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
    """Record that receipts and payments of a period were downloaded for the accountant; `form` is the format of the
    file.

    Raises `RuleViolation` (N-D1) for an organisation without its own books, `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule="V-C5", event="dues.accounting_downloaded") as act:
        place = Organization.objects.visible_to(by).get(pk=organization_id)
        act.require(Permission.VIEW_DUES, place)
        act.require(Permission.EXPORT, place)
        check_keeps_books(place)
        facts = {"first": first.isoformat(), "last": last.isoformat(), "form": form, "count": count}
        act.about(place, organization=place, **facts)
    return place
