"""The only writer of the outbox to the bonus programme (U-7, N-C1, ADR 13).

The outbox holds the newest message about each person, not a list of events. `update_outbox` compares it with the
consent and the card, and writes a new message if they differ. Every transition that changes either of them calls it in
its own transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import Max

from registry.files import storage
from registry.files.enums import FilePurpose
from registry.organizations.models import Federation
from registry.sizes import CHUNK

from .enums import CLAIM_TIMEOUT, FILE_AGAIN, FILE_KEPT, MessageKind, OutboxState, Outcome
from .models import ExchangeFile, OutboxEntry
from .queries import digest_of, file_of, message_id_of, message_kinds
from .rules import next_attempt

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization
    from registry.transitions import Act


def update_outbox(act: Act, members: Collection[Member]) -> int:
    """Write a new message for each member whose sent data have changed; return the number of changed entries.

    The caller has locked and saved the members. A change of fields that are not sent writes nothing. An entry that was
    never sent is deleted instead of revoked. Uses a constant number of queries, and only one if the federation has no
    programme.
    """
    concerned = _federations_with_programme({member.federation_id for member in members})
    found = {member.pk: member for member in members if member.federation_id in concerned}
    if not found:
        return 0
    kinds = message_kinds(found.values())
    # Entries are created only while their member is locked, so no other process can add one now.
    known = list(OutboxEntry.objects.filter(member__in=list(found)).values_list("pk", flat=True))
    entries = {e.member_id: e for e in act.lock_many(OutboxEntry.objects.filter(pk__in=known))} if known else {}
    changed: list[OutboxEntry] = []
    for pk, member in found.items():
        entry = entries.get(pk)
        if entry is None and kinds[pk] == MessageKind.MEMBER:
            entry = OutboxEntry(member=member, federation_id=member.federation_id, version=0)
        if entry is not None and _update(entry, member, kinds[pk], act.now):
            changed.append(entry)
    never_sent = [e for e in changed if e.is_revoked and not e.offered_version]
    OutboxEntry.objects.filter(pk__in=[e.pk for e in never_sent if e.pk]).delete()
    drop_files(act, changed)
    kept = [entry for entry in changed if entry not in never_sent]
    OutboxEntry.objects.bulk_create([entry for entry in kept if entry.pk is None])
    OutboxEntry.objects.bulk_update([entry for entry in kept if entry.pk is not None], _MESSAGE_FIELDS)
    return len(changed)


#: Fields that a new message changes.
_MESSAGE_FIELDS = [
    "kind",
    "version",
    "state",
    "digest",
    "since",
    "next_at",
    "attempts",
    "outcome",
    "code",
    "organization",
]


def _federations_with_programme(federations: set[int]) -> set[int]:
    found = Federation.objects.in_bulk(federations)
    return {pk for pk, federation in found.items() if federation.charter.programme_site}


def _update(entry: OutboxEntry, member: Member, kind: MessageKind, now: dt.datetime) -> bool:
    """Set the entry to a message of this kind about the member; return whether the entry has changed."""
    keeper = member.organization_id or member.last_organization_id or entry.organization_id
    moved, entry.organization_id = entry.organization_id != keeper, keeper
    digest = digest_of(entry, member) if kind == MessageKind.MEMBER else ""
    if entry.version and (entry.kind, entry.digest) == (kind, digest):
        return moved
    # The 24 hours run from the first message that is not confirmed.
    entry.since = entry.since if entry.version and not entry.is_confirmed else now
    entry.kind, entry.digest, entry.version = kind, digest, entry.version + 1
    entry.state, entry.next_at = OutboxState.WAITING, now
    entry.attempts, entry.outcome, entry.code = 0, "", None
    return True


def claim(act: Act, entry: OutboxEntry) -> None:
    """Start an attempt for the locked entry; no other worker makes one until it ends or `CLAIM_TIMEOUT` has passed."""
    entry.attempts += 1
    entry.offered_version = entry.version
    # The real outcome replaces this one; it remains only if the worker dies.
    entry.outcome, entry.code, entry.next_at = Outcome.LOST, None, act.now + CLAIM_TIMEOUT
    entry.save(update_fields=["attempts", "offered_version", "outcome", "code", "next_at"])


def confirm(act: Act, entry: OutboxEntry, version: int) -> bool:
    """Record that the programme has confirmed the version; return whether that is the newest version.

    Answers may arrive in any order: a version that is older than the confirmed one changes nothing.
    """
    if version > entry.confirmed_version:
        entry.confirmed_version, entry.confirmed_at = version, act.now
    newest = version == entry.version
    if newest:
        entry.state, entry.next_at = OutboxState.CONFIRMED, None
        entry.outcome, entry.code = Outcome.DONE, None
    entry.save(update_fields=["confirmed_version", "confirmed_at", "state", "next_at", "outcome", "code"])
    return newest


def put_into_file(act: Act, head: Organization, messages: Sequence[tuple[OutboxEntry, bytes]]) -> ExchangeFile:
    """Write the messages into the next file of the federation, which the caller has locked (U-7).

    If nobody downloads it for a day, the messages are written into another file.
    """
    number = (ExchangeFile.objects.filter(organization=head).aggregate(last=Max("number"))["last"] or 0) + 1
    bodies = {message_id_of(entry): body for entry, body in messages}
    stored = storage.store_file(
        file_of(number, act.now, bodies), purpose=FilePurpose.EXCHANGE, name=f"messages-{number}.zip",
        content_type="application/zip", organization=head, expires_at=act.now + FILE_KEPT,
    )  # fmt: skip
    for entry, _body in messages:
        entry.offered_version, entry.next_at = entry.version, act.now + FILE_AGAIN
        entry.outcome, entry.code = Outcome.IN_FILE, None
    OutboxEntry.objects.bulk_update(
        [entry for entry, _body in messages], ["offered_version", "next_at", "outcome", "code"], batch_size=CHUNK
    )
    return ExchangeFile.objects.create(
        organization=head, number=number, made_at=act.now, file=stored,
        lines=[(entry.pk, entry.version) for entry, _body in messages],
    )  # fmt: skip


def confirm_file(act: Act, file: ExchangeFile, entries: Collection[OutboxEntry]) -> None:
    """Record that the file was downloaded and that its messages are confirmed; the caller has locked the entries."""
    versions = dict(file.lines)
    for entry in entries:
        if versions[entry.pk] > entry.confirmed_version:
            entry.confirmed_version, entry.confirmed_at = versions[entry.pk], act.now
        if versions[entry.pk] == entry.version:
            entry.state, entry.next_at, entry.outcome, entry.code = OutboxState.CONFIRMED, None, Outcome.PICKED_UP, None
    fields = ["confirmed_version", "confirmed_at", "state", "next_at", "outcome", "code"]
    OutboxEntry.objects.bulk_update(entries, fields, batch_size=CHUNK)
    file.picked_up_at, file.picked_up_by = act.now, act.by.account
    file.save(update_fields=["picked_up_at", "picked_up_by"])


def drop_files(act: Act, entries: Collection[OutboxEntry]) -> None:
    """Delete the files with a message of one of the locked entries; their other messages become due at once.

    This keeps outdated data, and people who withdrew the consent, out of all files.
    """
    ids = {entry.pk for entry in entries if entry.offered_version}
    federations = {entry.federation_id for entry in entries if entry.pk in ids}
    if not ids:
        return
    files = ExchangeFile.objects.filter(organization__federation__in=federations, file__isnull=False)
    _drop(act, [file for file in files if not ids.isdisjoint(pk for pk, _version in file.lines)])


def drop_all_files(act: Act, federation: Federation) -> None:
    """Delete the files of the federation that nobody has downloaded, when the channel of messages changes."""
    _drop(act, list(ExchangeFile.objects.waiting().filter(organization__federation=federation)))


def _drop(act: Act, files: Collection[ExchangeFile]) -> None:
    for file in act.lock_many(ExchangeFile.objects.filter(pk__in=[file.pk for file in files])) if files else ():
        if file.file is not None:
            storage.delete_file(file.file)
        ExchangeFile.objects.filter(pk=file.pk).update(file=None)
        if file.picked_up_at is None:
            inside = OutboxEntry.objects.filter(pk__in=[pk for pk, _version in file.lines], state=OutboxState.WAITING)
            inside.filter(outcome=Outcome.IN_FILE).update(next_at=act.now, outcome="")


def fail(
    act: Act, entry: OutboxEntry, outcome: Outcome, *, status: int | None, asked: dt.timedelta | None = None
) -> None:
    """Record a failed attempt and schedule the next one; after the last attempt the entry is marked as failed."""
    entry.outcome, entry.code = outcome, status
    entry.next_at = next_attempt(entry.attempts, act.now, asked=asked)
    if entry.next_at is None:
        entry.state = OutboxState.FAILED
    entry.save(update_fields=["outcome", "code", "next_at", "state"])


def send_again(act: Act, entries: Collection[OutboxEntry]) -> None:
    """Make the entries due at once and restart their retry schedule."""
    for entry in entries:
        entry.state, entry.next_at, entry.attempts = OutboxState.WAITING, act.now, 0
    OutboxEntry.objects.bulk_update(entries, ["state", "next_at", "attempts"])


def reassign_entries(former: Organization, successor: Organization) -> None:
    """Move the entries of people who left the former organisation to its successor."""
    OutboxEntry.objects.filter(organization=former, member__organization=None).update(organization=successor)


def delete_erased() -> int:
    """Delete the entries of destroyed cards whose revocation is confirmed; return their number."""
    return OutboxEntry.objects.filter(member=None, kind=MessageKind.REVOKED, state=OutboxState.CONFIRMED).delete()[0]
