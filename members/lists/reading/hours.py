"""Dates that a program wrote with an hour, which may mean the next day.

A program that uses UTC writes midnight of 12.03.1980 in Moscow as 11.03.1980 21:00; others miss midnight by seconds or
by the hour of summer time. Such a moment is read as the day that begins then.
"""

import datetime
import re
from zoneinfo import ZoneInfo

from django.utils import timezone

#: The zones of Russia from west to east: a list may come from another region.
_ZONES = tuple(
    ZoneInfo(f"{'Asia' if east else 'Europe'}/{name}")
    for east, names in (
        (False, ("Kaliningrad", "Moscow", "Samara")),
        (True, ("Yekaterinburg", "Omsk", "Krasnoyarsk", "Irkutsk", "Yakutsk", "Vladivostok", "Magadan", "Kamchatka")),
    )
    for name in names
)
#: From this hour on, a moment always means the next day.
_LATE = datetime.time(23)
_HOUR = re.compile(
    r"[\sTt]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(am|pm)?\s*(z|utc|gmt|[+\-]\d{2}(?::?\d{2})?)?\s*[\"'»”)]*$",
    re.IGNORECASE,
)


def divide_hour(text: str) -> tuple[str, datetime.time | None]:
    """Return a text with a date without the hour at its end, and that hour.

    The hour is None if a time zone is given, because the day is then that zone's own.
    """
    match = _HOUR.search(text)
    if not match:
        return text, None
    day = text[: match.start()]
    if match[5] and match[5][0] in "+-" and match[5].strip("+-:0"):
        return day, None
    hour = int(match[1]) % 12 + 12 * (match[4].lower() == "pm") if match[4] else int(match[1])
    try:
        return day, datetime.time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        return text, None


def is_next_day(day: datetime.date, hour: datetime.time, *, any_zone: bool) -> bool:
    """Return whether the moment means the next day; with `any_zone`, midnight in any time zone of Russia counts.

    Without it only that of the current zone counts, because an event may really have been at another hour.
    """
    if hour >= _LATE:
        return True
    if hour < datetime.time(12):
        return False
    moment = datetime.datetime.combine(day, hour, datetime.UTC)
    zones = (*_ZONES, timezone.get_current_timezone()) if any_zone else (timezone.get_current_timezone(),)
    return any(moment.astimezone(zone).time() == datetime.time() for zone in zones)
