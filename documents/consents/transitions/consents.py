"""Transitions of consents, which are signed on paper and marked by the chair (U-6, U-7, N-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby

from django.db.models import prefetch_related_objects

from documents.exchange import book as exchange
from documents.printing.rules import check_registered
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.transitions.consent_state import set_state
from registry import states
from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.transitions import Act, change, quietly, write_event, write_events

from .. import book
from ..enums import ConsentPurpose
from ..models import Consent
from ..queries import signed_for, withdrawn_days
from ..rules import check_complete, check_has_purpose, check_is_signed, check_scan, check_signature, check_signed_again


def mark_signed(
    member_id: int,
    *,
    purpose: str = ConsentPurpose.PROCESSING,
    signed_on: dt.date | None,
    scan: bytes | None = None,
    by_hand: bool = False,
    by: Actor,
) -> Consent:
    """Mark the member's consent for the purpose as signed; the paper is kept by the organisation (U-7).

    The text version is the printed one. For a paper not printed by the registry, or printed only after the
    signature, it is the one in force on the day of the signature. `by_hand` confirms that data missing on the card were
    written on the paper by hand. Raises `RuleViolation` for a purpose that the charter does not have, an impossible
    date, a card that lacks identity paper or address, a consent that is signed already or a file that is not a scan;
    `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="U-7", event="consent.signed") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = card_keeper(act, member)
        check_has_purpose(purpose, organization.charter)
        day = check_signature(signed_on, birth_date=member.birth_date, today=act.today)
        check_signed_again(day, withdrawn_days([member.pk], purpose).get(member.pk))
        check_complete([member], by_hand=by_hand)
        printed = book.open_consent(act, member, purpose)
        if printed is not None:
            states.check(printed, ConsentState.SIGNED, "N-C1")
        scans = {member.pk: store(scan, organization, by)} if scan is not None else {}
        federation = organization.federation
        (consent,) = book.sign(act, [member], {member.pk: day}, federation, purpose=purpose, scans=scans)
        _note_signed(act, [member], purpose, {member.pk: day})
        facts = {"consent": consent.pk, "version": consent.text.version, "purpose": purpose}
        act.about(member, organization=organization, **facts)
    return consent


def mark_many_signed(
    dates: Mapping[int, dt.date | None],
    *,
    purpose: str = ConsentPurpose.PROCESSING,
    by_hand: bool = False,
    by: Actor,
) -> int:
    """Mark consents of many members, each with the date on the paper; return the number marked.

    Consents marked already are unchanged. Raises `RuleViolation` for the first wrong date, or for cards with missing
    details that were not written by hand; nothing is then marked.
    """
    found = Member.objects.visible_to(by).registered().filter(pk__in=dates)
    with quietly(by) as act:
        locked = act.lock_many(Member.objects.filter(pk__in=list(found.values_list("pk", flat=True))))
        # Checked again under the lock: another officer may have marked them meanwhile.
        signed = set(
            signed_for(Member.objects.filter(pk__in=[m.pk for m in locked]), purpose).values_list("pk", flat=True)
        )
        locked = [member for member in locked if member.pk not in signed]
        prefetch_related_objects(locked, "identity")
        check_complete(locked, by_hand=by_hand)
        members = sorted(locked, key=lambda member: (member.organization_id or 0, member.pk))
        for _keeper_id, group in groupby(members, key=lambda member: member.organization_id):
            _mark_group(list(group), dates, purpose, by)
    return len(members)


def _mark_group(members: list[Member], dates: Mapping[int, dt.date | None], purpose: str, by: Actor) -> None:
    with change(by=by, rule="U-7", event="consent.signed") as act:
        organization = card_keeper(act, members[0])
        check_has_purpose(purpose, organization.charter)
        days = {
            member.pk: check_signature(
                dates[member.pk], birth_date=member.birth_date, today=act.today, field=f"date_{member.pk}"
            )
            for member in members
        }
        withdrawn = withdrawn_days(list(days), purpose)
        for pk, day in days.items():
            check_signed_again(day, withdrawn.get(pk), field=f"date_{pk}")
        book.sign(act, members, days, organization.federation, purpose=purpose)
        _note_signed(act, members, purpose, days)
        write_events(
            "consent.signed", by=by, about=members, organization=organization, rule="U-7", purpose=str(purpose)
        )
        # Each card has its own event already.
        act.silent = True


def take_back_tick(member_id: int, *, purpose: str = ConsentPurpose.PROCESSING, by: Actor) -> Consent:
    """Undo a mark set by mistake; the consent is unsigned again, and the history keeps both steps (K12)."""
    with change(by=by, rule="U-7", event="consent.tick_taken_back") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = card_keeper(act, member)
        consent = _signed(act, member, purpose)
        states.check(consent, ConsentState.PRINTED, "N-C1")
        if purpose == ConsentPurpose.PROCESSING and consent.signed_on is not None:
            book.resume_withdrawal(act, member, consent.signed_on)
        book.take_back_signature(act, consent)
        _note_on_cards(act, [member], purpose, ConsentState.PRINTED)
        act.about(member, organization=organization, consent=consent.pk, purpose=purpose)
    return consent


def attach_scan(member_id: int, *, purpose: str = ConsentPurpose.PROCESSING, scan: bytes, by: Actor) -> Consent:
    """Add the scan of a signed consent, replacing an earlier one."""
    with change(by=by, rule="U-6", event="consent.scan_put") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = card_keeper(act, member)
        consent = _signed(act, member, purpose)
        book.keep_scan(act, consent, store(scan, organization, by))
        act.about(member, organization=organization, consent=consent.pk, purpose=purpose)
    return consent


def note_scan_opened(consent: Consent, *, by: Actor) -> None:
    """Record that the scan was opened, because it shows the identity paper (V-C5).

    Raises `NotAllowed` if the actor may not read it.
    """
    require_reading(by, DataClass.IDENTITY)
    write_event(
        "consent.scan_opened", by=by, rule="V-C5", about=consent.member, organization=consent.member.organization
    )


def card_keeper(act: Act, member: Member) -> Organization:
    """Return the organisation that keeps the card and marks its consents.

    Raises `RuleViolation` for a member who is no longer registered, `NotAllowed`.
    """
    check_registered(member)
    organization = Organization.objects.select_related("federation").get(members=member)
    act.require(Permission.MARK_CONSENTS, organization)
    return organization


def _signed(act: Act, member: Member, purpose: str) -> Consent:
    return check_is_signed(book.open_consent(act, member, purpose), member)


def _note_signed(act: Act, members: Sequence[Member], purpose: str, days: Mapping[int, dt.date]) -> None:
    _note_on_cards(act, members, purpose, ConsentState.SIGNED)
    if purpose == ConsentPurpose.PROCESSING:
        book.end_withdrawals(act, days)


def _note_on_cards(act: Act, members: Sequence[Member], purpose: str, state: str) -> None:
    """Update the cards, which show only the consent to processing, and the outbox of the bonus programme."""
    if purpose == ConsentPurpose.PROCESSING:
        set_state(act, members, state)
    exchange.update_outbox(act, members)


def store(scan: bytes, organization: Organization, by: Actor) -> StoredFile:
    """Store the scan of a consent or of a statement about one. Raises `RuleViolation` if the file is not a scan."""
    data, content_type, ending = check_scan(scan)
    return storage.store_file(
        data, purpose=FilePurpose.CONSENT_SCAN, name=f"consent.{ending}", content_type=content_type,
        organization=organization, owner=by.account,
    )  # fmt: skip
