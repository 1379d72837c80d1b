"""Recording the checks and the downloads of the journal itself (N-S1)."""

from __future__ import annotations

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from .queries import chains_of, faults, length_of
from .rules import check_can_be_read_at_once


def check_chains(place: Organization, *, by: Actor, alone: bool = False) -> int:
    """Verify the chains of the organisation and of those below it, or only its own; return the number of faults.

    Raises `RuleViolation` (N-S1) if there are too many events for a page to wait.
    """
    with change(by=by, rule="N-S1", event="journal.checked") as act:
        act.require(Permission.VIEW_JOURNAL, place)
        keys = chains_of(Actor.system("journal", place), place if alone else None)
        length = length_of(keys)
        check_can_be_read_at_once(length)
        found = sum(1 for _fault in faults(keys))
        act.about(place, organization=place, chains=len(keys), events=length, faults=found)
    return found


def record_download(place: Organization, rows: int, *, by: Actor) -> None:
    """Record that events of the organisation and of those below it were downloaded (V-C5)."""
    with change(by=by, rule="V-C5", event="journal.exported") as act:
        act.require(Permission.VIEW_JOURNAL, place)
        act.about(place, organization=place, rows=rows)
