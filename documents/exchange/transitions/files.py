"""Transitions of files of messages: writing and downloading (U-7)."""

from __future__ import annotations

from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.files import storage
from registry.files.models import StoredFile
from registry.organizations.models import Federation, Organization
from registry.transitions import Act, change

from .. import book
from ..enums import MAX_IN_FILE, Channel
from ..models import ExchangeFile, ExchangeSettings, OutboxEntry
from ..queries import body_of, message_kinds
from ..rules import check_can_be_picked_up

_EXCHANGE = Actor.system("exchange")


def write_file(federation_id: int) -> ExchangeFile | None:
    """Write the due messages into a file, at most `MAX_IN_FILE`; return None if there are none (U-7).

    A person who withdrew the consent is not in it, even if a transition forgot to update the outbox.
    """
    with change(by=_EXCHANGE, rule="U-7", event="exchange.file_written") as act:
        act.silent = True
        # The lock on the federation keeps two files from getting the same number.
        federation = act.lock(Federation, federation_id)
        if not ExchangeSettings.objects.filter(federation=federation, channel=Channel.FILE).exists():
            return None
        messages = _messages(act, federation)
        if not messages:
            return None
        head = Organization.objects.get(federation=federation, parent=None)
        file = book.put_into_file(act, head, messages)
        act.silent = False
        act.about(file, organization=head, number=file.number, messages=file.messages)
    return file


def _messages(act: Act, federation: Federation) -> list[tuple[OutboxEntry, bytes]]:
    due = OutboxEntry.objects.due(act.now).filter(federation=federation).order_by("next_at", "pk")
    # The condition is checked again under the lock, because a newer message may have been written meanwhile.
    ids = list(due.values_list("pk", flat=True)[:MAX_IN_FILE])
    entries = act.lock_many(OutboxEntry.objects.due(act.now).filter(pk__in=ids)) if ids else []
    members = Member.objects.in_bulk([entry.member_id for entry in entries if entry.member_id])
    kinds = message_kinds(members.values())
    astray = [members[e.member_id] for e in entries if e.member_id in kinds and kinds[e.member_id] != e.kind]
    if astray:
        book.update_outbox(act, astray)
    left_out = {member.pk for member in astray}
    return [
        (entry, body_of(entry, members.get(entry.member_id or 0), act.now))
        for entry in entries
        if entry.member_id not in left_out
    ]


def pick_up(file_id: int, *, by: Actor) -> tuple[StoredFile, bytes]:
    """Download a file: return it with its content, and record its messages as confirmed (U-7).

    It can be downloaded again until it is deleted. Raises `RuleViolation` (U-7) for a file that is out of date,
    `NotAllowed`, `ExchangeFile.DoesNotExist`.
    """
    with change(by=by, rule="U-7", event="exchange.file_picked_up") as act:
        visible = ExchangeFile.objects.visible_to(by)
        inside = [pk for pk, _version in visible.get(pk=file_id).lines]
        # Locked in the same order as when a newer message deletes a file: first entries, then files.
        entries = act.lock_many(OutboxEntry.objects.filter(pk__in=inside))
        file = act.lock(visible, file_id)
        act.require(Permission.EXPORT, file.organization)
        stored = check_can_be_picked_up(file)
        data = storage.read(stored)
        if file.picked_up_at is None:
            book.confirm_file(act, file, entries)
        act.about(file, organization=file.organization, number=file.number, messages=file.messages)
    return stored, data
