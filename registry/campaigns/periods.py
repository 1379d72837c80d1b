"""Periods of reports as values: a year, half a year, a quarter, a month or a day (N-S3)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.days import day_text

from .enums import PeriodKind

#: First and last year of a period, within which its neighbours are days too.
FIRST_YEAR, LAST_YEAR = 1901, 9998
_TEXTS = {
    PeriodKind.YEAR: re.compile(r"(\d{4})"),
    PeriodKind.HALF: re.compile(r"(\d{4})H([12])"),
    PeriodKind.QUARTER: re.compile(r"(\d{4})Q([1-4])"),
    PeriodKind.MONTH: re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    PeriodKind.DAY: re.compile(r"(\d{4}-\d\d-\d\d)"),
}
#: Months of a period; a day has none.
_MONTHS = {PeriodKind.YEAR: 12, PeriodKind.HALF: 6, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}


@dataclass(frozen=True)
class Period:
    """A period: its kind, and its first and last day."""

    kind: PeriodKind
    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, text: str, kind: PeriodKind) -> Period:
        """Return the period of a text: «2026», «2026H1», «2026Q1», «2026-03» or «2026-01-01».

        Raises `ValueError` for a text of another kind, a day that does not exist and a year out of range.
        """
        found = _TEXTS[kind].fullmatch(text)
        if found is None:
            raise ValueError(text)
        if kind == PeriodKind.DAY:
            day = dt.date.fromisoformat(text)
        else:
            number = int(found[2]) if kind != PeriodKind.YEAR else 1
            day = dt.date(int(found[1]), (number - 1) * _MONTHS[kind] + 1, 1)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(text)
        return cls.of(day, kind)

    @classmethod
    def of(cls, day: dt.date, kind: PeriodKind) -> Period:
        """Return the period of the kind that the day belongs to."""
        if kind == PeriodKind.DAY:
            return cls(kind, day, day)
        months = _MONTHS[kind]
        start = (day.month - 1) // months * months + 1
        end = start + months - 1
        last = dt.date(day.year, end, calendar.monthrange(day.year, end)[1])
        return cls(kind, dt.date(day.year, start, 1), last)

    @property
    def key(self) -> str:
        """The text of the period."""
        if self.kind == PeriodKind.DAY:
            return self.first.isoformat()
        if self.kind == PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        return {
            PeriodKind.YEAR: f"{self.first.year}",
            PeriodKind.HALF: f"{self.first.year}H{(self.first.month + 5) // 6}",
            PeriodKind.QUARTER: f"{self.first.year}Q{(self.first.month + 2) // 3}",
        }[self.kind]

    @property
    def label(self) -> str:
        """The period in words."""
        values = {"year": self.first.year, "number": (self.first.month + 2) // 3}
        if self.kind == PeriodKind.YEAR:
            return _("%(year)s year") % values
        if self.kind == PeriodKind.HALF:
            return (_("first half of %(year)s") if self.first.month == 1 else _("second half of %(year)s")) % values
        if self.kind == PeriodKind.QUARTER:
            return _("quarter %(number)s of %(year)s") % values
        if self.kind == PeriodKind.MONTH:
            return date_format(self.first, "F Y")
        return day_text(self.first)

    @property
    def previous(self) -> Period:
        """The same kind of period before; of a day the same day a year before."""
        if self.kind != PeriodKind.DAY:
            return Period.of(self.first - dt.timedelta(days=1), self.kind)
        day = self.first
        leap = (day.month, day.day) == (2, 29)
        return Period.of(day.replace(year=day.year - 1, day=28) if leap else day.replace(year=day.year - 1), self.kind)
