"""The form of one repeated entry of the card; the charter determines its columns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.charters.base import Entry
from registry.errors import RuleViolation
from registry.widgets import DateField, RadioRow

from ..enums import AwardKind, Sex
from ..models import CardEntry
from ..queries.showing import entry_label
from ..rules.entries import MAX_LENGTH, check_entry


class EntryForm(forms.Form):
    """The columns of one kind of entry."""

    def __init__(self, *args: Any, kind: Entry, entry: CardEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in kind.columns:
            self.fields[name] = _build(name)
            if entry is not None:
                self.initial.setdefault(name, getattr(entry, name))

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                check_entry(self.kind, self.cleaned_data, timezone.localdate())
            except RuleViolation as violation:
                self.add_error(violation.field if violation.field in self.fields else None, violation.message)
        return self.cleaned_data


def _build(name: str) -> forms.Field:
    common: dict[str, Any] = {"label": capfirst(str(entry_label(name))), "required": name == "title"}
    if name == "award_kind":
        return forms.ChoiceField(choices=[("", _("— not chosen —")), *_labelled(AwardKind.choices)], **common)
    if name == "sex":
        return forms.ChoiceField(choices=_labelled(Sex.choices), widget=RadioRow(), **common)
    if name in {"started_on", "ended_on"}:
        return DateField(**common)
    short = forms.TextInput(attrs={"class": "input-short", "inputmode": "numeric", "autocomplete": "off"})
    if name in {"year", "hours"}:
        return forms.IntegerField(min_value=0, max_value=9999, widget=short, **common)
    if name == "amount":
        return forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, localize=True, widget=short, **common)
    limit = getattr(CardEntry._meta.get_field(name), "max_length", None) or MAX_LENGTH
    return forms.CharField(max_length=limit, widget=forms.TextInput(attrs={"autocomplete": "off"}), **common)


def _labelled(choices: Any) -> list[tuple[str, str]]:
    return [(key, capfirst(str(label))) for key, label in choices]
