"""Periods of reports as values: a year, half-year, quarter, month or day (N-S3)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.days import EARLIEST, after_months, years_after

from .enums import PeriodKind

#: The last possible year of a period; the first one is that of the earliest accepted date.
LAST_YEAR = 2100
#: Months of each kind.
_MONTHS = {PeriodKind.YEAR: 12, PeriodKind.HALF: 6, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
_FORMS = {
    PeriodKind.YEAR: re.compile(r"(\d{4})", re.ASCII),
    PeriodKind.HALF: re.compile(r"(\d{4})H([12])", re.ASCII),
    PeriodKind.QUARTER: re.compile(r"(\d{4})Q([1-4])", re.ASCII),
    PeriodKind.MONTH: re.compile(r"(\d{4})-(\d\d)", re.ASCII),
    PeriodKind.DAY: re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
MESSAGES = {
    PeriodKind.YEAR: gettext_lazy("Give a year from %(first)d to %(last)d."),
    PeriodKind.HALF: gettext_lazy("Give half a year of the years from %(first)d to %(last)d."),
    PeriodKind.QUARTER: gettext_lazy("Give a quarter of the years from %(first)d to %(last)d."),
    PeriodKind.MONTH: gettext_lazy("Give a month of the years from %(first)d to %(last)d."),
    PeriodKind.DAY: gettext_lazy("Give a day of the years from %(first)d to %(last)d."),
}


class PeriodError(ValueError):
    """Raised if the text is not a period of this kind; `message` says what is expected."""

    def __init__(self, kind: PeriodKind) -> None:
        self.kind = kind
        super().__init__(kind)

    @property
    def message(self) -> Any:
        """The sentence that says what is expected."""
        return MESSAGES[self.kind] % {"first": EARLIEST.year, "last": LAST_YEAR}

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Period:
    """A period of one kind with its first and last day; for a day they are the same."""

    kind: PeriodKind
    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, text: str, kind: PeriodKind) -> Period:
        """Parse the text of a period: 2026, 2026H1, 2026Q1, 2026-03 (a month) or 2026-01-01 (a day).

        Raises `PeriodError` for other text and for a period of another kind.
        """
        match = _FORMS[kind].fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)
            if kind == PeriodKind.DAY:
                first = dt.date.fromisoformat(text)
            else:
                number = int(match[2]) if match.lastindex == 2 else 1
                first = dt.date(int(match[1]), (number - 1) * _MONTHS[kind] + 1, 1)
            if not EARLIEST.year <= first.year <= LAST_YEAR:
                raise ValueError(text)
        except ValueError:
            raise PeriodError(kind) from None
        return cls.of(first, kind)

    @classmethod
    def of(cls, day: dt.date, kind: PeriodKind) -> Period:
        """Return the period of this kind that contains the day."""
        if kind == PeriodKind.DAY:
            return cls(kind, day, day)
        months = _MONTHS[kind]
        first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(kind, first, after_months(first, months) - dt.timedelta(days=1))

    @property
    def number(self) -> int:
        """The number of the half, quarter or month in its year; 1 for a year."""
        return (self.first.month - 1) // _MONTHS[self.kind] + 1

    @property
    def key(self) -> str:
        """The text that `parse` reads."""
        year = f"{self.first.year:04}"
        if self.kind == PeriodKind.DAY:
            return self.first.isoformat()
        return {
            PeriodKind.YEAR: year,
            PeriodKind.HALF: f"{year}H{self.number}",
            PeriodKind.QUARTER: f"{year}Q{self.number}",
            PeriodKind.MONTH: f"{year}-{self.number:02}",
        }[self.kind]

    @property
    def label(self) -> str:
        """The period in words of the current language."""
        if self.kind == PeriodKind.DAY:
            return date_format(self.first, "DATE_FORMAT")
        words = {"year": self.first.year, "number": self.number}
        if self.kind == PeriodKind.YEAR:
            return _("year %(year)d") % words
        if self.kind == PeriodKind.HALF:
            return (_("first half of %(year)d") if self.number == 1 else _("second half of %(year)d")) % words
        if self.kind == PeriodKind.QUARTER:
            return _("quarter %(number)d of %(year)d") % words
        return date_format(self.first, "F Y")

    @property
    def previous(self) -> Period:
        """The period before this one; for a day, the same day a year earlier."""
        if self.kind == PeriodKind.DAY:
            return self.of(years_after(self.first, -1), self.kind)
        return self.of(self.first - dt.timedelta(days=1), self.kind)
