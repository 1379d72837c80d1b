"""The form of the period of a report."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.widgets import DateField

from .enums import Part
from .rules import check_period

#: Number of years in the choices, including the current one; older ones are entered as two days.
YEARS = 10
_QUARTERS = (Part.Q1, Part.Q2, Part.Q3, Part.Q4)


class ReportForm(forms.Form):
    """The period of a report: a year, a part of it, or two days."""

    part = forms.ChoiceField(label=_("Period"), choices=Part.choices, initial=Part.YEAR)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    first = DateField(label=_("Period from"), required=False)
    last = DateField(label=_("Period to"), required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = organization.today.year
        years = list(range(this, this - YEARS, -1))
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.initial = {"part": Part.YEAR, "year": this, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Set `first` and `last` to the days of the period."""
        data = super().clean() or {}
        if data.get("part") != Part.DAYS:
            if "part" in data and "year" in data:
                data["first"], data["last"] = days_of(data["part"], data["year"])
            return data
        self.errors.pop("year", None)
        for name in ("first", "last"):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Enter the day."))
        if not self.errors:
            try:
                check_period(data["first"], data["last"])
            except RuleViolation as violation:
                self.add_error(violation.field, str(violation.message))
        return data


class AccountingForm(ReportForm):
    """The period of receipts and payments, and the kind of the file."""

    file = forms.ChoiceField(
        label=_("File"),
        choices=[("xlsx", _("all receipts and payments (.xlsx)")), ("bank", _("bank statements for 1C (.txt)"))],
        widget=forms.RadioSelect,
        initial="xlsx",
    )


def days_of(part: str, year: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a part of the year."""
    first, last = 1, 12
    if part in _QUARTERS:
        first = 3 * _QUARTERS.index(Part(part)) + 1
        last = first + 2
    elif part != Part.YEAR:
        first = last = int(part.removeprefix("m"))
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def part_of(first: dt.date, last: dt.date) -> dict[str, Any]:
    """Return the values of the form for a period."""
    for part in Part:
        if part != Part.DAYS and days_of(part, first.year) == (first, last):
            return {"part": part.value, "year": first.year}
    return {"part": Part.DAYS.value, "first": first, "last": last}
