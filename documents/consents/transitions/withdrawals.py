"""Transitions of withdrawn consents: registering the statement, blocking, the notice, a new consent (N-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from copy import copy

from documents.ecards import book as cards
from documents.exchange import book as exchange
from documents.tickets.book import leave_drafts
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.transitions.consent_state import set_state
from members.people.transitions.registration import count_in
from registry.access import Actor, require
from registry.days import after_working_days
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.transitions import change, write_event

from .. import book
from ..enums import DAYS_TO_DESTROY, DAYS_TO_STOP, DAYS_TO_TELL, ConsentPurpose
from ..models import Consent, Withdrawal
from ..rules import (
    check_can_be_blocked,
    check_can_be_told,
    check_can_sign_again,
    check_signature,
    check_signed_again,
    check_withdrawal,
)
from .consents import card_keeper, store


def register_withdrawal(
    member_id: int,
    *,
    purposes: Collection[str],
    received_on: dt.date | None,
    channel: str,
    scan: bytes | None = None,
    by: Actor,
) -> Withdrawal:
    """Register a member's statement of withdrawal; the consents end at once and the terms begin.

    The processing has to stop within 3 working days of the statement, the person has to be notified in writing within
    10; data without another legal ground have to be destroyed within 30 days. Raises `RuleViolation` for a consent that
    is not open, a wrong day or a file that is not a scan; `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="N-C1", event="consent.withdrawn") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = card_keeper(act, member)
        given = set(Consent.objects.open().filter(member=member).values_list("purpose", flat=True))
        day = check_withdrawal(purposes, given, received_on, act.today)
        moved = organization.charter.moved_days
        withdrawal = Withdrawal(
            member=member,
            organization=organization,
            purposes=[str(purpose) for purpose in ConsentPurpose if purpose in purposes],
            stops_processing=ConsentPurpose.PROCESSING in purposes,
            received_on=day,
            channel=channel,
            scan=store(scan, organization, by) if scan is not None else None,
            stop_by=after_working_days(day, DAYS_TO_STOP, moved),
            tell_by=after_working_days(day, DAYS_TO_TELL, moved),
            destroy_by=day + dt.timedelta(days=DAYS_TO_DESTROY),
        )
        act.save(withdrawal)
        book.withdraw(act, member, purposes, day)
        if withdrawal.stops_processing:
            set_state(act, [member], ConsentState.WITHDRAWN)
        exchange.update_outbox(act, [member])
        act.about(member, organization=organization, withdrawal=withdrawal.pk, purposes=withdrawal.purposes)
    return withdrawal


def block_card(withdrawal_id: int, *, by: Actor) -> Withdrawal:
    """Block the card of a member who withdrew the consent to processing; then only two chairs can read it.

    Raises `RuleViolation` if there is nothing to block; `NotAllowed`, `Withdrawal.DoesNotExist`.
    """
    with change(by=by, rule="N-C1", event="member.blocked") as act:
        found = Withdrawal.objects.visible_to(by).filter(pk=withdrawal_id).values_list("member", flat=True)
        member = act.lock(Member, found.get())
        withdrawal = act.lock(Withdrawal.objects.visible_to(by), withdrawal_id)
        organization = answers_for(withdrawal)
        act.require(Permission.MARK_CONSENTS, organization)
        check_can_be_blocked(withdrawal)
        cards.cancel_unsent(act, member)
        leave_drafts(member)
        before = copy(member)
        member.blocked_on = act.today
        count_in([member], less=[before])
        act.save(member)
        withdrawal.blocked_at = act.now
        act.save(withdrawal)
        exchange.update_outbox(act, [member])
        act.about(member, organization=organization, withdrawal=withdrawal.pk)
    return withdrawal


def note_blocked_opened(withdrawal: Withdrawal, *, by: Actor) -> None:
    """Record that a blocked card was opened (V-C5). Raises `NotAllowed` if the actor may not read it."""
    if not by.is_system and not Member.objects.opened_to(by).filter(pk=withdrawal.member_id).exists():
        raise NotAllowed
    write_event(
        "member.blocked_opened", by=by, rule="V-C5", about=withdrawal.member, organization=answers_for(withdrawal)
    )


def note_statement_opened(withdrawal: Withdrawal, *, by: Actor) -> None:
    """Record that the scan of the statement was opened, because it shows address and signature (V-C5). Raises
    `NotAllowed`.
    """
    require(by, Permission.MARK_CONSENTS)
    organization = answers_for(withdrawal)
    write_event(
        "consent.withdrawal_scan_opened", by=by, rule="V-C5", about=withdrawal.member, organization=organization
    )


def note_told(withdrawal_id: int, *, told_on: dt.date | None, by: Actor) -> Withdrawal:
    """Record that the person was notified in writing. Raises `RuleViolation` for a wrong day or a second notice."""
    with change(by=by, rule="N-C1", event="consent.withdrawal_told") as act:
        withdrawal = act.lock(Withdrawal.objects.visible_to(by), withdrawal_id)
        organization = answers_for(withdrawal)
        act.require(Permission.MARK_CONSENTS, organization)
        withdrawal.told_on = check_can_be_told(withdrawal, told_on, act.today)
        act.save(withdrawal)
        act.about(withdrawal.member, organization=organization, withdrawal=withdrawal.pk)
    return withdrawal


def release_card(withdrawal_id: int, *, signed_on: dt.date | None, scan: bytes | None = None, by: Actor) -> Withdrawal:
    """Mark a new consent to the processing as signed and unblock the card.

    Raises `RuleViolation` if the card is not blocked, for an impossible day or a file that is no scan; `NotAllowed`,
    `Withdrawal.DoesNotExist`.
    """
    with change(by=by, rule="N-C1", event="member.released") as act:
        found = Withdrawal.objects.visible_to(by).filter(pk=withdrawal_id).values_list("member", flat=True)
        member = act.lock(Member, found.get())
        # The lock on the member excludes other releases; statements are locked after the consents, as elsewhere.
        withdrawal = Withdrawal.objects.visible_to(by).get(pk=withdrawal_id)
        organization = answers_for(withdrawal)
        act.require(Permission.MARK_CONSENTS, organization)
        check_can_sign_again(withdrawal)
        day = check_signature(signed_on, birth_date=member.birth_date, today=act.today)
        statements = Withdrawal.objects.stopping().filter(member=member)
        check_signed_again(day, max(statement.received_on for statement in statements))
        scans = {member.pk: store(scan, organization, by)} if scan is not None else {}
        book.sign(act, [member], {member.pk: day}, organization.federation, scans=scans)
        # Of all statements: a person may have sent another one before the card was blocked.
        book.end_withdrawals(act, {member.pk: day})
        before = copy(member)
        member.blocked_on, member.consent_state = None, ConsentState.SIGNED
        count_in([member], less=[before])
        act.save(member)
        exchange.update_outbox(act, [member])
        act.about(member, organization=organization, withdrawal=withdrawal.pk)
    withdrawal.refresh_from_db()
    return withdrawal


def answers_for(withdrawal: Withdrawal) -> Organization:
    """Return the organisation that answers the statement: it received it, or took the card over in a merger or move of
    organisations. A member who goes elsewhere alone does not take the statement along.
    """
    return withdrawal.organization
