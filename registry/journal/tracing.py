"""Finding the rows of a table that differ from what is attested: their digests are in no event's sum (ADR 20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models

from registry import evidence
from registry.sizes import CHUNK_READ

from .models import Attestation, Event

#: Maximum number of rows and of events named in a sentence.
MAX_NAMED = 20
#: Maximum number of compared pairs of rows and later changes.
MAX_COMPARED = 1_000_000


@dataclass(frozen=True)
class Sum:
    """The sum that an event attests for a shard: number of added rows, sum of their digests, and the event."""

    count: int
    digest: int
    said_by: str


#: Key fingerprint → table → shard → the sums of events and attestations.
Written = dict[str, dict[str, dict[str, list[Sum]]]]


@dataclass
class Found:
    """Rows that no event accounts for, and events whose rows are missing."""

    rows: list[Any] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


def written(wrong: Mapping[type[models.Model], Iterable[str]]) -> Written:
    """Return the sums of the shards in each event and attestation."""
    wanted = {model._meta.db_table: set(shards) for model, shards in wrong.items()}
    found: Written = {}
    for said_by, stored in _sources():
        for key, tables in evidence.unpacked(stored).items():
            for table in tables.keys() & wanted.keys():
                for shard in tables[table].keys() & wanted[table]:
                    of_shard = found.setdefault(key, {}).setdefault(table, {}).setdefault(shard, [])
                    of_shard.append(Sum(*tables[table][shard], said_by))
    return found


def _sources() -> Iterator[tuple[str, dict[str, Any]]]:
    events: Any = Event.objects.filter(sums__isnull=False).order_by("pk").values_list("chain", "number", "sums")
    for chain, number, sums in events.iterator(chunk_size=CHUNK_READ):
        yield f"event {number} of chain {chain}", sums
    for made in Attestation.objects.order_by("at").iterator(chunk_size=CHUNK_READ):
        if made.is_sealed:
            yield f"attestation {made.pk}", made.sums


def traced(model: type[models.Model], shards: Mapping[str, Any], said: Written) -> dict[str, list[str]]:
    """Return, for each shard, sentences that name the rows that may be wrong, and what is missing."""
    secrets = settings.EVIDENCE_KEYS
    table, pk = model._meta.db_table, model._meta.pk.attname
    rows: dict[str, list[tuple[Any, list[int]]]] = {shard: [] for shard in shards}
    stored: Any = model._base_manager.order_by("pk").values(*evidence.columns_of(model))
    for row, shard, digests in evidence.digests_of(model, stored.iterator(chunk_size=CHUNK_READ), secrets):
        if shard in rows:
            rows[shard].append((row[pk], digests))
    found = {}
    for shard, here in rows.items():
        tried = [
            trace(
                [(key, digests[at]) for key, digests in here],
                sums := said.get(evidence.print_of(secret), {}).get(table, {}).get(shard, []),
                sum(digests[at] for _key, digests in here) - sum(one.digest for one in sums),
            )
            for at, secret in enumerate(secrets)
        ]
        found[shard] = list(_sentences(table, min(tried, key=lambda one: len(one.rows)), len(here)))
    return found


def trace(rows: Sequence[tuple[Any, int]], sums: Sequence[Sum], more: int) -> Found:
    """Return the rows that no sum accounts for, and the events that attest missing rows.

    `rows` are sorted by key, so rows written by one event are next to each other. `more` is the difference between the
    sum of their digests and the attested sum.
    """
    gone = Counter(-one.digest % evidence.MODULUS for one in sums if one.count == -1)
    single = Counter(one.digest for one in sums if one.count == 1) - gone
    later = [one.digest for one in sums if one.count == 0]
    left, confirmed = [], Counter[int]()
    for key, digest in rows:
        if confirmed[digest] < single[digest]:
            confirmed[digest] += 1
        else:
            left.append((key, digest))
    left, changed = _without_changed(left, single, later)
    confirmed += changed
    left, groups = _without_groups(left, [one for one in sums if one.count > 1])
    missing = single - confirmed
    events = [one.said_by for one in sums if one.count == 1 and missing[one.digest] > 0]
    events += [one.said_by for one in groups]
    if not left and not events:
        # A row is as it was before a change of the registry.
        events = [one.said_by for one in sums if one.count == 0 and (one.digest + more) % evidence.MODULUS == 0]
    return Found([key for key, _digest in left], events)


def _without_changed(
    rows: list[tuple[Any, int]], single: Counter[int], later: Sequence[int]
) -> tuple[list[tuple[Any, int]], Counter[int]]:
    """Return the rows without those that the registry itself changed once, and the earlier digests of those."""
    before: Counter[int] = Counter()
    if len(rows) * len(later) > MAX_COMPARED:
        return rows, before
    left = []
    for key, digest in rows:
        former = next((old for by in later if single[old := (digest - by) % evidence.MODULUS] > before[old]), None)
        if former is None:
            left.append((key, digest))
        else:
            before[former] += 1
    return left, before


def _without_groups(rows: list[tuple[Any, int]], groups: Sequence[Sum]) -> tuple[list[tuple[Any, int]], list[Sum]]:
    """Return the rows without those written together by one event, and the events some of whose rows are missing."""
    total, upto = 0, [0]
    for _key, digest in rows:
        total = (total + digest) % evidence.MODULUS
        upto.append(total)
    whole: set[int] = set()
    missing = []
    windows: dict[int, dict[int, int]] = {}
    for one in groups:
        if one.count not in windows:
            starts = range(len(rows) - one.count + 1)
            windows[one.count] = {(upto[at + one.count] - upto[at]) % evidence.MODULUS: at for at in starts}
        start = windows[one.count].get(one.digest)
        if start is None:
            missing.append(one)
        else:
            whole.update(range(start, start + one.count))
    return [row for at, row in enumerate(rows) if at not in whole], missing


def _sentences(table: str, found: Found, total: int) -> Iterator[str]:
    keys = found.rows
    if len(keys) == 1:
        yield f"{table} {keys[0]} is not as attested"
    elif keys:
        named = ", ".join(str(key) for key in keys[:MAX_NAMED])
        more = f" and {len(keys) - MAX_NAMED} more" if len(keys) > MAX_NAMED else ""
        yield f"{table}: one or more of {len(keys)} rows, {total} in all: {named}{more}"
    for said_by in found.events[:MAX_NAMED]:
        yield f"{table}: not found as {said_by} attests it"
