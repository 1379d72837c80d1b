"""Changing the card of a registered member: fields, entries, photograph; recording who opened it (V-B2, V-B8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from django.utils import timezone

from documents.exchange import book as exchange
from members.book.enums import EndReason
from members.book.transitions import lines as book
from registry.access import Actor, require_reading
from registry.charters.base import Charter
from registry.enums import DataClass, Permission
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.transitions import (
    ONE_OPENING,
    Act,
    acting_as,
    change,
    note_opened,
    opened_lately,
    write_event,
    write_events,
)

from ..enums import MarkKind
from ..models import CardEntry, Member
from ..rules.completeness import missing_fields
from ..rules.decided import check_before_moves, check_correction, check_not_fixed, correction_text
from ..rules.duplicates import refusing_taken_numbers
from ..rules.editing import checked_changes
from ..rules.entries import check_entry, check_not_entered, entry_kind
from ..rules.fields import PARTS, REGISTRATION, card_values, class_of, place_of, ticket_text, to_stored
from ..rules.marks import former_name_text, is_renamed
from ..rules.person import check_reason_to_open
from . import reminders
from .marks import note, note_new_tickets
from .paper_card import ask_for_reprint, stands_on_card
from .registration import count_in, renew_keys
from .searches import noting


def edit_card(
    member_id: int, *, values: Mapping[str, Any], version: int | None, by: Actor, rule: str = "V-B2"
) -> Member:
    """Change fields of a card. Fields that are not in `values` stay; saving without a change records nothing.

    `version` is the version that the editor saw, None for callers without one. Raises `StaleVersion`, `RuleViolation`
    (the first one), `DuplicateFound`, and `NotAllowed`, also for a data class that the actor may not read.
    """
    with noting(None, by=by), refusing_taken_numbers(), change(by=by, rule=rule, event="member.changed") as act:
        member = act.lock(Member.objects.visible_to(by), member_id, version=version)
        organization = _keeper(act, member)
        counted, called = copy(member), member.full_name
        changed = _changed(act, member, organization, values)
        if changed:
            check_not_fixed(member, changed)
            if stands_on_card(changed, organization.charter):
                ask_for_reprint([member])
            _save_changes(act, member, changed)
            _update_figures([(counted, member)])
            _note_name(act, member, called, counted.ticket_number)
            note_new_tickets(act, [(member, counted.ticket_number)])
        act.silent = not changed
        act.about(member, organization=organization, fields=sorted(changed))
    return member


def correct_decided(
    member_id: int, *, values: Mapping[str, Any], reason: str, paper: str, version: int | None, by: Actor
) -> Member:
    """Correct values of the card set by a decision or transfer; a mark records what, why and on which paper (V-B1).

    Raises `StaleVersion`, `RuleViolation`, `NotAllowed`.
    """
    with noting(None, by=by), change(by=by, rule="V-B1", event="member.corrected") as act:
        member = act.lock(Member.objects.visible_to(by), member_id, version=version)
        organization = _keeper(act, member)
        counted, before = copy(member), card_values(member)
        changed = _changed(act, member, organization, values)
        check_correction(member, changed, reason=reason, paper=paper)
        text = correction_text(before, changed, reason=reason.strip(), paper=paper.strip())
        note(act, member, kind=MarkKind.CORRECTION, text=text, on=act.today)
        _save_changes(act, member, changed)
        _update_figures([(counted, member)])
        act.about(member, organization=organization, fields=sorted(changed))
    return member


def put_ticket_numbers(act: Act, issued: Sequence[tuple[Member, str]], charter: Charter) -> None:
    """Write the numbers of issued tickets to the cards, and to the marks of decisions about duplicates.

    The members have to be locked (V-B3, V-B5).
    """
    members, before = [member for member, _number in issued], [copy(member) for member, _number in issued]
    asked = charter.asks_for("ticket_number")
    for member, number in issued:
        # The number is normalised like a typed one, so that forms see no change and the search for duplicates works.
        member.ticket_number = ticket_text(number)
        member.version += 1
        if asked:
            member.missing = len(missing_fields(card_values(member), charter))
    renew_keys(members)
    ask_for_reprint(members)
    act.update_many(Member, members, ["ticket_number", "search_key", "version", *(["missing"] if asked else [])])
    note_new_tickets(act, [(member, was.ticket_number) for member, was in zip(members, before, strict=True)])
    book.refresh_lines(act, members)
    exchange.update_outbox(act, members)
    _update_figures(zip(before, members, strict=True))


def _keeper(act: Act, member: Member, permission: Permission = Permission.EDIT_MEMBERS) -> Organization:
    organization = Organization.objects.select_related("federation").get(members=member)
    act.require(permission, organization)
    return organization


def _changed(act: Act, member: Member, organization: Organization, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from the card, checked as part of the whole card."""
    changed, after = checked_changes(member, organization, card_values(member), values, by=act.by, today=act.today)
    member.missing = len(missing_fields(after, organization.charter))
    return changed


