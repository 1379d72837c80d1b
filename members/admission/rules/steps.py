"""Conditions of the steps of an application: routing, invitation, notice of the decision (V-A2, V-A4, V-A5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from registry import states
from registry.errors import Blocked, RuleViolation

from ..enums import DECIDED_APPLICATIONS, ApplicationState, NoticeWay
from ..models import Application

#: Maximum number of applicants named in a refusal.
_MAX_NAMED = 50


def check_can_be_restored(application: Application) -> None:
    """Raise `RuleViolation` (V-A4) unless the application was withdrawn."""
    states.check(application, ApplicationState.FILED, "V-A5")
    if application.state != ApplicationState.WITHDRAWN:
        raise RuleViolation("V-A4", _("Only a withdrawal can be taken back here."))


def check_routing_reason(reason: str) -> None:
    """Raise `RuleViolation` (V-A2) if the application is routed without a reason."""
    if not reason.strip():
        raise RuleViolation("V-A2", _("Enter why this organisation decides."), field="reason")


def check_decided_here(application: Application, item: AgendaItem) -> None:
    """Raise `RuleViolation` (V-A5) unless the application is waiting and the item is an admission by its
    organisation.
    """
    if application.organization_id != item.organization_id or item.kind != ItemKind.ADMISSION:
        raise RuleViolation("V-A5", _("Another organisation decides on the application."))
    # A reversal leads to the same state, from a decision.
    states.check_is(application, {ApplicationState.FILED}, "V-A5")


def check_invited(application: Application, on: dt.date | None, way: str, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) if notice of the meeting on this day cannot be recorded."""
    if application.state != ApplicationState.SCHEDULED:
        raise RuleViolation("V-A5", _("The application is not on an agenda yet."))
    check_notice(on, way, after=application.filed_on, today=today)


def not_told_of_meeting(applications: Iterable[Application]) -> list[Application]:
    """Return the applicants who neither have a recorded notice of the meeting nor attended it (V-A5)."""
    return [a for a in applications if a.state == ApplicationState.SCHEDULED and not (a.invited_on or a.attended)]


def check_told_of_meeting(applications: Sequence[Application], *, confirmed: bool) -> None:
    """Raise `Blocked` (V-A5) with the applicants not notified of the meeting, unless this is `confirmed`."""
    untold = not_told_of_meeting(applications)
    if untold and not confirmed:
        message = _("Record the notices of the meeting, or confirm that these applicants were not notified:")
        raise Blocked("V-A5", message, [a.full_name for a in untold[:_MAX_NAMED]])


def check_notified(
    application: Application, on: dt.date | None, way: str, *, pickup_on: dt.date | None, today: dt.date
) -> None:
    """Raise `RuleViolation` (V-A5) if notice of the decision on this day cannot be recorded."""
    if application.state not in DECIDED_APPLICATIONS:
        raise RuleViolation("V-A5", _("The application is not decided on yet, or it was appealed."))
    check_notice(on, way, after=application.decided_on, today=today)
    if pickup_on is not None and on is not None and pickup_on < on:
        message = _("The ticket would be collected before the notice. Compare both dates.")
        raise RuleViolation("V-A5", message, field="pickup_on")


def check_pickup(application: Application, on: dt.date | None) -> None:
    """Raise `RuleViolation` (V-A5) if the ticket cannot be collected on this day."""
    if application.state != ApplicationState.ADMITTED:
        raise RuleViolation("V-A5", _("Only admitted applicants receive a ticket."))
    if on is not None and application.decided_on is not None and on < application.decided_on:
        message = _("The ticket would be collected before the decision. Compare both dates.")
        raise RuleViolation("V-A5", message, field="pickup_on")


def check_notice(on: dt.date | None, way: str, *, after: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) for a notice without a method, in the future, or before the event it is about."""
    if on is None:
        return
    if way not in NoticeWay.values:
        raise RuleViolation("V-A5", _("Choose how the applicant was notified."), field="way")
    if on > today:
        raise RuleViolation("V-A5", _("The date of the notice is in the future."), field="on")
    if after is not None and on < after:
        raise RuleViolation("V-A5", _("The notice is dated earlier than the event that it is about."), field="on")
