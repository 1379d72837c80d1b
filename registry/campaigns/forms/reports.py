"""Forms of campaigns and reports: filters, terms, reasons, and the figures of a report as typed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.errors import RuleViolation
from registry.requests import VERSION_DIGITS, number_in
from registry.text import clean
from registry.widgets import DateField, StepForm

from ..enums import PeriodKind, ReportState
from ..models import ReportForm, ReportLine
from ..periods import Period
from ..queries import Sheet
from ..rules.figures import MAX_TEXT

#: Number of days from today that a form proposes as the term.
DAYS_PROPOSED = 14
#: Periods offered by kind: the present one, and this many before it.
PERIODS = {PeriodKind.YEAR: 4, PeriodKind.HALF: 5, PeriodKind.QUARTER: 9, PeriodKind.MONTH: 14}
#: First days of months offered for a report about a day.
DAYS = 15
NOT_RECEIVED = "not_received"
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_BLANKS = re.compile(r"[\s₽%']")


def number_of(text: str) -> Decimal | None:
    """Parse a number in Russian notation, such as «1 234,5»; return None for an empty text.

    Raises `ValueError` for other text.
    """
    typed = _BLANKS.sub("", clean(text, 60)).replace("−", "-").replace("–", "-").replace(",", ".")
    if not typed:
        return None
    if _NUMBER.fullmatch(typed) is None:
        raise ValueError(text)
    return Decimal(typed)


def number_text(value: Decimal | None, line: ReportLine, *, grouped: bool = True) -> str:
    """Return the figure with the digits of its line; an empty string if there is none."""
    if value is None:
        return ""
    return str(number_format(value, decimal_pos=line.decimals, use_l10n=True, force_grouping=grouped))


def _words(label: Any, help_text: Any = "", *, rows: int = 3) -> forms.CharField:
    # Longer texts are refused by the rule, which says by how much.
    return forms.CharField(label=label, help_text=help_text, widget=forms.Textarea({"rows": rows}))


class ReturnForm(StepForm):
    """Reason for returning a report, and the new term."""

    step = "return"
    text = _words(_("What is to be corrected"))
    term = DateField(label=_("New term"), coming=True)


class ReleaseForm(StepForm):
    """Reason for releasing an organisation from a report."""

    step = "release"
    text = _words(_("Why the report is not expected"))


class CancelForm(forms.Form):
    """Reason for cancelling a campaign."""

    text = _words(_("Why the campaign is cancelled"))


class TermForm(forms.Form):
    """The new term of a campaign."""

    term = DateField(label=_("New term"), coming=True)


class ChooseForm(forms.Form):
    """The report form for a new campaign."""

    form = forms.ChoiceField(label=_("Report form"))

    def __init__(self, found: Sequence[ReportForm], data: Any = None) -> None:
        super().__init__(data)
        self.fields["form"].choices = [(str(one.pk), _named(one)) for one in found]  # type: ignore[attr-defined]


def _named(form: ReportForm) -> Any:
    return _("%(title)s, edition %(number)s") % {"title": form.title, "number": form.edition}


class OpenForm(forms.Form):
    """The period and the term of a new campaign."""

    period = forms.ChoiceField(label=_("Period"))
    term = DateField(label=_("Reports are due by"), coming=True)

    def __init__(self, periods: Sequence[Period], initial: dict[str, Any], data: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["period"].choices = [(one.key, one.label) for one in periods]  # type: ignore[attr-defined]


def periods_for(kind: PeriodKind, today: dt.date) -> list[Period]:
    """Return the periods that are offered, the newest first: the present one, and those before it."""
    if kind == PeriodKind.DAY:
        months = [Period.of(today, PeriodKind.MONTH)]
        while len(months) < DAYS:
            months.append(months[-1].previous)
        new_year = dt.date(today.year + 1, 1, 1)
        days = [new_year, *(one.first for one in months)]
        return [Period.of(day, PeriodKind.DAY) for day in days]
    found = [Period.of(today, kind)]
    while len(found) < PERIODS[kind]:
        found.append(found[-1].previous)
    return found


def proposed_period(kind: PeriodKind, today: dt.date) -> Period:
    """Return the proposed period: the last one that is over; for days, the nearest 1 January."""
    if kind == PeriodKind.DAY:
        return Period.of(dt.date(today.year + (today.month > 6), 1, 1), kind)
    return Period.of(today, kind).previous


class ListFilter(forms.Form):
    """Filters of the reports right below an organisation."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("any")),
            (NOT_RECEIVED, pgettext_lazy("reports", "not handed in")),
            *ReportState.choices,
        ],
    )
    late = forms.BooleanField(label=_("the term is over"), required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


class Typable(Protocol):
    """Lines that can be typed into, and those whose stored figure is hidden from the user."""

    @property
    def typable(self) -> set[str]: ...
    @property
    def small(self) -> set[str]: ...


class FiguresForm:
    """A report's own figures as typed, by line; no typed text is lost, even if it is wrong."""

    def __init__(self, sheet: Sheet, lines: Typable, data: Mapping[str, Any] | None = None, *, note: str = "") -> None:
        self.sheet = sheet
        self.typed: dict[str, str] = {}
        self.typed_reasons: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        #: Errors that belong to no line.
        self.general: list[str] = []
        #: Whether somebody else has saved the report since it was opened.
        self.is_stale = False
        self.values: dict[str, Decimal | None] = {}
        self.reasons: dict[str, str] = {}
        self.note, self.version = note, 0
        if data is not None:
            self.note = clean(data.get("note", ""), MAX_TEXT + 1)
            self.version = number_in(str(data.get("version", "")), VERSION_DIGITS) or 0
            for line in sheet.lines:
                if line.code in lines.typable:
                    self._read(line, data, keep_blank=line.code not in lines.small)

    def _read(self, line: ReportLine, data: Mapping[str, Any], *, keep_blank: bool) -> None:
        text = str(data.get(f"value-{line.pk}", ""))[:60]
        if f"value-{line.pk}" not in data or (not text.strip() and not keep_blank):
            return
        self.typed[line.code] = text
        self.reasons[line.code] = self.typed_reasons[line.code] = str(data.get(f"reason-{line.pk}", ""))[: MAX_TEXT + 1]
        try:
            self.values[line.code] = number_of(text)
        except ValueError:
            self.errors[line.code] = str(_("Enter a number in digits, such as 1250 or 1250,5."))

    @property
    def is_valid(self) -> bool:
        """Return whether every figure is a number; rules are checked later."""
        return not self.errors

    @property
    def is_changed(self) -> bool:
        """Return whether a value or a reason differs from what is stored."""
        return any(self.differs(code) for code in self.typed)

    def differs(self, code: str) -> bool:
        """Return whether the typed text of the line differs from what is stored."""
        if code not in self.typed:
            return False
        figure = self.sheet.figures.get(code)
        value, reason = (figure.value, figure.reason) if figure is not None else (None, "")
        return code not in self.values or self.values[code] != value or self.reasons[code].strip() != reason

    def add(self, violation: RuleViolation) -> None:
        """Keep the refusal of a rule at its line, or for the whole report."""
        if violation.field in self.typed:
            self.errors[violation.field] = str(violation.message)
        else:
            self.general.append(str(violation.message))
