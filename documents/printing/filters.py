"""The order in which people lie in a bundle of papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from members.people.models import Member
from registry.access import Actor

#: Databases take limited lists at once.
_AT_ONCE = 1000


def printed_order(ids: Sequence[int], actor: Actor) -> list[int]:
    """Those of the ids that the actor sees on account: by organisation, by cell, then in Russian alphabetical order."""
    found: list[tuple[str, str, str, int]] = []
    for part in _parts(ids):
        members = Member.objects.visible_to(actor).on_account().filter(pk__in=part)
        found += [
            (keeper or "", cell or "", name, pk)
            for keeper, cell, name, pk in members.values_list(
                "organization__sort_key", "cell__sort_key", "sort_key", "pk"
            )
        ]
    return [pk for *_place, pk in sorted(found)]


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
