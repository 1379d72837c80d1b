"""Represented people and scans of an application or a card (V-A4)."""

from __future__ import annotations

from typing import Any

from members.people.models import Member
from members.people.search import matching
from registry.access import Actor
from registry.enums import DataClass

from ..models import Attachment, Representation
from ..rules.applications import represents
from ..rules.scans import class_of_scan

#: Number of represented people named above the list of members.
MAX_WARDS = 5


def scans_of(actor: Actor, **owner: Any) -> list[dict[str, Any]]:
    """Return the scans of the application or card, each with whether the actor may open it."""
    found = Attachment.objects.visible_to(actor).filter(**owner).select_related("file", "added_by")
    return [{"scan": scan, "readable": actor.reads(class_of_scan(scan.kind))} for scan in found]


def wards_context(actor: Actor, member: Member) -> dict[str, Any]:
    """Return the context about the people that the member represents, for a tab of the card."""
    wards = list(Representation.objects.visible_to(actor).filter(member=member))
    charter = member.federation.charter
    return {
        "wards": wards,
        "represents": represents(member.category, charter),
        "reads_wards": actor.reads(DataClass.HEALTH),
        "writes_wards": actor.reads(DataClass.HEALTH) and actor.reads(DataClass.IDENTITY),
    }


def wards_named(actor: Actor, typed: str) -> list[Representation]:
    """Return the first represented people of members in the actor's scope who match the typed text.

    They are not members, but the list of members finds them too. Nobody is returned for actors who may not read health
    data (V-C5).
    """
    condition = matching(typed)
    if condition is None or not actor.reads(DataClass.HEALTH):
        return []
    found = Representation.objects.visible_to(actor).filter(condition, member__isnull=False, ended_on__isnull=True)
    return list(found.select_related("member").order_by("sort_key", "pk")[:MAX_WARDS])
