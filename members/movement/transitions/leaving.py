"""Deregistration (voluntary, death, exclusion), and undoing a mistaken one (V-B10, V-B14, V-B16)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dues.ledger.rules.leaving import check_left_paid
from members.book.enums import EndReason
from members.book.models import BookLine, Registration
from members.meetings.models import AgendaItem
from members.meetings.rules import check_about_member
from members.people.enums import MemberState
from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import PaperCard
from ..rules import leaving as rules
from . import sealing
from .transfers import begin_transit


@dataclass(frozen=True)
class Departure:
    """The registration that ended; for a departure also the code that opens the card, which cannot be read again
    later.
    """

    registration: Registration
    code: str = ""
    transfer_id: int = 0


def deregister(
    member_id: int,
    *,
    reason: str,
    on: dt.date,
    by: Actor,
    paper: str = "",
    paper_card: str = PaperCard.NONE,
    mail_number: str = "",
    destination: str = "",
    version: int | None = None,
) -> Departure:
    """End the member's registration in the organisation that keeps the card, and seal the card (V-B10, V-B12, V-B14).

    A departure puts the card in transit with a code. Raises `RuleViolation` with the amount if the annual fee of the
    previous year is not paid, and for a departure (N-C1) if the card is or has to be blocked after a withdrawal;
    `Blocked` while decisions about the member are pending; `StaleVersion`, `NotAllowed`.
    """
    with change(by=by, rule="V-B10", event="member.deregistered") as act:
        member, organization, registration = _lock_registered(act, member_id, version)
        state = rules.STATES[EndReason(reason)] if reason in rules.STATES else ""
        rules.check_reason(organization.charter, reason)
        states.check(member, state, "V-B10")
        rules.check_day(member, registration, on)
        rules.check_paper(reason, paper)
        rules.check_paper_card(paper_card, mail_number)
        if reason != EndReason.DEATH:
            rules.check_nothing_waits(member)
        if reason == EndReason.DEPARTURE:
            rules.check_can_go_elsewhere(member)
        check_left_paid(member, on=on, reason=reason)
        unit = member.unit_id
        ended = sealing.seal_card(
            act, member, state=state, reason=reason, on=on, destination=destination.strip(), paper=paper.strip(),
            paper_card=paper_card, mail_number=mail_number.strip(),
        )  # fmt: skip
        departure = Departure(ended)
        if state == MemberState.IN_TRANSIT:
            transfer, code = begin_transit(act, member, ended, unit_id=unit or organization.pk)
            departure = Departure(ended, code, transfer.pk)
        act.about(member, organization=organization, reason=reason)
    return departure


def take_back_leaving(line_id: int, *, by: Actor) -> Member:
    """Undo a leaving or death entered by mistake, from its line of the book; the registration continues (V-B10)."""
    with change(by=by, rule="V-B10", event="member.leaving_taken_back") as act:
        member_id = rules.check_not_erased(BookLine.objects.answered_for(by).get(pk=line_id))
        place = Member.objects.filter(pk=member_id).values("last_organization")
        act.lock_many(Organization.objects.filter(pk__in=place))
        member = act.lock(Member, member_id)
        line = act.lock(BookLine.objects.answered_for(by), line_id)
        rules.check_can_be_reopened(line, member)
        organization = rules.last_place(member)
        act.require(Permission.MOVE_MEMBERS, organization)
        sealing.unseal_card(act, member)
        act.about(member, organization=organization)
    return member


def exclude(act: Act, item: AgendaItem) -> None:
    """Apply an adopted decision: deregister the member; seal the card until appeal and retention end (V-B14, V-B16)."""
    member = _locked_member(act, item)
    rules.check_exclusion(member)
    on = item.meeting.held_on if item.meeting is not None else act.today
    registration = Registration.objects.get(member=member, ended_on__isnull=True)
    rules.check_day(member, registration, on)
    sealing.seal_card(
        act, member, state=MemberState.EXCLUDED, reason=EndReason.EXCLUSION, on=on, paper_card=PaperCard.TAKEN
    )


def undo_exclusion(act: Act, item: AgendaItem) -> None:
    """Reverse the exclusion: the card opens in the former organisation and the registration continues."""
    restore(act, _locked_member(act, item))


def restore(act: Act, member: Member) -> Organization:
    """Restore an excluded member without a break, after a reversal or a satisfied appeal (V-B14)."""
    rules.check_is_excluded(member)
    rules.check_place_works(rules.last_place(member))
    rules.check_has_no_later_card(member)
    return sealing.unseal_card(act, member)


def _lock_registered(act: Act, member_id: int, version: int | None) -> tuple[Member, Organization, Registration]:
    # Locking the organisation serialises requests, as when people are registered. A blocked card ends as well: the
    # person dies or leaves, and nothing else is done with the card (N-C1).
    keeper = Member.objects.answered_for(act.by).values_list("organization", flat=True).get(pk=member_id)
    organization = act.lock(Organization.objects.visible_to(act.by), keeper)
    act.require(Permission.MOVE_MEMBERS, organization)
    member = act.lock(Member.objects.answered_for(act.by), member_id, version=version)
    return member, organization, Registration.objects.get(member=member, ended_on__isnull=True)


def _locked_member(act: Act, item: AgendaItem) -> Member:
    return act.lock(Member, check_about_member(item, "V-B16"))
