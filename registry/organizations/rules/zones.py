"""Rules for the time zone of an organisation: the allowed zones, and the zone of a region by its name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from registry.errors import RuleViolation

from ..enums import TimeZone

#: Prefixes of the names of regions outside Moscow's time zone (ФЗ № 107-ФЗ, art. 5).
_REGIONS: dict[TimeZone, tuple[str, ...]] = {
    TimeZone.KALININGRAD: ("калининград",),
    TimeZone.SAMARA: ("астрахан", "самар", "саратов", "удмурт", "ульяновск"),
    TimeZone.YEKATERINBURG: (
        "башкир", "башкорт", "курганск", "оренбург", "пермск", "свердловск", "тюменск", "челябинск", "ханты", "югр",
        "югорск", "ямал",
    ),
    TimeZone.OMSK: ("омск",),
    TimeZone.KRASNOYARSK: (
        "алтай", "кемеров", "кузбас", "красноярск", "новосибирск", "томск", "тыв", "тувинск", "хакас",
    ),
    TimeZone.IRKUTSK: ("бурят", "иркутск"),
    TimeZone.YAKUTSK: ("амурск", "забайкал", "якут"),
    TimeZone.VLADIVOSTOK: ("еврейск", "приморск", "приморь", "хабаровск"),
    TimeZone.MAGADAN: ("магадан", "сахалин"),
    TimeZone.KAMCHATKA: ("камчат", "чукот"),
}  # fmt: skip
_ZONE_OF_STEM = {stem: zone for zone, stems in _REGIONS.items() for stem in stems}
_STEM = re.compile(rf"\b({'|'.join(_ZONE_OF_STEM)})", re.IGNORECASE)


def of_region(*names: str) -> str:
    """Return the time zone of the first region found in the names; empty for Moscow's zone and without a region."""
    found = next(filter(None, map(_STEM.search, names)), None)
    return str(_ZONE_OF_STEM[found[1].lower()]) if found is not None else ""


def check_known(time_zone: str) -> str:
    """Return the time zone, which may be empty. Raises `RuleViolation` if Russia has no such zone (N-H3)."""
    if time_zone and time_zone not in TimeZone.values:
        raise RuleViolation("N-H3", _("Choose one of the time zones of Russia."), field="time_zone")
    return time_zone
