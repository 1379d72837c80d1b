"""Arrears in the demonstration: members who were reminded, and exclusions proposed to the body (V-D1, V-B16)."""

from __future__ import annotations

from django.utils import timezone

from documents.printing.transitions import record_prints
from dues.ledger.queries.figures import with_standing
from dues.notices.transitions import finish_reminder, record_printed, start_reminder
from members.meetings.queries import excludable
from members.meetings.rules import excludable_before
from members.meetings.transitions.arrears import propose_exclusions
from members.people.models import Member
from registry.organizations.models import Organization

from ..access import Actor
from ..enums import MailFailure

#: Numbers of members reminded by e-mail and on paper, and of proposed exclusions.
MAILED, PRINTED, PROPOSED = 3, 2, 2


def chase(keeper: Organization, by: Actor) -> None:
    """Remind some members in arrears, one of them unsuccessfully, and propose excluding those who owe the longest."""
    today = timezone.localdate()
    members = Member.objects.visible_to(by).registered().filter(organization=keeper).order_by("pk")
    debtors = with_standing(members, "arrears", today)
    mailed = list(debtors.exclude(email="")[:MAILED])
    for member in mailed:
        reminder = start_reminder(member.pk, by=by)
        if reminder is not None:
            finish_reminder(reminder.pk, MailFailure.ADDRESS if member == mailed[-1] else None)
    printed = list(debtors.filter(email="").values_list("pk", flat=True)[:PRINTED])
    record_prints("payment_notice", printed, data_classes=(), by=by)
    record_printed(keeper.pk, printed, by=by)
    longest = excludable(members, excludable_before(keeper, today)).order_by("dues__unpaid_since", "pk")
    proposed = list(longest.values_list("pk", flat=True)[:PROPOSED])
    if proposed:
        propose_exclusions(keeper.pk, proposed, by=by)
