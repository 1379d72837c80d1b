"""Which organisation an application goes to: the one that serves the address, or the nearest (V-A2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.enums import Level
from registry.organizations.models import Organization
from registry.text import search_key

#: Words that say what kind of place it is, not which one.
_KINDS = frozenset(
    {"г", "город", "пос", "поселок", "пгт", "рп", "с", "село", "д", "деревня", "ст", "станица", "х", "хутор", "п"}
)
_MOST = 200


@dataclass(frozen=True)
class Suggestion:
    """An organisation that could decide; `serves` where its territory names the town."""

    organization: Organization
    serves: bool


def serves(organization: Organization, values: Mapping[str, Any]) -> bool:
    """Does the territory in the passport name the town of the address?"""
    passport = getattr(organization, "passport", None)
    return _names(getattr(passport, "territory", ""), _town(values))


def is_misrouted(organization: Organization, values: Mapping[str, Any]) -> bool:
    """Does the charter go by the address, and the organisation's territory is written down and names another town?"""
    if not organization.charter.admission.by_address or not _town(values):
        return False
    territory = getattr(getattr(organization, "passport", None), "territory", "")
    return bool(territory.strip()) and not _names(territory, _town(values))


def region_of(organization: Organization) -> Organization:
    """The regional organisation above, or the organisation itself where there is none."""
    return next((o for o in organization.ancestors() if o.level == Level.REGIONAL), organization)


def regions_beside(organization: Organization) -> list[Organization]:
    """The other regional organisations of the federation: an application may belong to one that wrote no territory down."""
    found = Organization.objects.working().filter(federation=organization.federation_id, level=Level.REGIONAL)
    return list(found.exclude(pk=region_of(organization).pk).order_by("sort_key", "pk"))


def suggestions(
    organization: Organization, values: Mapping[str, Any], region: Organization | None = None
) -> list[Suggestion]:
    """Keepers of cards: those that serve the address, in whatever region, then the others of the region, else of the own one."""
    region = region or region_of(organization)
    charter = organization.charter
    found = Organization.objects.under(region).working().filter(level=charter.keeper).exclude(pk=organization.pk)
    rows = found.select_related("passport").order_by("sort_key", "pk")[:_MOST]
    known = [Suggestion(o, serves(o, values)) for o in [*rows, *_elsewhere(organization, region, values)]]
    return sorted(known, key=lambda suggestion: not suggestion.serves)


def _elsewhere(organization: Organization, region: Organization, values: Mapping[str, Any]) -> list[Organization]:
    """Keepers of cards of other regions whose territory names the town as it is spelt in the address."""
    words = [word for word in re.findall(r"[\w-]+", values.get("city") or "") if search_key(word).strip() not in _KINDS]
    if not words:
        return []
    found = Organization.objects.working().filter(
        federation=organization.federation_id, level=organization.charter.keeper, passport__territory__contains=words[0]
    )
    others = found.exclude(path__startswith=region.path).select_related("passport").order_by("sort_key", "pk")[:_MOST]
    return [other for other in others if serves(other, values)]


def _town(values: Mapping[str, Any]) -> list[str]:
    return [word for word in search_key(values.get("city") or "").split() if word not in _KINDS]


def _names(territory: str, town: list[str]) -> bool:
    """Does one line of the territory hold the town's words in their order?"""
    if not town:
        return False
    wanted = f" {' '.join(town)} "
    return any(wanted in f" {' '.join(search_key(part).split())} " for part in _lines(territory))


def _lines(territory: str) -> list[str]:
    return [part for line in territory.splitlines() for part in line.replace(";", ",").split(",")]