def _save_changes(act: Act, member: Member, changed: Mapping[str, Any]) -> None:
    for name, value in changed.items():
        if place_of(name) == "member":
            setattr(member, "cell_id" if name == "cell" else name, to_stored(name, value))
    member.unit_id = member.cell_id or member.organization_id
    renew_keys([member])
    act.save(member)
    for part, model in PARTS.items():
        own = {name: to_stored(name, value) for name, value in changed.items() if place_of(name) == part}
        if own:
            record = model._default_manager.filter(member=member).first() or model(member=member)
            for name, value in own.items():
                setattr(record, name, value)
            act.save(record)
    if {"certificate_expires_on", "certificate_indefinite"} & changed.keys():
        reminders.refresh(act, [member])
    own = {REGISTRATION[n]: value for n, value in changed.items() if n in REGISTRATION}
    registration = member.registrations.filter(ended_on__isnull=True).first()
    if own and registration is not None:
        for name, value in own.items():
            setattr(registration, name, value if value is not None or name.endswith(("_on", "_date")) else "")
        act.save(registration)
    _update_book(act, member, changed)
    exchange.update_outbox(act, [member])


def _update_book(act: Act, member: Member, changed: Mapping[str, Any]) -> None:
    if (day := changed.get("registered_on")) and (line := book.first_line(member)):
        check_before_moves(line, day)
        book.correct_day(act, line, day)
    if "cell" in changed:
        cell = Organization.objects.get(pk=member.cell_id) if member.cell_id else None
        book.move_lines(
            act, [member], on=act.today, reason=EndReason.OTHER_CELL, destination=cell.short_name if cell else ""
        )
    book.refresh_lines(act, [member])


def _note_name(act: Act, member: Member, former: str, ticket: str) -> None:
    """Add a mark about the change of name to the card; a ticket with the former name has to be replaced (V-B5)."""
    if is_renamed(former, member.full_name):
        text = former_name_text(former)
        note(act, member, kind=MarkKind.NAME, text=text, on=act.today, former_number=ticket)


def _update_figures(cards: Iterable[tuple[Member, Member]]) -> None:
    """Update the figures of the units with the cards before and after the change."""
    moved = [
        (before, after)
        for before, after in cards
        if (before.unit_id, before.missing > 0) != (after.unit_id, after.missing > 0)
    ]
    # One call for all cards, so that the rows of units are locked in the order of their ids.
    count_in([after for _before, after in moved], less=[before for before, _after in moved])


def add_entry(member_id: int, *, kind: str, values: Mapping[str, Any], by: Actor) -> CardEntry:
    """Add an entry to the card: award, training, elected office … (practice 3.2)."""
    with change(by=by, rule="V-B2", event="member.entry_added") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(act, member)
        own = check_entry(entry_kind(organization.charter, kind, by), values, act.today)
        check_not_entered(member, kind, own)
        entry = CardEntry(member=member, kind=kind, **own)
        act.save(entry)
        ask_for_reprint([member])
        act.save(member)
        act.about(member, organization=organization, kind=kind)
    return entry


def edit_entry(entry_id: int, *, member_id: int, values: Mapping[str, Any], by: Actor) -> CardEntry:
    """Change an entry of the card."""
    with change(by=by, rule="V-B2", event="member.entry_changed") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(act, member)
        entry = act.lock(CardEntry.objects.filter(member=member), entry_id)
        own = check_entry(entry_kind(organization.charter, entry.kind, by), values, act.today)
        changed = {name: value for name, value in own.items() if getattr(entry, name) != value}
        for name, value in changed.items():
            setattr(entry, name, value)
        if changed:
            act.save(entry)
            ask_for_reprint([member])
            act.save(member)
        act.silent = not changed
        act.about(member, organization=organization, kind=entry.kind)
    return entry


