"""Days: as text, as ISO text, ages, terms in years, months and working days as the papers count them."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from typing import Any

from django.utils import timezone
from holidays import country_holidays

#: No paper of ours and nobody who signs one is older, and a workbook holds no earlier day.
EARLIEST = dt.date(1900, 1, 1)
#: How a day is written in Russia.
DAY_FORMAT = "%d.%m.%Y"
#: Years: full age, the first passport, the oldest that anybody is.
FULL_AGE = 18
PASSPORT_AGE = 14
OLDEST_AGE = 120


def day_text(day: dt.date | None) -> str:
    """27.04.2026; nothing for no day. Of a moment its day in its own time zone."""
    return day.strftime(DAY_FORMAT) if day is not None else ""


def moment_text(moment: dt.datetime) -> str:
    """27.04.2026 14:05, in local time."""
    return timezone.localtime(moment).strftime(f"{DAY_FORMAT} %H:%M")


def from_iso(text: str | None) -> dt.date | None:
    """The day of an ISO text, as encrypted fields hold it; None for empty and for other text."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def whole_years(since: dt.date, day: dt.date) -> int:
    """Whole years from a day, such as that of birth, to another day."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 29 February becomes 1 March, and after the calendar's end stands its last day."""
    if day.year + years > dt.MAXYEAR:
        return dt.date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


@cache
def _holidays() -> Any:
    return country_holidays("RU")


def is_working(day: dt.date) -> bool:
    """Monday to Friday and no public holiday of Russia, moved days off included as far as they are published."""
    return day.weekday() < 5 and day not in _holidays()


def after_working_days(day: dt.date, count: int) -> dt.date:
    """The last of `count` working days, the day after `day` being the first that may count."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working(day)
    return day


def after_months(day: dt.date, count: int) -> dt.date:
    """The same day of a later month, its last day where the month is shorter (K7)."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
