"""The chains of the journal within a scope, and what in them does not agree (N-S1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Sum

from registry.access import Actor
from registry.organizations.models import Organization
from registry.sizes import CHUNK_READ

from .models import Event, EventQuerySet, JournalChain


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
    """Yield each place where a chain is broken; without keys all chains are read."""
    chains, events = JournalChain.objects.all(), Event.objects.all()
    if keys is not None:
        wanted = list(keys)
        chains, events = chains.filter(key__in=wanted), events.filter(chain__in=wanted)
    yield from _faults({chain.key: chain for chain in chains}, events)


def _faults(heads: dict[int, JournalChain], events: EventQuerySet) -> Iterator[str]:
    last: dict[int, tuple[int, str]] = {}
    # Chain → digest of the event that its head named when the heads were read.
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
    # Others may have added events after the heads were read: a longer chain is whole if its head has gone on too.
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
