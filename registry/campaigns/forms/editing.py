"""Forms of the editor of report forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.organizations.models import Organization

from ..enums import LineSource, PeriodKind
from ..indicators import Indicator
from ..models import ReportCheck, ReportLine
from ..rules.forms import levels_for


class ReportFormForm(forms.Form):
    """Title, explanation, period and levels of a report form."""

    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(
        label=_("Explanation for those who fill it in"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    period_kind = forms.ChoiceField(
        label=_("A report is about"),
        choices=[(value, label) for value, label in PeriodKind.choices],
        help_text=_("A day for figures on a date, such as 1 January."),
        widget=forms.Select({"class": "input-medium"}),
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels that report"),
        help_text=_("Organisations of other levels are counted with the nearest one above them that reports."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, organization: Organization, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        titles = organization.charter.levels
        levels: Any = self.fields["levels"]
        levels.choices = [(str(level), capfirst(str(titles[level]))) for level in levels_for(organization)]


class LineForm(forms.ModelForm):
    """A line of a report form; `others` are the lines among which it has its place."""

    decimals = forms.TypedChoiceField(
        label=_("Digits after the comma"),
        coerce=int,
        choices=[(0, "1"), (1, "0,1"), (2, "0,01")],
        widget=forms.Select({"class": "input-short"}),
    )
    after = forms.TypedChoiceField(label=_("Place"), coerce=int, empty_value=None, required=False)

    class Meta:
        model = ReportLine
        fields = (
            "section", "code", "title", "unit", "source", "indicator", "formula", "decimals", "adds_up", "required",
            "hint",
        )  # fmt: skip
        labels = {
            "title": pgettext_lazy("report form", "Line"),
            "section": _("Section of the report"),
            "formula": _("Formula of the figure"),
            "indicator": _("What the registry counts"),
            "unit": _("Unit"),
            "hint": _("Explanation beneath the line"),
            "adds_up": _("The figures of the organisations below are added"),
            "required": _("The line must be filled in"),
            "source": _("Where does the figure come from?"),
        }
        help_texts = {
            "section": _("Heading above the line. Lines with the same one stand together."),
            "code": _("Formulas name the line by it: 1, 1.2, 2а."),
            "indicator": _("Only if the registry counts the figure."),
            "formula": _(
                "Only for a figure by formula: [1.1] + [1.2]; sum([1]; [2]); round([1] / [2] * 100; 1); min, max. "
                "Codes of lines stand in brackets."
            ),
            "adds_up": _("A figure by formula is counted from the totals instead."),
        }
        widgets = {
            "code": forms.TextInput({"class": "input-short"}),
            "source": forms.RadioSelect,
            "formula": forms.Textarea({"rows": 2, "spellcheck": "false"}),
            "unit": forms.Select({"class": "input-medium"}),
        }

    def __init__(
        self, indicators: Mapping[str, Indicator], others: Sequence[ReportLine], data: Any = None, **values: Any
    ) -> None:
        super().__init__(data, **values)
        fields: dict[str, Any] = self.fields
        fields["code"].label = _("Code of the line")
        fields["source"].choices = LineSource.choices
        fields["indicator"].widget = forms.Select(choices=[("", "—"), *_grouped(indicators, self.instance.indicator)])
        fields["after"].choices = [
            ("", _("at the beginning")),
            *((one.pk, _("after %(line)s") % {"line": _short(one)}) for one in others),
        ]

    def _post_clean(self) -> None:
        """Leave the line as it is: the transition changes and checks it."""


def _grouped(indicators: Mapping[str, Indicator], present: str) -> Iterable[tuple[Any, Any]]:
    """Return the choices by group; a present one that the charter no longer has stays, so that it is visible."""
    for group, some in groupby(indicators.values(), key=lambda one: one.group):
        yield capfirst(group), [(one.key, capfirst(one.label)) for one in some]
    if present and present not in indicators:
        yield present, _("%(key)s: not counted any more") % {"key": present}


def _short(line: ReportLine) -> str:
    title = str(line)
    return title if len(title) <= 40 else f"{title[:39]}…"


class CheckForm(forms.ModelForm):
    """A check of a report form."""

    class Meta:
        model = ReportCheck
        fields = ("left", "operator", "right", "missing", "blocks", "sentence")
        labels = {
            "left": _("What is compared"),
            "operator": _("Comparison"),
            "right": _("With what"),
            "missing": _("If figures are missing"),
            "blocks": _("A report that does not meet it cannot be handed in"),
            "sentence": _("Sentence for those who do not meet the check"),
        }
        help_texts = {
            "left": _("Code in brackets, or a formula: [1.1] + [1.2]"),
            "right": _("Code in brackets, a formula or a number."),
            "blocks": _("Otherwise the sentence is shown as a warning."),
            "sentence": _("Say in words what has to be so, and what to look at."),
        }
        widgets = {
            "left": forms.TextInput({"spellcheck": "false"}),
            "right": forms.TextInput({"spellcheck": "false"}),
            "sentence": forms.Textarea({"rows": 2}),
            "missing": forms.RadioSelect,
        }

    def __init__(self, data: Any = None, **values: Any) -> None:
        super().__init__(data, **values)
        missing: Any = self.fields["missing"]
        missing.choices = ReportCheck._meta.get_field("missing").choices

    def _post_clean(self) -> None:
        """Leave the check unchanged: the transition changes and checks it."""