def delete_entry(entry_id: int, *, member_id: int, by: Actor) -> None:
    """Delete an entry from the card; the history keeps it."""
    with change(by=by, rule="V-B2", event="member.entry_deleted") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(act, member)
        entry = act.lock(CardEntry.objects.filter(member=member), entry_id)
        entry_kind(organization.charter, entry.kind, by)
        act.about(member, organization=organization, kind=entry.kind)
        act.delete(entry)
        ask_for_reprint([member])
        act.save(member)


def put_photo(member_id: int, *, jpeg: bytes, by: Actor) -> Member:
    """Store the photograph of the card, already cropped and encoded; deletes the earlier one (V-B1)."""
    with change(by=by, rule="V-B1", event="member.photo_put") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(act, member)
        earlier = member.photo
        member.photo = storage.store_file(
            jpeg,
            purpose=FilePurpose.PHOTO,
            name="photo.jpg",
            content_type="image/jpeg",
            organization=organization,
            owner=by.account,
        )
        _another_photo(member, organization)
        act.save(member)
        _drop(earlier)
        act.about(member, organization=organization)
    return member


def remove_photo(member_id: int, *, by: Actor) -> Member:
    """Remove the photograph from the card."""
    with change(by=by, rule="V-B1", event="member.photo_removed") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(act, member)
        earlier, member.photo = member.photo, None
        if earlier is not None:
            _another_photo(member, organization)
            act.save(member)
            _drop(earlier)
        act.silent = earlier is None
        act.about(member, organization=organization)
    return member


def _another_photo(member: Member, organization: Organization) -> None:
    if stands_on_card(["photo"], organization.charter):
        ask_for_reprint([member])


def _drop(earlier: StoredFile | None) -> None:
    if earlier is not None:
        storage.delete_file(earlier)


#: Journal events for opening protected classes; general reading within the organisation is not logged.
_OPENED = {DataClass.IDENTITY: "card.identity_opened", DataClass.HEALTH: "card.health_opened"}


def note_card_opened(member: Member, *, by: Actor, reason: str = "") -> None:
    """Record in the journal and the card's history that a superior organisation opened the card (N-S1).

    Raises `RuleViolation` (N-S1) if the charter requires a reason and there is none, unless the card was opened
    recently.
    """
    if by.organization is None or by.organization.pk in {member.organization_id, member.unit_id}:
        return
    if not opened_lately("card.opened", member, by=by):
        check_reason_to_open(by.organization, reason)
        facts = {"reason": reason} if reason else {}
        write_event("card.opened", by=by, rule="N-S1", about=member, organization=member.unit, **facts)


def note_class_opened(member: Member, data_class: DataClass, *, by: Actor) -> None:
    """Record that the identity paper or health data were opened. Raises `NotAllowed` if the actor may not read them."""
    require_reading(by, data_class)
    write_event(_OPENED[data_class], by=by, rule="V-C5", about=member, organization=member.unit)


def note_class_shown(member: Member, data_class: DataClass, *, by: Actor) -> None:
    """Record that a page shows the identity paper or health data again, unless they were opened within the last hour.

    Raises `NotAllowed` if the actor may not read them.
    """
    require_reading(by, data_class)
    note_opened(_OPENED[data_class], member, by=by, organization=member.unit)


def note_photo_opened(member: Member, *, by: Actor) -> None:
    """Record that the photograph was opened, at most once an hour (V-C5)."""
    note_opened("card.photo_opened", member, by=by, organization=member.unit)


def note_fields_shown(members: Collection[Member], names: Iterable[str], *, by: Actor) -> None:
    """Record on each card that a page showed fields of protected classes, at most once an hour (V-C5)."""
    units = {member.unit_id: member.unit for member in members}
    for data_class in sorted({class_of(name) for name in names} & _OPENED.keys()):
        lately = Event.objects.filter(
            object_type="member", object_id__in=[str(member.pk) for member in members], action=_OPENED[data_class],
            acting=acting_as(by), account=by.account, at__gt=timezone.now() - ONE_OPENING,
        ).values_list("object_id", flat=True)  # fmt: skip
        known = set(lately)
        for pk, unit in sorted(units.items(), key=lambda pair: pair[0] or 0):
            fresh = [member for member in members if member.unit_id == pk and str(member.pk) not in known]
            if fresh:
                write_events(_OPENED[data_class], by=by, rule="V-C5", about=fresh, organization=unit)


__all__ = [
    "ONE_OPENING", "add_entry", "delete_entry", "edit_card", "edit_entry", "note_card_opened", "note_class_opened",
    "note_class_shown", "note_fields_shown", "note_photo_opened", "put_photo", "remove_photo",
]  # fmt: skip
