"""Transitions around one message to the bonus programme: taken up, confirmed, failed, sent again (U-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.sizes import CHUNK, CHUNK_CHANGED
from registry.transitions import Act, change, quietly

from .. import book, signing
from ..enums import MAX_PAUSE, MAX_RETRY_AFTER, OF_SITE, PAUSE, Answer, Channel, Outcome
from ..models import ExchangeSettings, OutboxEntry
from ..queries import body_of, consenting, message_id_of, words_of
from ..rules import check_can_be_replayed, check_sends

#: The actor of what the exchange does by itself.
_EXCHANGE = Actor.system("exchange")


@dataclass(frozen=True)
class Message:
    """A message on its way; `body` is made of the card now and stored nowhere."""

    entry_id: int
    version: int
    attempt: int
    address: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    signed_answers: bool


def take_up(federation_id: int) -> Message | None:
    """Begin an attempt for the entry that has waited longest, and return its message; None if nothing is due.

    Two workers never get the same entry. A person whose consent was withdrawn is not sent, even where nobody has said
    so to the outbox.
    """
    with quietly(_EXCHANGE) as act:
        exchange = ExchangeSettings.objects.sending(act.now).filter(federation=federation_id).first()
        if exchange is None:
            return None
        entry, member = _first_due(act, federation_id)
        if entry is None:
            return None
        book.claim(act, entry)
        at, secrets = int(act.now.timestamp()), exchange.secrets_at(act.now)
        body, message_id = body_of(entry, member, act.now), message_id_of(entry)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "registry-webhooks/1",
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": signing.signatures(secrets, message_id, at, body),
        }
        return Message(
            entry.pk, entry.version, entry.attempts, exchange.address, headers, body, tuple(secrets),
            exchange.signed_answers,
        )  # fmt: skip


def _first_due(act: Act, federation_id: int) -> tuple[OutboxEntry | None, Member | None]:
    due = OutboxEntry.objects.due(act.now).filter(federation=federation_id)
    while first := list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:1]):
        # Asked again once the row is locked: another worker may have taken it meanwhile.
        for entry in act.lock_many(due.filter(pk__in=first)):
            member = Member.objects.filter(pk=entry.member_id or 0).first()
            if member is None or words_of([member])[member.pk] == entry.word:
                return entry, member
            book.tell(act, [member])
    return None, None


def judge(message: Message, answer: Answer, now: dt.datetime) -> Answer:
    """Return the answer, or that it is forged where it should be signed by the programme and is not.

    A signed answer repeats the id of the message, so that an earlier answer cannot be played back.
    """
    signature = answer.headers.get("webhook-signature", "")
    if answer.outcome != Outcome.DONE or not (signature or message.signed_answers):
        return answer
    own = message.headers["webhook-id"]
    genuine = answer.headers.get("webhook-id") == own and signing.is_signed(
        message.secrets, signature, message_id=own, timestamp=answer.headers.get("webhook-timestamp", ""),
        body=answer.body, now=now.timestamp(),
    )  # fmt: skip
    return answer if genuine else Answer(Outcome.FORGED, answer.status)


def note_answer(message: Message, answer: Answer) -> None:
    """Record what came of the attempt (U-7).

    A confirmed version stands, whatever else happened meanwhile. A failure counts only while the attempt is the latest
    one. A programme that takes no more messages is switched off; one that is overloaded or away is left alone a while.
    """
    with change(by=_EXCHANGE, rule="U-7", event="exchange.told") as act:
        entry = act.lock(OutboxEntry, message.entry_id)
        act.about(
            entry.member, organization=entry.organization, entry=entry.pk, version=message.version,
            word=str(entry.word), outcome=str(answer.outcome),
        )  # fmt: skip
        if answer.outcome == Outcome.DONE:
            act.silent = not book.confirm(act, entry, message.version)
            away = ExchangeSettings.objects.filter(federation=entry.federation_id, away_since__isnull=False)
            away.update(away_since=None, paused_until=None)
            return
        act.silent = True
        if (entry.version, entry.attempts) == (message.version, message.attempt) and not entry.is_told:
            book.fail(act, entry, answer.outcome, status=answer.status, asked=answer.retry_after)
            if entry.has_failed:
                act.event, act.silent = "exchange.failed", False
    if answer.outcome in OF_SITE:
        _site_is_away(entry.federation_id, answer)


def _site_is_away(federation_id: int, answer: Answer) -> None:
    """Leave the programme's site alone for a while, or for good."""
    with change(by=_EXCHANGE, rule="U-7", event="exchange.gone") as act:
        (exchange,) = act.lock_many(ExchangeSettings.objects.filter(federation=federation_id))
        since = exchange.away_since or act.now
        asked = min(answer.retry_after or PAUSE, MAX_RETRY_AFTER)
        pause = max(asked, PAUSE, min(act.now - since, MAX_PAUSE))
        # Neither a new version nor history: nobody has changed the settings.
        ExchangeSettings.objects.filter(pk=exchange.pk).update(away_since=since, paused_until=act.now + pause)
        act.silent = answer.outcome != Outcome.GONE or not exchange.sends
        if not act.silent:
            exchange.channel, exchange.gone_at = Channel.OFF, act.now
            act.save(exchange, fields=["channel", "gone_at"])
            act.about(exchange, organization=Organization.objects.get(federation=federation_id, parent=None))


def replay(entry_ids: Collection[int], *, by: Actor) -> int:
    """Send entries again at once, those that have failed too; return their number (U-7).

    Entries out of scope or confirmed meanwhile are left out; a single one that is confirmed is refused. Raises
    `RuleViolation` while the exchange is switched off, `NotAllowed`.
    """
    with change(by=by, rule="U-7", event="exchange.replayed") as act:
        own = by.organization
        act.require(Permission.EXPORT, own)
        check_sends(ExchangeSettings.objects.filter(federation=own.federation_id if own else 0).first())
        entries = act.lock_many(OutboxEntry.objects.visible_to(by).filter(pk__in=list(entry_ids)[:CHUNK]))
        for entry in entries:
            act.require(Permission.EXPORT, entry.organization)
        if len(entries) == 1:
            check_can_be_replayed(entries[0])
        waiting = [entry for entry in entries if not entry.is_told]
        book.send_again(act, waiting)
        act.silent = not waiting
        act.about(entries[0] if len(entries) == 1 else None, organization=own, count=len(waiting))
    return len(waiting)


def reconcile(federation_id: int, after: int) -> int | None:
    """Compare a portion of the members with the outbox and write down what it lacks (U-7).

    The portion begins after the id `after`; its last id is returned, None at the end.
    """
    with quietly(_EXCHANGE) as act:
        members = Member.objects.filter(federation=federation_id, pk__gt=after)
        concerned = consenting(members) | members.filter(outbox__isnull=False)
        ids = list(concerned.order_by("pk").values_list("pk", flat=True).distinct()[:CHUNK_CHANGED])
        if not ids:
            return None
        book.tell(act, act.lock_many(Member.objects.filter(pk__in=ids)))
    return ids[-1]
