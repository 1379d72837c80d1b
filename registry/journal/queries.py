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
    for event in events.order_by("chain", "number").iterator(chunk_size=CHUNK_READ):
        number, digest = last.get(event.chain, (0, ""))
        if event.number != number + 1:
            yield f"chain {event.chain}: number {event.number} follows {number}"
        if event.previous != digest or event.digest != event.compute_digest():
            yield f"chain {event.chain}: event {event.number} does not agree with its digest"
        last[event.chain] = (event.number, event.digest)
    for key, head in heads.items():
        if (head.number, head.digest) != last.get(key, (0, "")):
            yield f"chain {key}: the head says {head.number}, the journal ends at {last.get(key, (0, ''))[0]}"
    for key in last.keys() - heads.keys():
        yield f"chain {key}: has events and no head"
