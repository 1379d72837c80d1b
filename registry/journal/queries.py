"""Chains of the journal within a scope, the rows that it attests, and their inconsistencies (N-S1, ADR 20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q, Sum

from registry import evidence
from registry.access import Actor
from registry.organizations.models import Organization
from registry.sizes import CHUNK, CHUNK_READ

from . import tracing
from .models import Attestation, Event, EventQuerySet, JournalChain

#: Purpose of the key that seals exported heads, and the exported fields of each chain.
EXPORTED_HEADS = "exported heads"
HEAD_COLUMNS = ("key", "number", "digest")


def chains_of(actor: Actor, only: Organization | None = None) -> list[int]:
    """Return the keys of the chains of the actor's organisations, or of one of them."""
    places = Organization.objects.visible_to(actor)
    if only is not None:
        places = places.filter(pk=only.pk)
    return list(JournalChain.objects.filter(key__in=places.values("pk")).order_by("key").values_list("key", flat=True))


def length_of(keys: Iterable[int]) -> int:
    """Return the number of events of the chains."""
    found: int = JournalChain.objects.filter(key__in=list(keys)).aggregate(total=Sum("number"))["total"] or 0
    return found


def faults(keys: Iterable[int] | None = None) -> Iterator[str]:
    """Yield each place where a chain is broken; without keys, read all chains."""
    chains, events = JournalChain.objects.all(), Event.objects.all()
    if keys is not None:
        wanted = list(keys)
        chains, events = chains.filter(key__in=wanted), events.filter(chain__in=wanted)
    yield from _faults({chain.key: chain for chain in chains}, events)


def _faults(heads: dict[int, JournalChain], events: EventQuerySet) -> Iterator[str]:
    last: dict[int, tuple[int, str]] = {}
    # Chain → digest of the event in its head when the heads were read.
    at_head: dict[int, str] = {}
    for event in events.order_by("chain", "number").iterator(chunk_size=CHUNK_READ):
        number, digest = last.get(event.chain, (0, ""))
        if event.number != number + 1:
            yield f"chain {event.chain}: number {event.number} follows {number}"
        if event.previous != digest or event.digest != event.compute_digest():
            yield f"chain {event.chain}: event {event.number} does not agree with its digest"
        last[event.chain] = (event.number, event.digest)
        if event.chain in heads and event.number == heads[event.chain].number:
            at_head[event.chain] = event.digest
    # Others may have added events after the heads were read: a longer chain is valid if its head has moved too.
    longer = [key for key, (number, _digest) in last.items() if key not in heads or number > heads[key].number]
    now = dict(JournalChain.objects.filter(key__in=longer).values_list("key", "number"))
    for key, head in heads.items():
        number = last.get(key, (0, ""))[0]
        if at_head.get(key, "") != head.digest or number > max(head.number, now.get(key, 0)):
            yield f"chain {key}: the head says {head.number}, the journal ends at {number}"
        elif not head.is_sealed:
            yield f"chain {key}: the head was not made by the registry"
    for key in last.keys() - heads.keys():
        if last[key][0] > now.get(key, 0):
            yield f"chain {key}: has events and no head"


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything from one snapshot, while others continue to write."""
    if connection.in_atomic_block:
        # The isolation of a running transaction cannot be changed; on SQLite it is already that.
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Django begins SQLite transactions with the write lock, which would block everybody else.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def attested_sums() -> tuple[evidence.Sums, list[str]]:
    """Return the sums of events and attestations, and the ids of attestations that are not from the registry."""
    total: evidence.Sums = {}
    rows: Any = Event.objects.filter(sums__isnull=False).order_by().values_list("sums", flat=True)
    for sums in rows.iterator(chunk_size=CHUNK_READ):
        evidence.add(total, evidence.unpacked(sums))
    forged = []
    for made in Attestation.objects.order_by("at").iterator(chunk_size=CHUNK_READ):
        if made.is_sealed:
            evidence.add(total, evidence.unpacked(made.sums))
        else:
            forged.append(str(made.pk))
    return total, forged


def differences(model: type[models.Model], attested: evidence.Sums, secret: str) -> evidence.Sums:
    """Return the difference between the rows of the table and what the key attests."""
    rows: Any = model._base_manager.order_by().values(*evidence.columns_of(model))
    found = evidence.sums_of(model, rows.iterator(chunk_size=CHUNK_READ), [secret])
    key, table = evidence.print_of(secret), model._meta.db_table
    evidence.add(found, {key: {table: attested.get(key, {}).get(table, {})}}, -1)
    return {key: {table: {name: left for name, left in found[key][table].items() if left != (0, 0)}}}


def astray(model: type[models.Model], attested: evidence.Sums) -> dict[str, tuple[int, int]]:
    """Return the shards of the table whose rows none of the keys attests."""
    left: dict[str, tuple[int, int]] = {}
    for secret in settings.EVIDENCE_KEYS:
        left = differences(model, attested, secret)[evidence.print_of(secret)][model._meta.db_table]
        if not left:
            break
    return left


def attested_faults() -> Iterator[str]:
    """Yield each table and shard with rows that were changed, added or deleted outside the registry, and those rows."""
    with one_moment():
        attested, forged = attested_sums()
        yield from (f"attestation {pk} was not made by the registry" for pk in forged)
        wrong = {model: left for model in evidence.attested() if (left := astray(model, attested))}
        written = tracing.written(wrong) if wrong else {}
        for model, shards in wrong.items():
            found = tracing.traced(model, shards, written)
            for shard, (more, _digest) in sorted(shards.items()):
                where = f"{model._meta.db_table}, {shard}" if shard else model._meta.db_table
                if more:
                    yield f"{where}: {abs(more)} rows {'more' if more > 0 else 'less'} than attested"
                else:
                    yield f"{where}: rows are not as attested"
                yield from found[shard]


def heads() -> dict[str, Any]:
    """Return the present ends of the journal's chains with a seal, to be kept elsewhere: later they may only grow."""
    chains = {str(key): [number, digest] for key, number, digest in JournalChain.objects.values_list(*HEAD_COLUMNS)}
    return sealed_heads(chains, Attestation.objects.count())


def sealed_heads(chains: dict[str, list[Any]], attestations: int) -> dict[str, Any]:
    """Return the heads with their seal."""
    return {
        "chains": chains,
        "attestations": attestations,
        "seal": evidence.seal(EXPORTED_HEADS, [chains, attestations]),
    }


def cut_since(exported: dict[str, Any]) -> Iterator[str]:
    """Yield what has changed since the heads were exported."""
    chains, attestations = exported["chains"], exported["attestations"]
    if not evidence.is_sealed(EXPORTED_HEADS, [chains, attestations], exported["seal"]):
        yield "the exported heads were not made by this registry"
        return
    wanted = {int(key): head for key, head in chains.items()}
    keys = sorted(wanted)
    for at in range(0, len(keys), CHUNK):
        some = keys[at : at + CHUNK]
        ends = Q(pk__in=[])
        for key in some:
            ends |= Q(chain=key, number=wanted[key][0])
        events = Event.objects.filter(ends).order_by().values_list("chain", "digest")
        present = set(events)
        for key in some:
            number, digest = wanted[key]
            if number and (key, digest) not in present:
                yield f"chain {key}: event {number} is gone or another one since the heads were exported"
    if (left := Attestation.objects.count()) < attestations:
        yield f"{attestations - left} attestations are gone since the heads were exported"
