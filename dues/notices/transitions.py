"""Transitions of reminders of dues (V-D1)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from dues.ledger.models import DuesAccount
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import MailFailure, Permission
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import change, quietly, write_events

from . import rules
from .enums import REMINDED_STATES, ReminderState
from .models import DuesReminder
from .queries import reminded

_REMINDERS = Actor.system("reminders of dues")


def start_reminder(
    member_id: int, *, by: Actor, job_id: uuid.UUID | None = None, again: bool = False
) -> DuesReminder | None:
    """Record that the notice is being sent to the member by e-mail.

    Return None if the member has been reminded within the present term and `again` is False; one job never reminds
    twice. Raises `RuleViolation` (V-D1) without an address or a debt, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-D1", event="dues.reminded") as act:
        member = act.lock(Member.objects.visible_to(by).registered(), member_id)
        organization = Organization.objects.select_related("federation").get(members=member)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_reminds(organization)
        rules.check_has_address(member)
        owed = DuesAccount.objects.filter(member=member).aggregate(sum=Sum("unpaid"))["sum"] or Decimal(0)
        rules.check_owes(owed)
        earlier = DuesReminder.objects.filter(member=member)
        same_job = job_id is not None and earlier.filter(job=job_id).exists()
        began = rules.term_began(rates_of(organization.federation), act.today)
        if same_job or (not again and earlier.filter(sent_at__gte=began, state__in=REMINDED_STATES).exists()):
            act.silent = True
            return None
        reminder = DuesReminder.objects.create(
            member=member, amount=owed, state=ReminderState.SENDING, job_id=job_id, sent_by=by.account,
            sent_at=act.now,
        )  # fmt: skip
        act.about(member, organization=organization)
    return reminder


def finish_reminder(reminder_id: int, failure: MailFailure | None = None) -> DuesReminder:
    """Record that the mail server has accepted the notice, or the reason for the failure."""
    with quietly(_REMINDERS) as act:
        reminder = act.lock(DuesReminder, reminder_id)
        to = ReminderState.FAILED if failure else ReminderState.SENT
        states.check(reminder, to, "V-D1")
        reminder.state, reminder.failure = to, failure or ""
        reminder.save(update_fields=["state", "failure"])
    return reminder


def fail_interrupted(job_id: uuid.UUID) -> int:
    """Mark the reminders of the job that a dead worker was sending as failed; return their number."""
    lost = DuesReminder.objects.filter(job=job_id, state=ReminderState.SENDING)
    return lost.update(state=ReminderState.FAILED, failure=MailFailure.LOST)


def record_printed(
    place_id: int, member_ids: Collection[int], *, by: Actor, job_id: uuid.UUID | None = None, again: bool = False
) -> int:
    """Record the printed notices of the organisation's members; return their number.

    Members who owe nothing, and without `again` those reminded within the present term, are left out. Raises
    `RuleViolation` (V-D1), `NotAllowed`.
    """
    with change(by=by, rule="V-D1", event="dues.reminded") as act:
        place = act.lock(Organization.objects.visible_to(by), place_id)
        act.require(Permission.RECORD_DUES, place)
        rules.check_reminds(place)
        people = Member.objects.visible_to(by).registered().filter(pk__in=member_ids, organization=place)
        if not again:
            began = rules.term_began(rates_of(place.federation), act.today)
            people = reminded(people, began, wanted=False)
        members = list(act.lock_many(people.filter(dues__unpaid__gt=0)))
        owed = dict(DuesAccount.objects.filter(member__in=members).values_list("member", "unpaid"))
        DuesReminder.objects.bulk_create(
            [
                DuesReminder(
                    member=member, amount=owed[member.pk], state=ReminderState.PRINTED, job_id=job_id,
                    sent_by=by.account, sent_at=act.now,
                )
                for member in members
            ],
            batch_size=CHUNK,
        )  # fmt: skip
        write_events("dues.reminded", by=by, about=members, organization=place, rule="V-D1")
        # Each card has its own event already.
        act.silent = True
    return len(members)
