"""Which organisation an application belongs to: the one that serves the address, or the nearest (V-A2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.enums import Level
from registry.organizations.models import Organization
from registry.text import search_key

#: Words for the kind of place, ignored in comparisons.
_KINDS = frozenset(
    {"г", "город", "пос", "поселок", "пгт", "рп", "с", "село", "д", "деревня", "ст", "станица", "х", "хутор", "п"}
)
_MOST = 200


@dataclass(frozen=True)
class Suggestion:
    """An organisation that could decide; `serves` if its territory names the town."""

    organization: Organization
    serves: bool


def serves(organization: Organization, values: Mapping[str, Any]) -> bool:
    """Return whether the territory in the passport names the town of the address."""
    passport = getattr(organization, "passport", None)
    return _names(getattr(passport, "territory", ""), _town(values))


def is_misrouted(organization: Organization, values: Mapping[str, Any]) -> bool:
    """Return whether the charter routes by address and the organisation's territory names other towns only."""
    if not organization.charter.admission.by_address or not _town(values):
        return False
    territory = getattr(getattr(organization, "passport", None), "territory", "")
    return bool(territory.strip()) and not _names(territory, _town(values))


def region_of(organization: Organization) -> Organization:
    """Return the regional organisation above, or the organisation itself if there is none."""
    return next((o for o in organization.ancestors() if o.level == Level.REGIONAL), organization)


def regions_beside(organization: Organization) -> list[Organization]:
    """Return the other regional organisations: an application may belong to one that has not entered a territory."""
    found = Organization.objects.working().filter(federation=organization.federation_id, level=Level.REGIONAL)
    return list(found.exclude(pk=region_of(organization).pk).order_by("sort_key", "pk"))


def suggestions(
    organization: Organization, values: Mapping[str, Any], region: Organization | None = None
) -> list[Suggestion]:
    """Return keepers of cards: those of any region that serve the address, then others of `region` or the own one."""
    region = region or region_of(organization)
    charter = organization.charter
    found = Organization.objects.under(region).working().filter(level=charter.keeper).exclude(pk=organization.pk)
    rows = found.select_related("passport").order_by("sort_key", "pk")[:_MOST]
    known = [Suggestion(o, serves(o, values)) for o in [*rows, *_elsewhere(organization, region, values)]]
    return sorted(known, key=lambda suggestion: not suggestion.serves)


def _elsewhere(organization: Organization, region: Organization, values: Mapping[str, Any]) -> list[Organization]:
    """Return keepers of cards in other regions whose territory names the town, spelt as in the address."""
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
    """Return whether a line of the territory contains the town's words in their order."""
    if not town:
        return False
    wanted = f" {' '.join(town)} "
    return any(wanted in f" {' '.join(search_key(part).split())} " for part in _lines(territory))


def _lines(territory: str) -> list[str]:
    return [part for line in territory.splitlines() for part in line.replace(";", ",").split(",")]
