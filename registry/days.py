"""Working days and terms in months."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from typing import Any

from holidays import country_holidays

#: The earliest accepted date: no paper or signer is older, and workbooks have no earlier dates.
EARLIEST = dt.date(1900, 1, 1)


@cache
def _holidays() -> Any:
    return country_holidays("RU")


def is_working(day: dt.date) -> bool:
    """Return whether the day is a Russian working day; moved days off are considered as far as they are published."""
    return day.weekday() < 5 and day not in _holidays()


def after_working_days(day: dt.date, count: int) -> dt.date:
    """Return the last of `count` working days after `day`."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working(day)
    return day


def after_months(day: dt.date, count: int) -> dt.date:
    """Return the same day `count` months later, or the last day of that month if it is shorter (K7)."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
