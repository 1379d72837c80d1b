"""Taking back mistaken entries: the people are off account as if never entered (U-5, V-B1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from dues.ledger import book as ledger
from members.book.enums import EndReason
from members.book.models import Registration
from members.book.transitions import lines as book
from members.lists.models import ImportBatch
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import Blocked
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import MemberState
from ..models import Member, Reminder
from .accounting import count_in

#: Maximum number of blocking cards listed by name.
_NAMED = 50


def take_back(
    batch: ImportBatch,
    *,
    by: Actor,
    rule: str = "U-5",
    depends: Callable[[Sequence[Member]], Sequence[Any]] | None = None,
) -> int:
    """Undo a batch: its people are off account as if never entered. Return their number.

    Raises `Blocked`, which lists each card, if something depends on an entry: a later change, a consent, a printed
    paper or what `depends` returns.
    """
    with change(by=by, rule=rule, event="members.taken_back") as act:
        organization = act.lock(Organization.objects.visible_to(by), batch.organization_id)
        require(by, Permission.IMPORT_MEMBERS, organization)
        found = put_by(batch)
        members = act.lock_many(found)
        blockers = [*what_rests(found), *(depends(members) if depends is not None else ())]
        if blockers:
            message = _("The list can no longer be taken back, because something depends on it:")
            raise Blocked("U-5", message, blockers)
        cancel(act, members, rule=rule)
        act.about(batch, organization=organization, count=len(members))
    return len(members)


def cancel(act: Act, members: Sequence[Member], *, rule: str) -> None:
    """Take the members off account as if never entered, within the caller's act; the caller has locked them.

    Raises `RuleViolation` if dues were paid.
    """
    ledger.reverse_admission(act, members, rule=rule)
    count_in((), less=members)
    registrations = list(Registration.objects.filter(member__in=members, ended_on__isnull=True))
    for registration in registrations:
        registration.ended_on = max(act.today, registration.started_on)
        registration.end_reason = EndReason.UNDONE
    act.update_many(Registration, registrations, ["ended_on", "end_reason"])
    book.leave(act, members, on=act.today, reason=EndReason.UNDONE)
    for member in members:
        member.state = MemberState.WITHDRAWN
        member.organization = member.cell = member.unit = None
        member.version += 1
    act.update_many(Member, list(members), ["state", "organization", "cell", "unit", "version"])
    Reminder.objects.filter(member__in=members).delete()


def what_rests(found: QuerySet[Member]) -> list[Any]:
    """Return a sentence for each card that was changed, signed for or printed since it was entered."""
    touched = found.filter(
        Q(version__gt=1)
        | Q(consents__isnull=False)
        | Q(prints__isnull=False)
        | Q(entries__isnull=False)
        | Q(photo__isnull=False)
    )
    names = list(touched.distinct().order_by("sort_key", "pk")[: _NAMED + 1])
    blockers: list[Any] = [
        _("%(name)s: the card was changed, or a paper was printed, since the list was put on account.")
        % {"name": m.full_name}
        for m in names[:_NAMED]
    ]
    if len(names) > _NAMED:
        blockers.append(_("… and more such cards."))
    return blockers


def put_by(batch: ImportBatch) -> QuerySet[Member]:
    """Return the members on account from the list."""
    return Member.objects.filter(batch=batch, organization=batch.organization_id, state=MemberState.ON_ACCOUNT)
