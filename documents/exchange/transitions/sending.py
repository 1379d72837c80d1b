"""Transitions of messages to the bonus programme: claim, outcome, replay, reconciliation (U-7)."""

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
from ..enums import MAX_PAUSE, MAX_RETRY_AFTER, MIN_PAUSE, SITE_OUTCOMES, Answer, Channel, Outcome
from ..models import ExchangeSettings, OutboxEntry
from ..queries import body_of, consenting, message_id_of, message_kinds
from ..rules import check_can_be_replayed, check_sends

#: The actor of automatic steps.
_EXCHANGE = Actor.system("exchange")


@dataclass(frozen=True)
class Message:
    """A message that is being sent; `body` is built from the card at this moment and is not stored."""

    entry_id: int
    version: int
    attempt: int
    address: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    signed_answers: bool


def claim_next(federation_id: int) -> Message | None:
    """Start an attempt for the entry that has waited longest; return its message, or None if nothing is due.

    Two workers never get the same entry. Consent and card are compared once more, so data are never sent after a
    withdrawal, even if a transition forgot to update the outbox.
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
        # The condition is checked again under the lock, because another worker may have claimed the row meanwhile.
        for entry in act.lock_many(due.filter(pk__in=first)):
            member = Member.objects.filter(pk=entry.member_id or 0).first()
            if member is None or message_kinds([member])[member.pk] == entry.kind:
                return entry, member
            book.update_outbox(act, [member])
    return None, None


def verify_answer(message: Message, answer: Answer, now: dt.datetime) -> Answer:
    """Return the answer, or a forged one if a signature is required or present and is not valid.

    A signed answer repeats the id of the message, so an earlier answer cannot be replayed.
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


def record_outcome(message: Message, answer: Answer) -> None:
    """Record the outcome of the attempt (U-7).

    A confirmation always counts; a failure counts only if the attempt is still the latest one. The exchange is
    switched off if the programme accepts no more messages, and paused if the programme is overloaded or unreachable.
    """
    with change(by=_EXCHANGE, rule="U-7", event="exchange.told") as act:
        entry = act.lock(OutboxEntry, message.entry_id)
        act.about(
            entry.member, organization=entry.organization, entry=entry.pk, version=message.version,
            kind=str(entry.kind), outcome=str(answer.outcome),
        )  # fmt: skip
        if answer.outcome == Outcome.DONE:
            act.silent = not book.confirm(act, entry, message.version)
            away = ExchangeSettings.objects.filter(federation=entry.federation_id, away_since__isnull=False)
            away.update(away_since=None, paused_until=None)
            return
        act.silent = True
        if (entry.version, entry.attempts) == (message.version, message.attempt) and not entry.is_confirmed:
            book.fail(act, entry, answer.outcome, status=answer.status, asked=answer.retry_after)
            if entry.has_failed:
                act.event, act.silent = "exchange.failed", False
    if answer.outcome in SITE_OUTCOMES:
        _pause_site(entry.federation_id, answer)


def _pause_site(federation_id: int, answer: Answer) -> None:
    """Pause the exchange, or switch it off if the programme accepts no more messages."""
    with change(by=_EXCHANGE, rule="U-7", event="exchange.gone") as act:
        (exchange,) = act.lock_many(ExchangeSettings.objects.filter(federation=federation_id))
        since = exchange.away_since or act.now
        asked = min(answer.retry_after or MIN_PAUSE, MAX_RETRY_AFTER)
        pause = max(asked, MIN_PAUSE, min(act.now - since, MAX_PAUSE))
        # Saved without a new version or history, because nobody has changed the settings.
        ExchangeSettings.objects.filter(pk=exchange.pk).update(away_since=since, paused_until=act.now + pause)
        act.silent = answer.outcome != Outcome.GONE or not exchange.sends
        if not act.silent:
            exchange.channel, exchange.gone_at = Channel.OFF, act.now
            act.save(exchange, fields=["channel", "gone_at"])
            act.about(exchange, organization=Organization.objects.get(federation=federation_id, parent=None))


def replay(entry_ids: Collection[int], *, by: Actor) -> int:
    """Send entries again at once, including failed ones; return their number (U-7).

    Entries out of scope and confirmed ones are skipped. Raises `RuleViolation` if the only entry is confirmed or the
    exchange is switched off, `NotAllowed`.
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
        waiting = [entry for entry in entries if not entry.is_confirmed]
        book.send_again(act, waiting)
        act.silent = not waiting
        act.about(entries[0] if len(entries) == 1 else None, organization=own, count=len(waiting))
    return len(waiting)


def reconcile(federation_id: int, after: int) -> int | None:
    """Write missing messages for the next `CHUNK_CHANGED` members with an id above `after` (U-7).

    Return the last id, or None if there are no more members.
    """
    with quietly(_EXCHANGE) as act:
        members = Member.objects.filter(federation=federation_id, pk__gt=after)
        concerned = consenting(members) | members.filter(outbox__isnull=False)
        ids = list(concerned.order_by("pk").values_list("pk", flat=True).distinct()[:CHUNK_CHANGED])
        if not ids:
            return None
        book.update_outbox(act, act.lock_many(Member.objects.filter(pk__in=ids)))
    return ids[-1]
