"""Forms of statistics: a day, a period, two fields to cross."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.days import DAY_FORMAT, day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.widgets import DateField

from . import rules
from .columns import Dimension
from .counting import YEARS, first_days


class _Form(forms.Form):
    """A form of an organisation's page; `check` adds a rule's refusal to its field."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any], *, place: Organization, actor: Actor) -> None:
        self.place, self.actor = place, actor
        super().__init__(data)

    def check(self, rule: Callable[..., None], *days: dt.date) -> None:
        """Check the days by the rule."""
        try:
            rule(*days, self.place, by=self.actor)
        except RuleViolation as violation:
            self.add_error(violation.field if violation.field in self.fields else None, str(violation.message))


class DayForm(_Form):
    """A day: any past one, or the first day of a year for actors who see no people."""

    day = DateField(label=_("On the day"), past=True)

    def __init__(self, data: Mapping[str, Any], *, place: Organization, actor: Actor) -> None:
        super().__init__(data, place=place, actor=actor)
        if not rules.sees_persons(actor):
            days = [day_text(day) for day in reversed(first_days(place.today, YEARS))]
            self.fields["day"].widget = forms.Select(choices=[(day, day) for day in days])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") is not None:
            self.check(rules.check_day, data["day"])
        return data


class CrossForm(DayForm):
    """Two fields whose values are the rows and the columns of a table."""

    rows = forms.ChoiceField(label=_("In the rows"))
    columns = forms.ChoiceField(label=_("In the columns"))

    field_order = ("rows", "columns", "day")

    def __init__(
        self, data: Mapping[str, Any], *, place: Organization, actor: Actor, dimensions: Mapping[str, Dimension]
    ) -> None:
        super().__init__(data, place=place, actor=actor)
        for name in ("rows", "columns"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (key, str(one.label).capitalize()) for key, one in dimensions.items()
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("rows") is not None and data.get("rows") == data.get("columns"):
            self.add_error("columns", _("Choose another field than that of the rows."))
        elif {"rows", "columns"} <= data.keys():
            self.check(lambda _place, *, by: rules.check_crossed(data["rows"], data["columns"], by=by))
        return data


class PeriodForm(_Form):
    """The first and the last day of a period."""

    first = DateField(label=_("Period from"), past=True)
    last = DateField(label=_("Period to"), past=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") is not None and data.get("last") is not None:
            self.check(rules.check_period, data["first"], data["last"])
        return data


class YearForm(_Form):
    """A year that has ended, for actors who see no people.

    Its movement is that from 2 January to the next 1 January, so that the numbers before and after equal those of other
    pages: the difference between figures of two near days would reveal a person.
    """

    first = forms.ChoiceField(label=_("Year"))

    def __init__(self, data: Mapping[str, Any], *, place: Organization, actor: Actor) -> None:
        super().__init__(data, place=place, actor=actor)
        days = reversed(first_days(dt.date(place.today.year - 1, 1, 1), YEARS))
        self.fields["first"].choices = [(day_text(day), str(day.year)) for day in days]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "first" in data:
            first = dt.datetime.strptime(data["first"], DAY_FORMAT).date()
            data |= {"first": first + dt.timedelta(days=1), "last": first.replace(year=first.year + 1)}
            self.check(rules.check_period, data["first"], data["last"])
        return data
