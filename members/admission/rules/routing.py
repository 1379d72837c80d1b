"""The organisation for an application: the one that serves the address, or the nearest (V-A2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from registry.enums import Level
from registry.organizations.models import Organization
from registry.text import search_key

#: Words for the kind of place, ignored in comparisons.
_KINDS = frozenset(
    {"г", "город", "пос", "поселок", "пгт", "рп", "с", "село", "д", "деревня", "ст", "станица", "х", "хутор", "п"}
)
#: Words in a written address after which no place follows, and words of parts that mean a whole region.
_STREETS = frozenset(
    {"ул", "улица", "пер", "переулок", "пр", "просп", "проспект", "проезд", "пл", "площадь", "наб", "набережная"}
    | {"ш", "шоссе", "бул", "бульвар", "туп", "тупик", "дом", "кв", "квартира", "корп", "мкр", "микрорайон"}
)
_REGIONS = frozenset({"обл", "область", "край", "респ", "республика", "россия", "рф"})
_MAX_OFFERED = 200


@dataclass(frozen=True)
class Suggestion:
    """An organisation that could decide; `serves` if its territory names the town."""

    organization: Organization
    serves: bool


def serves(organization: Organization, values: Mapping[str, Any]) -> bool:
    """Return whether the territory in the passport names the place of registration or of residence."""
    passport = getattr(organization, "passport", None)
    territory = getattr(passport, "territory", "")
    return any(_names(territory, town) for town in _towns(values))


def is_misrouted(organization: Organization, values: Mapping[str, Any]) -> bool:
    """Return whether the charter routes by address and the organisation's territory names neither place."""
    if not organization.charter.admission.by_address or not _towns(values):
        return False
    territory = getattr(getattr(organization, "passport", None), "territory", "")
    return bool(territory.strip()) and not serves(organization, values)


def region_of(organization: Organization) -> Organization:
    """Return the regional organisation above, or the organisation itself if there is none."""
    return next((o for o in organization.ancestors() if o.level == Level.REGIONAL), organization)


def other_regions(organization: Organization) -> list[Organization]:
    """Return the other regional organisations: an application may belong to one without a recorded territory."""
    found = Organization.objects.working().filter(federation=organization.federation_id, level=Level.REGIONAL)
    return list(found.exclude(pk=region_of(organization).pk).order_by("sort_key", "pk"))


def suggestions(
    organization: Organization, values: Mapping[str, Any], region: Organization | None = None
) -> list[Suggestion]:
    """Return keepers of cards: those of any region that serve the address, then others in `region` or the own one."""
    region = region or region_of(organization)
    charter = organization.charter
    found = Organization.objects.under(region).working().filter(level=charter.keeper).exclude(pk=organization.pk)
    rows = found.select_related("passport").order_by("sort_key", "pk")[:_MAX_OFFERED]
    known = [Suggestion(o, serves(o, values)) for o in [*rows, *_elsewhere(organization, region, values)]]
    return sorted(known, key=lambda suggestion: not suggestion.serves)


def _elsewhere(organization: Organization, region: Organization, values: Mapping[str, Any]) -> list[Organization]:
    """Return keepers of cards in other regions whose territory names the town, spelt as in the address."""
    words = [word for town in _places(values) if (word := _first_word(town))]
    if not words:
        return []
    named = Q(*(("passport__territory__contains", word) for word in words), _connector=Q.OR)
    found = Organization.objects.working().filter(
        named, federation=organization.federation_id, level=organization.charter.keeper
    )
    others = (
        found.exclude(path__startswith=region.path).select_related("passport").order_by("sort_key", "pk")[:_MAX_OFFERED]
    )
    return [other for other in others if serves(other, values)]


def _towns(values: Mapping[str, Any]) -> list[list[str]]:
    """Return the words of the town of registration and of the places in the address of residence."""
    towns = [[word for word in search_key(place).split() if word not in _KINDS] for place in _places(values)]
    return [town for town in towns if town]


def _places(values: Mapping[str, Any]) -> list[str]:
    """Return the places as written: the town of registration, then the parts of the residence before the street."""
    places = [values.get("city") or ""]
    for part in (values.get("residence") or "").split(","):
        words: list[str] = []
        for word in re.findall(r"[\w-]+", part):
            if search_key(word).strip() in _STREETS or (word[0].isdigit() and words):
                break
            # A postcode may precede the town.
            if not word[0].isdigit():
                words.append(word)
        if not _REGIONS & {search_key(word).strip() for word in words}:
            places.append(" ".join(words))
    return places


def _first_word(place: str) -> str:
    words = (word for word in re.findall(r"[\w-]+", place) if search_key(word).strip() not in _KINDS)
    return next(words, "")


def _names(territory: str, town: list[str]) -> bool:
    """Return whether a line of the territory contains the town's words in their order."""
    if not town:
        return False
    wanted = f" {' '.join(town)} "
    return any(wanted in f" {' '.join(search_key(part).split())} " for part in _lines(territory))


def _lines(territory: str) -> list[str]:
    return [part for line in territory.splitlines() for part in line.replace(";", ",").split(",")]
