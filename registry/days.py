"""Working days and terms in months, as the papers count them."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from typing import Any

from holidays import country_holidays

#: No paper of ours and nobody who signs one is older, and a workbook holds no earlier day.
EARLIEST = dt.date(1900, 1, 1)


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
