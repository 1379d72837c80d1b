"""Transitions of the files by which messages are handed over instead of sent: written, downloaded (U-7)."""

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
    """Write what is due into a file, at most `MAX_IN_FILE` messages; None if nothing is due (U-7).

    A person whose consent was withdrawn is not in it, even where nobody has said so to the outbox.
    """
    with change(by=_EXCHANGE, rule="U-7", event="exchange.file_written") as act:
        act.silent = True
        # One file after the other: each has its number.
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
    # Asked again once the rows are locked: a new word may have come meanwhile.
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
    """Return a file and its content to be handed to the programme, which counts as told by it (U-7).

    It can be downloaded again while it is there. Raises `RuleViolation` (U-7) for a file that is out of date,
    `NotAllowed`, `ExchangeFile.DoesNotExist`.
    """
    with change(by=by, rule="U-7", event="exchange.file_picked_up") as act:
        visible = ExchangeFile.objects.visible_to(by)
        inside = [pk for pk, _version in visible.get(pk=file_id).lines]
        # Entries before files, as where a new word drops a file.
        entries = act.lock_many(OutboxEntry.objects.filter(pk__in=inside))
        file = act.lock(visible, file_id)
        act.require(Permission.EXPORT, file.organization)
        stored = check_can_be_picked_up(file)
        data = storage.read(stored)
        if file.picked_up_at is None:
            book.confirm_file(act, file, entries)
        act.about(file, organization=file.organization, number=file.number, messages=file.messages)
    return stored, data
