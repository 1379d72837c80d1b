"""Rules for carrying out decisions on applications (V-A5, V-A6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.meetings.models import AgendaItem, Appeal, Meeting
from members.movement.models import Transfer
from members.people.enums import MemberState
from members.people.errors import SomeRefused
from members.people.models import CardMark, Member
from registry.days import day_text
from registry.errors import Blocked, RuleViolation

from ..enums import ApplicationState
from ..models import Application

#: Maximum number of obstacles listed in a refusal.
_MAX_NAMED = 50


def check_has_meeting(item: AgendaItem) -> Meeting:
    """Return the meeting of the item. Raises `RuleViolation` (V-A5) if the item is on no agenda."""
    if item.meeting is None:
        raise RuleViolation("V-A5", _("A decision needs the meeting at which it was taken."))
    return item.meeting


def check_is_on_agenda(appeal: Appeal) -> AgendaItem:
    """Return the latest item about the appeal of an applicant. Raises `RuleViolation` (V-A6) if it is on no agenda."""
    item = appeal.items.select_related("meeting").filter(meeting__isnull=False).order_by("-pk").first()
    if item is None or appeal.application_id is None:
        raise RuleViolation("V-A6", _("The appeal is not on an agenda."))
    return item


def check_refusal_reason(reason: str) -> None:
    """Raise `RuleViolation` (V-A6) if an applicant is refused without a reason."""
    if not reason.strip():
        raise RuleViolation("V-A6", _("Enter the reason: it is told to the applicant."), field="reason")


def check_filed_before(application: Application, decided_on: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) if the application was filed after the day of the decision."""
    if decided_on < application.filed_on:
        message = _("%(name)s applied on %(day)s, after the meeting. Compare both dates.") % {
            "name": application.full_name,
            "day": day_text(application.filed_on),
        }
        raise RuleViolation("V-A5", message)


def check_nothing_rests(applications: Sequence[Application], more: Sequence[Any] = ()) -> None:
    """Raise `Blocked` (V-A5) if a notice, appeal, paper or change of the card depends on the decision."""
    blockers: list[Any] = [*more]
    for application in applications:
        if application.notified_on is not None or application.state == ApplicationState.APPEALED:
            text = _("%(name)s was notified of the decision; take the notice back first.")
            blockers.append(text % {"name": application.full_name})
    mine = Member.objects.filter(application__in=applications)
    touched = mine.filter(
        ~Q(state=MemberState.REGISTERED)
        | Q(version__gt=1)
        | Q(Exists(CardMark.objects.filter(member=OuterRef("pk"))))
        | Q(Exists(Transfer.objects.filter(member=OuterRef("pk"))))
        | Q(prints__isnull=False)
        | Q(blanks__isnull=False)
        | Q(entries__isnull=False)
        | Q(photo__isnull=False)
    )
    for member in touched.distinct().order_by("sort_key", "pk"):
        text = _("%(name)s: the card was changed, or a paper was printed, since the admission.")
        blockers.append(text % {"name": member.full_name})
    if blockers:
        message = _("The decision can no longer be reversed, because something depends on it:")
        raise Blocked("V-A5", message, blockers[:_MAX_NAMED])


@contextmanager
def refusing_applicants(applications: Sequence[Application]) -> Iterator[None]:
    """Within the block, collect the applicants who cannot be registered and raise `Blocked` with the reasons; none is
    registered.

    Raises `RuleViolation` (N-A1) if another organisation registered one of them at the same moment.
    """
    try:
        yield
    except SomeRefused as refusal:
        blockers: list[Any] = [
            _("%(name)s: %(message)s") % {"name": applications[position].full_name, "message": violation.message}
            for position, wrong in sorted(refusal.refused.items())[:_MAX_NAMED]
            for violation in wrong
        ]
        rule = next(iter(refusal.refused.values()))[0].rule
        message = _("Nobody was admitted, because some of the applicants cannot be.")
        raise Blocked(rule, message, blockers) from refusal
    except IntegrityError as error:
        message = _("One of the applicants has just been registered elsewhere. Open the applications again.")
        raise RuleViolation("N-A1", message) from error
