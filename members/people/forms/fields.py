"""Form fields for the fields of the card: inputs, choices by charter, help texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.charters.base import Charter
from registry.widgets import BirthDateField, DateField, DateOrYearInput, DigitsInput, PhoneInput, RadioRow, SnilsInput

from ..rules.fields import choices_of, is_date, is_flag, is_list, known_choices, label_of, length_of, model_field
from ..rules.person import NEVER_AHEAD

_HINTS = {
    "joined_on": _("A date, or only the year if nothing more is known: 1997."),
    "snils": _("11 digits; the last two are checked."),
    "phone_mobile": _("Several numbers are separated by commas."),
    "group_since": _("Date or year."),
    "paper_code": _("Six digits: 770-001."),
    "surname": _("In Russian letters, as in the passport."),
}
#: Maximum length of the text typed for a number, separators included.
_TYPED_LENGTH = 60
#: Fields with few enough choices for radio buttons.
_RADIO = {"sex"}
_SHORT = {
    "house",
    "flat",
    "course",
    "paper_series",
    "paper_number",
    "paper_code",
    "minutes_number",
    "certificate_series",
}
_MEDIUM = {
    "ticket_number",
    "certificate_number",
    "study_group",
    "citizenship",
}
_AUTOCAPITALIZE = {"surname", "given_name", "patronymic", "city", "street"}


class YearOnly(dt.date):
    """1 January of a year, if only the year is known."""


class JoinedField(DateField):
    """A field for a date or a year."""

    widget = DateOrYearInput

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, str) and re.fullmatch(r"\s*(1[89]|20)\d\d\s*(г\.?|год)?\s*", value):
            return YearOnly(int(value.strip()[:4]), 1, 1)
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return str(value.year) if isinstance(value, YearOnly) else super().prepare_value(value)


def build(name: str, charter: Charter, cells: list[tuple[int, str]], *kept: Any) -> forms.Field:
    """Return the form field for a card field. It is never required: completeness is checked for the whole card.

    `kept` are present or future values of the card, which stay choices even if they are out of use.
    """
    common: dict[str, Any] = {
        "label": capfirst(str(label_of(name, charter))),
        "required": False,
        "help_text": _hint(name),
    }
    if name == "cell":
        empty = ("", _("no cell"))
        return forms.TypedChoiceField(choices=[empty, *cells], coerce=int, empty_value=None, **common)
    options = choices_of(name, charter)
    out = charter.out_of_use.get(name, ())
    options += [choice for choice in known_choices(name, charter) if choice[0] in out and choice[0] in kept]
    if is_list(name):
        widget = forms.CheckboxSelectMultiple(attrs={"class": "choices-columns"})
        return forms.MultipleChoiceField(choices=options, widget=widget, **common)
    if options:
        return _choice(name, options, common)
    if is_date(name):
        kind = {"joined_on": JoinedField, "birth_date": BirthDateField}.get(name, DateField)
        return kind(past=name in NEVER_AHEAD, **common)
    if is_flag(name):
        return forms.BooleanField(**common)
    return _text_or_number(name, common)


def _hint(name: str) -> Any:
    field = model_field(name)
    return _HINTS.get(name) or (field.help_text if field is not None else "")


def _choice(name: str, options: list[tuple[str, Any]], common: dict[str, Any]) -> forms.Field:
    labelled = [(key, capfirst(str(label))) for key, label in options]
    if name in _RADIO:
        return forms.ChoiceField(choices=labelled, widget=RadioRow(), **common)
    return forms.ChoiceField(choices=[("", _("— not chosen —")), *labelled], **common)


def _text_or_number(name: str, common: dict[str, Any]) -> forms.Field:
    field = model_field(name)
    if isinstance(field, models.DecimalField):
        attrs = {"class": "input-short", "inputmode": "decimal"}
        return forms.DecimalField(
            max_digits=field.max_digits, decimal_places=field.decimal_places, localize=True,
            widget=forms.TextInput(attrs=attrs), **common,
        )  # fmt: skip
    if isinstance(field, models.PositiveSmallIntegerField):
        attrs = {"class": "input-short", "inputmode": "numeric"}
        return forms.IntegerField(min_value=0, max_value=32000, widget=forms.TextInput(attrs=attrs), **common)
    if isinstance(field, models.EmailField):
        return forms.CharField(
            max_length=field.max_length, widget=forms.EmailInput(attrs={"autocomplete": "off"}), **common
        )
    if isinstance(field, models.TextField) and field.max_length:
        return forms.CharField(max_length=field.max_length, widget=forms.Textarea(attrs={"rows": 4}), **common)
    if name in _WIDGETS:
        # Leaves room for separators; the rules measure the text without them.
        return forms.CharField(max_length=_TYPED_LENGTH, widget=_WIDGETS[name](), **common)
    return forms.CharField(max_length=length_of(name), widget=_text_input(name), **common)


_WIDGETS: dict[str, Callable[[], forms.Widget]] = {
    "snils": SnilsInput,
    "phone_mobile": PhoneInput,
    "phone_home": PhoneInput,
    "postcode": lambda: DigitsInput(6),
}


def _text_input(name: str) -> forms.TextInput:
    if name == "group_since":
        return DateOrYearInput()
    attrs = {"autocomplete": "off"}
    if name in _SHORT:
        attrs["class"] = "input-short"
    elif name in _MEDIUM:
        attrs["class"] = "input-medium"
    if name in _AUTOCAPITALIZE:
        attrs["autocapitalize"] = "words"
    return forms.TextInput(attrs=attrs)
