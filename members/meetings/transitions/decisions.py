"""Decisions of governing bodies: put forward, decided with their effect, reversed (V-A5, V-B5, V-B14, V-B16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from dues.ledger.rules.standing import arrears
from members.admission.models import Application
from members.admission.transitions import admission
from members.movement.transitions import leaving
from members.people.enums import MarkKind
from members.people.models import CardMark, Member
from members.people.transitions import marks
from members.reconciliation.transitions import reconciliation
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import ItemKind, ItemState
from ..models import AgendaItem, Meeting
from ..queries import mark_of, with_arrears, with_sum, with_term
from . import appeals

Effect = Callable[[Act, AgendaItem], Any]


def _nothing(act: Act, item: AgendaItem) -> None:
    """Do nothing: the decision is only recorded in the minutes."""


def _new_ticket(act: Act, item: AgendaItem) -> None:
    """Record the decision on a new ticket on the card (V-B5)."""
    member = act.lock(Member, rules.check_about_member(item, "V-B5"))
    assert item.meeting is not None  # noqa: S101 - `check_can_decide` has asked for it
    former = member.ticket_number
    text = mark_of(item, former=former)
    marks.note(act, member, kind=MarkKind.TICKET, text=text, on=item.meeting.held_on, item=item, former_number=former)
    act.save(member)


@dataclass(frozen=True)
class Effects:
    """Functions called within the change that records the decision, and within the one that reverses it."""

    rule: str
    adopt: Effect = _nothing
    reject: Effect = _nothing
    reverse: Effect = _nothing
    #: Used to reverse a rejection, if that differs.
    reverse_rejected: Effect | None = None


EFFECTS: dict[str, Effects] = {
    ItemKind.ADMISSION: Effects("V-A5", admission.admit, admission.refuse, admission.undo, admission.undo),
    ItemKind.DUPLICATE: Effects("V-B5", _new_ticket, reverse=marks.undo_measure),
    ItemKind.EXCLUSION: Effects("V-B16", leaving.exclude, reverse=leaving.undo_exclusion),
    ItemKind.DISCIPLINE: Effects("V-B5", marks.measure, reverse=marks.undo_measure),
    ItemKind.DISCIPLINE_LIFTED: Effects("V-B5", marks.lift, reverse=marks.undo_lift),
    ItemKind.PROPERTY: Effects("V-D2"),
    ItemKind.COLLECTOR: Effects("V-D4"),
    ItemKind.APPEAL: Effects(
        "V-A6", appeals.satisfy, appeals.dismiss, appeals.undo_satisfaction, appeals.undo_dismissal
    ),
    ItemKind.RECONCILIATION: Effects(
        "V-B8",
        reconciliation.accept,
        reconciliation.send_back,
        reconciliation.undo_acceptance,
        reconciliation.undo_sending_back,
    ),
    ItemKind.OTHER: Effects("V-A5"),
}


def put_forward(
    *,
    organization: Organization,
    kind: str,
    title: str,
    by: Actor,
    member: Member | None = None,
    mark: CardMark | None = None,
    ticket_reason: str = "",
    statement_on: dt.date | None = None,
    exclusion_reason: str = "",
    amount: Decimal | None = None,
    due_on: dt.date | None = None,
    speaker: str = "",
    filed_on: dt.date | None = None,
) -> AgendaItem:
    """Create an item that waits for a decision of the organisation's body; `kind` determines what it needs.

    Raises `RuleViolation` if something is missing or the same item is already waiting, `NotAllowed`.
    """
    rules.check_put_forward(
        kind, about_member=member is not None, about_mark=mark is not None, ticket_reason=ticket_reason,
        exclusion_reason=exclusion_reason, with_sum=amount is not None and due_on is not None,
        statement_on=statement_on, today=timezone.localdate(),
    )  # fmt: skip
    with change(by=by, rule=EFFECTS[kind].rule, event="item.put_forward") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        act.require(Permission.RUN_MEETINGS, organization)
        filed_on = filed_on or act.today
        rules.check_subject(title, filed_on, act.today)
        if member is not None:
            member = act.lock(Member.objects.visible_to(by).registered(), member.pk)
            rules.check_put_forward_about(member, organization, kind, mark)
            # Minutes and extracts print the subject, so it has to contain the name.
            if rules.is_for_arrears(kind, exclusion_reason, organization):
                amount = _overdue(member, act.today)
                title = with_sum(title, amount, member.full_name)
            title = title if member.full_name in title else f"{title.strip()}: {member.full_name}"
        item = AgendaItem(
            organization=organization, kind=kind, title=title.strip(), member=member, mark=mark,
            speaker=speaker.strip(), ticket_reason=ticket_reason, exclusion_reason=exclusion_reason, amount=amount,
            statement_on=statement_on, due_on=due_on, filed_on=filed_on,
        )  # fmt: skip
        act.save(item)
        act.about(item, organization=organization, kind=kind)
    return item


def drop_item(item_id: int, *, by: Actor) -> AgendaItem:
    """Drop a waiting item; applications, appeals and reports are withdrawn on their own pages.

    Raises `RuleViolation` (V-A5).
    """
    with change(by=by, rule="V-A5", event="item.dropped") as act:
        item = own_item(act, item_id)
        rules.check_can_be_dropped(item)
        item.state, item.meeting, item.position, item.spoken = ItemState.DROPPED, None, 0, ""
        act.save(item)
        act.about(item, organization=item.organization, kind=item.kind)
    return item


def decide(
    item_id: int,
    *,
    adopted: bool,
    votes_for: int,
    votes_against: int,
    votes_abstained: int,
    resolution: str,
    reason: str = "",
    spoken: str | None = None,
    term_restored: bool | None = None,
    not_notified: bool = False,
    by: Actor,
) -> AgendaItem:
    """Enter the decision on the item: votes, resolution and effect, in one act (V-A5).

    `term_restored` is the decision on the term of a late appeal, for which it is required (V-A6); the resolution
    includes it. `not_notified` confirms that applicants without a recorded notice were not told of the meeting.
    Without `spoken` the recorded speeches stay. Raises `RuleViolation` without a quorum or with
    votes that contradict the decision, `Blocked` if the effect is impossible for somebody, `NotAllowed`.
    """
    with change(by=by, rule=_rule_of(item_id, by), event="item.decided") as act:
        item = own_item(act, item_id)
        present = _present(item)
        meeting = rules.check_can_decide(item, present)
        rules.check_votes(
            present, adopted=adopted, votes_for=votes_for, votes_against=votes_against, votes_abstained=votes_abstained
        )
        rules.check_term_decided(item, adopted=adopted, restored=term_restored)
        rules.check_resolution(resolution)
        if adopted and item.kind in rules.ABOUT_A_CARD and item.member is not None:
            rules.check_still_here(item, item.member)
        if item.kind == ItemKind.ADMISSION:
            admission.note_untold(act, item, confirmed=not_notified)
        item.state = ItemState.ADOPTED if adopted else ItemState.REJECTED
        item.votes_for, item.votes_against, item.votes_abstained = votes_for, votes_against, votes_abstained
        item.resolution = with_term(resolution.strip(), restored=term_restored)
        item.reason, item.decided_at = reason.strip(), act.now
        for_arrears = rules.is_for_arrears(item.kind, item.exclusion_reason, item.organization)
        if adopted and for_arrears and item.member is not None:
            # The decision states the debt on its own day; part of it may have been paid since.
            item.amount = _overdue(item.member, meeting.held_on)
            item.reason = with_arrears(item.reason, item.amount, meeting.held_on)
        item.spoken = item.spoken if spoken is None else spoken.strip()
        act.save(item)
        effects = EFFECTS[item.kind]
        (effects.adopt if adopted else effects.reject)(act, item)
        on_term = {"term_restored": term_restored} if term_restored is not None else {}
        act.about(item, organization=item.organization, kind=item.kind, adopted=adopted, meeting=meeting.pk, **on_term)
    return item


def note_spoken(item_id: int, *, spoken: str, by: Actor) -> AgendaItem:
    """Record the speakers on the item and their words, until the minutes are closed (V-A5)."""
    with change(by=by, rule="V-A5", event="item.spoken_noted") as act:
        item = own_item(act, item_id)
        rules.check_minutes_are_written(item)
        act.silent = item.spoken == spoken.strip()
        if not act.silent:
            item.spoken = spoken.strip()
            act.save(item)
        act.about(item, organization=item.organization, kind=item.kind)
    return item


def reverse_decision(item_id: int, *, by: Actor) -> AgendaItem:
    """Reverse a decision entered by mistake together with its effect; the item is on the agenda again (V-A5).

    Raises `Blocked`, which lists what depends on the decision; `NotAllowed`.
    """
    with change(by=by, rule=_rule_of(item_id, by), event="item.reversed") as act:
        item = own_item(act, item_id)
        rules.check_can_be_reversed(item)
        rules.check_waits_once(item)
        effects = EFFECTS[item.kind]
        rejected = item.state == ItemState.REJECTED
        if not rejected:
            effects.reverse(act, item)
        elif effects.reverse_rejected is not None:
            effects.reverse_rejected(act, item)
        item.state, item.decided_at, item.resolution, item.reason = ItemState.SCHEDULED, None, "", ""
        item.votes_for = item.votes_against = item.votes_abstained = None
        act.save(item)
        act.about(item, organization=item.organization, kind=item.kind, rejected=rejected)
    return item


def note_item_notified(item_id: int, *, on: dt.date | None, way: str = "", by: Actor) -> AgendaItem:
    """Record that the person concerned was notified of the decision; None removes the record (V-A6, V-B14).

    The month for an appeal starts with the notice of an exclusion (K7).
    """
    with change(by=by, rule="V-A5", event="item.notified") as act:
        item = own_item(act, item_id)
        rules.check_notice(item, on=on, way=way, today=act.today)
        item.notified_on, item.notified_by = on, way if on else ""
        act.save(item)
        act.about(item, organization=item.organization, kind=item.kind)
    return item


def own_item(act: Act, item_id: int) -> AgendaItem:
    """Return the item, locked after all rows that its decision changes and that are locked before items.

    Raises `NotAllowed`.
    """
    found = (
        AgendaItem.objects.visible_to(act.by).select_related("appeal__application", "appeal__against").get(pk=item_id)
    )
    act.lock_many(Organization.objects.filter(pk__in=_places(found)))
    appealed = found.appeal.application_id if found.appeal is not None else None
    act.lock_many(Application.objects.filter(Q(item=item_id) | Q(pk=appealed)).only("pk"))
    meeting = act.lock(Meeting, found.meeting_id) if found.meeting_id is not None else None
    item = act.lock(AgendaItem.objects.visible_to(act.by), item_id)
    item.organization = Organization.objects.select_related("federation").get(pk=item.organization_id)
    if item.meeting_id is not None:
        same = meeting is not None and meeting.pk == item.meeting_id
        item.meeting = meeting if same else act.lock(Meeting, item.meeting_id)
    act.require(Permission.RUN_MEETINGS, item.organization)
    return item


def _places(item: AgendaItem) -> set[int]:
    """Return the ids of the organisations that a decision may change: the item's, the member's, the applicant's."""
    places = {item.organization_id}
    about = item.member_id
    if item.appeal is not None:
        places |= {item.appeal.application.organization_id} if item.appeal.application is not None else set()
        about = item.appeal.against.member_id
    kept = Member.objects.filter(pk=about or 0).values_list("organization", "last_organization")
    return places | {pk for row in kept for pk in row if pk is not None}


def _overdue(member: Member, on: dt.date) -> Decimal:
    """Return the member's debt on the day. Raises `RuleViolation` (V-B16) if there was none."""
    owed = arrears(member, on)
    rules.check_arrears(owed, on)
    return owed


def _rule_of(item_id: int, by: Actor) -> str:
    return EFFECTS[AgendaItem.objects.visible_to(by).values_list("kind", flat=True).get(pk=item_id)].rule


def _present(item: AgendaItem) -> int:
    return item.meeting.attendance.count() if item.meeting is not None else 0
