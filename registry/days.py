"""Dates: formatting, ISO text, ages, terms in years, months and working days."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from holidays import country_holidays

#: The earliest accepted date: no paper or signer is older, and workbooks cannot store earlier dates.
EARLIEST = dt.date(1900, 1, 1)
#: The Russian date format.
DAY_FORMAT = "%d.%m.%Y"
#: Ages in years: majority, the first passport, the oldest plausible person.
FULL_AGE = 18
PASSPORT_AGE = 14
OLDEST_AGE = 120
_NONE_MOVED: Mapping[dt.date, bool] = MappingProxyType({})


def day_text(day: dt.date | None) -> str:
    """Return the date as 27.04.2026, or an empty string for None; for a datetime, the date in its own time zone."""
    return day.strftime(DAY_FORMAT) if day is not None else ""


def moment_text(moment: dt.datetime, tz: dt.tzinfo | None = None) -> str:
    """Return the local time as 27.04.2026 14:05, by default in the time zone of the current user."""
    return timezone.localtime(moment, tz).strftime(f"{DAY_FORMAT} %H:%M")


def from_iso(text: str | None) -> dt.date | None:
    """Return the date of an ISO text, as stored in encrypted fields; None for empty and invalid text."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def whole_years(since: dt.date, day: dt.date) -> int:
    """Return the whole years from one date, such as a birth date, to another."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def years_after(day: dt.date, years: int) -> dt.date:
    """Return the same day `years` later; 29 February becomes 1 March, dates beyond the calendar its last day."""
    if day.year + years > dt.MAXYEAR:
        return dt.date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def last_birth_date(age: int, today: dt.date) -> dt.date:
    """Return the latest birth date of people who have reached this age today."""
    born = years_after(today, -age)
    # In a year without 29 February, people born on 1 March have not reached the age yet.
    return born if (born.month, born.day) == (today.month, today.day) else dt.date(born.year, 2, 28)


@cache
def _holidays() -> Any:
    return country_holidays("RU")


def is_working(day: dt.date, moved: Mapping[dt.date, bool] = _NONE_MOVED) -> bool:
    """Return whether the day is a Russian working day; moved days off are included as far as they are published.

    `moved` maps single days to whether they are worked, and overrides the calendar.
    """
    return moved.get(day, day.weekday() < 5 and day not in _holidays())


def after_working_days(day: dt.date, count: int, moved: Mapping[dt.date, bool] = _NONE_MOVED) -> dt.date:
    """Return the last of `count` working days after `day`; `moved` as in `is_working`."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working(day, moved)
    return day


def after_months(day: dt.date, count: int) -> dt.date:
    """Return the same day `count` months later, or the last day of that month if it is shorter (K7)."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
