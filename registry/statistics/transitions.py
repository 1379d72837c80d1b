"""Recording in the journal what statistics showed of persons, and what left the registry as a file (V-C5, N-S1)."""

from __future__ import annotations

from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization
from registry.transitions import change


def record_download(place: Organization, report: str, *, by: Actor) -> None:
    """Record that figures were downloaded; `report` is the name of their page (V-C5). Raises `NotAllowed`."""
    with change(by=by, rule="V-C5", event="statistics.exported") as act:
        act.require(Permission.EXPORT, place)
        act.about(place, organization=place, report=report)


def note_people_listed(place: Organization, fields: str, *, by: Actor) -> None:
    """Record that the people behind a figure of health data were listed; `fields` are their names (N-S1).

    Raises `NotAllowed` for those who may not read health data.
    """
    with change(by=by, rule="N-S1", event="statistics.people_listed") as act:
        act.require(Permission.VIEW_MEMBERS, place)
        require_reading(by, DataClass.HEALTH)
        act.about(place, organization=place, fields=fields)
