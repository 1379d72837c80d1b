"""Order of members in a bundle of papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from members.people.models import Member
from registry.access import Actor

#: Maximum number of ids in one query.
_MAX_IDS = 1000


def printed_order(ids: Sequence[int], actor: Actor) -> list[int]:
    """Return the ids of registered members visible to the actor, by organisation,
    cell and Russian alphabetical order.
    """
    found: list[tuple[str, str, str, int]] = []
    for part in _parts(ids):
        members = Member.objects.visible_to(actor).registered().filter(pk__in=part)
        found += [
            (keeper or "", cell or "", name, pk)
            for keeper, cell, name, pk in members.values_list(
                "organization__sort_key", "cell__sort_key", "sort_key", "pk"
            )
        ]
    return [pk for *_place, pk in sorted(found)]


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _MAX_IDS] for start in range(0, len(ids), _MAX_IDS))
