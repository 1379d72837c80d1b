"""The only writer of the outbox to the bonus programme (U-7, N-C1, ADR 13).

The outbox holds the newest word on each person, not a list of events. `tell` compares it with consent and card and
writes a new word where they differ; transitions that change either call it in their own transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from registry.organizations.models import Federation

from .enums import CLAIM, OutboxState, Outcome, Word
from .models import OutboxEntry
from .queries import digest_of, words_of
from .rules import next_attempt

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization
    from registry.transitions import Act


def tell(act: Act, members: Collection[Member]) -> int:
    """Write down what the programme is to know of the members, and return of how many it is something new.

    The members have been locked and saved. A change that the programme does not see writes nothing; whoever was never
    offered to it needs no revocation. Constant queries, and none where the federation has no programme.
    """
    concerned = _with_programme({member.federation_id for member in members})
    found = {member.pk: member for member in members if member.federation_id in concerned}
    if not found:
        return 0
    words = words_of(found.values())
    # An entry is made under the lock of its member, so that one that is not there yet cannot appear meanwhile.
    known = list(OutboxEntry.objects.filter(member__in=list(found)).values_list("pk", flat=True))
    entries = {e.member_id: e for e in act.lock_many(OutboxEntry.objects.filter(pk__in=known))} if known else {}
    changed: list[OutboxEntry] = []
    for pk, member in found.items():
        entry = entries.get(pk)
        if entry is None and words[pk] == Word.MEMBER:
            entry = OutboxEntry(member=member, federation_id=member.federation_id, version=0)
        if entry is not None and _update(entry, member, words[pk], act.now):
            changed.append(entry)
    never = [e for e in changed if e.is_revoked and not e.offered_version]
    OutboxEntry.objects.filter(pk__in=[e.pk for e in never if e.pk]).delete()
    kept = [entry for entry in changed if entry not in never]
    OutboxEntry.objects.bulk_create([entry for entry in kept if entry.pk is None])
    OutboxEntry.objects.bulk_update([entry for entry in kept if entry.pk is not None], _WORD)
    return len(changed)


#: What a new word changes.
_WORD = ["word", "version", "state", "digest", "since", "next_at", "attempts", "outcome", "code", "organization"]


def _with_programme(federations: set[int]) -> set[int]:
    found = Federation.objects.in_bulk(federations)
    return {pk for pk, federation in found.items() if federation.charter.programme_site}


def _update(entry: OutboxEntry, member: Member, word: Word, now: dt.datetime) -> bool:
    """Give the entry the word on the member; return whether anything of it differs from before."""
    keeper = member.organization_id or member.last_organization_id or entry.organization_id
    moved, entry.organization_id = entry.organization_id != keeper, keeper
    digest = digest_of(entry, member) if word == Word.MEMBER else ""
    if entry.version and (entry.word, entry.digest) == (word, digest):
        return moved
    # The term runs from the first word that the programme has not heard.
    entry.since = entry.since if entry.version and not entry.is_told else now
    entry.word, entry.digest, entry.version = word, digest, entry.version + 1
    entry.state, entry.next_at = OutboxState.WAITING, now
    entry.attempts, entry.outcome, entry.code = 0, "", None
    return True


def claim(act: Act, entry: OutboxEntry) -> None:
    """Begin an attempt for the locked entry: nobody else makes one until it ends or its worker is believed dead."""
    entry.attempts += 1
    entry.offered_version = entry.version
    # Replaced by the outcome; it stays where the worker dies.
    entry.outcome, entry.code, entry.next_at = Outcome.LOST, None, act.now + CLAIM
    entry.save(update_fields=["attempts", "offered_version", "outcome", "code", "next_at"])


def confirm(act: Act, entry: OutboxEntry, version: int) -> bool:
    """Record that the programme has confirmed the version; return whether that is the newest word.

    Answers may come in any order: an older version than one that was confirmed changes nothing.
    """
    if version > entry.told_version:
        entry.told_version, entry.told_at = version, act.now
    newest = version == entry.version
    if newest:
        entry.state, entry.next_at = OutboxState.TOLD, None
        entry.outcome, entry.code = Outcome.DONE, None
    entry.save(update_fields=["told_version", "told_at", "state", "next_at", "outcome", "code"])
    return newest


def fail(
    act: Act, entry: OutboxEntry, outcome: Outcome, *, status: int | None, asked: dt.timedelta | None = None
) -> None:
    """Record a failed attempt, and when the next one is made; after the last one the entry has failed."""
    entry.outcome, entry.code = outcome, status
    entry.next_at = next_attempt(entry.attempts, act.now, asked=asked)
    if entry.next_at is None:
        entry.state = OutboxState.FAILED
    entry.save(update_fields=["outcome", "code", "next_at", "state"])


def send_again(act: Act, entries: Collection[OutboxEntry]) -> None:
    """Let the entries be sent at once, with the whole schedule before them."""
    for entry in entries:
        entry.state, entry.next_at, entry.attempts = OutboxState.WAITING, act.now, 0
    OutboxEntry.objects.bulk_update(entries, ["state", "next_at", "attempts"])


def hand_over(former: Organization, heir: Organization) -> None:
    """Let the heir answer for the entries of people who left the former organisation."""
    OutboxEntry.objects.filter(organization=former, member__organization=None).update(organization=heir)


def forget_erased() -> int:
    """Delete entries of destroyed cards of which the programme has confirmed the withdrawal; return their number."""
    return OutboxEntry.objects.filter(member=None, word=Word.REVOKED, state=OutboxState.TOLD).delete()[0]
