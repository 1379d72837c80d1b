"""Undoing mistaken entries: the people are deregistered as if never entered, and destroyed (U-5, V-B1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from documents.exchange import book as exchange
from dues.ledger import book as ledger
from members.book.enums import EndReason
from members.book.models import Registration
from members.book.transitions import lines as book
from members.lists.models import ImportBatch
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import MemberState
from ..models import Member, Reminder
from ..rules.taking_back import check_nothing_depends, registered_by
from .destroying import destroy_taken_back
from .registration import count_in


def take_back(
    batch: ImportBatch,
    *,
    by: Actor,
    rule: str = "U-5",
    depends: Callable[[Sequence[Member]], Sequence[Any]] | None = None,
) -> int:
    """Undo a batch: its people are deregistered as if never entered, and their cards destroyed. Return their number.

    Raises `Blocked`, which lists each card, if something depends on an entry: a later change, a consent, a printed
    paper or anything that `depends` returns.
    """
    with change(by=by, rule=rule, event="members.taken_back") as act:
        organization = act.lock(Organization.objects.visible_to(by), batch.organization_id)
        act.require(Permission.IMPORT_MEMBERS, organization)
        found = registered_by(batch)
        members = act.lock_many(found)
        check_nothing_depends(found, depends(members) if depends is not None else ())
        cancel(act, members, rule=rule)
        destroy_taken_back(act, members, organization)
        act.about(batch, organization=organization, count=len(members))
    return len(members)


def cancel(act: Act, members: Sequence[Member], *, rule: str) -> None:
    """Deregister the members as if never entered, within the caller's change, which has locked and destroys them.

    Raises `RuleViolation` if dues were paid.
    """
    ledger.reverse_admission(act, members, rule=rule)
    count_in((), less=members)
    registrations = list(Registration.objects.filter(member__in=members, ended_on__isnull=True))
    for registration in registrations:
        registration.ended_on = max(act.today, registration.started_on)
        registration.end_reason = EndReason.UNDONE
    act.update_many(Registration, registrations, ["ended_on", "end_reason"])
    book.close_lines(act, members, on=act.today, reason=EndReason.UNDONE)
    for member in members:
        member.state = MemberState.WITHDRAWN
        member.organization = member.cell = member.unit = None
        member.version += 1
    act.update_many(Member, list(members), ["state", "organization", "cell", "unit", "version"])
    exchange.update_outbox(act, members)
    Reminder.objects.filter(member__in=members).delete()
