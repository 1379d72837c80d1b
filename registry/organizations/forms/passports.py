"""Forms of the passport, one per tab as the charter defines it, and of governing bodies and seats (U-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.papers.card import chair_of, operator_in_dative, organization_in_genitive
from documents.papers.minutes_wording import body_in_genitive
from documents.printing.declension import Case
from registry.access import Actor
from registry.charters.base import PassportTab
from registry.checks import CheckFailed, format_phone
from registry.days import day_text
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.widgets import DateField, DigitsInput, PhoneInput, SuggestInput

from ..enums import BodyKind
from ..models import GoverningBody, Organization, OrganizationPassport
from ..rules import passports as rules

_DIGITS = {
    "inn": 10, "employer_inn": 12, "ogrn": 13, "bik": 9, "account": 20, "correspondent_account": 20, "okpo": 10,
    "oktmo": 11,
}  # fmt: skip
_LONG = {"genitive_name", "dative_name", "legal_address", "postal_address", "payee", "employer_name", "bank"}
PHONES = {"phone", "chair_phone"}
_HELP = {
    "is_legal_entity": _(
        "A legal entity has its own INN and OGRN. If it is none, the nearest superior that is one answers for "
        "personal data."
    ),
    "employer_inn": _("10 digits; 12 for an entrepreneur."),
    "account": _("20 digits; checked against the BIC."),
    "chair_name": _("Surname, name, patronymic in full."),
    "dues_percent": _("For example 1 or 1.5."),
}
#: Fields with declined names → functions that return the printed form.
DECLINED: dict[str, Callable[[Organization], str]] = {
    "genitive_name": organization_in_genitive,
    "dative_name": operator_in_dative,
    "chair_dative": partial(chair_of, case=Case.DATIVE),
}
_YES_NO = [("", "—"), ("true", _("yes")), ("false", _("no"))]


class PassportForm(forms.Form):
    """One tab of the passport; fields required by the charter have an asterisk but may be filled in later.

    Hidden `base-…` values record what each field contained when the page was opened, so that two people editing one
    passport lose nothing: the second to save sees both versions of what both have changed.
    """

    use_required_attribute = False

    def __init__(
        self,
        tab: PassportTab,
        organization: Organization,
        passport: OrganizationPassport,
        data: Any = None,
        *,
        opened_with: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.tab, self.organization = tab, organization
        self.names = [name for name in tab.fields if name not in rules.NAMES]
        self.saved = {name: getattr(rules.holder_of(name, organization, passport), name) for name in self.names}
        #: Source of the `base-…` values: the sent form or a draft.
        self._opened_with = data if data is not None else opened_with or {}
        wanted = set(rules.required_of(tab, self._is_legal_entity()))
        for name in self.names:
            self.fields[name] = build(name, organization)
            self.fields[name].marked = name in wanted  # type: ignore[attr-defined]
            if name in DECLINED:
                self.fields[name].help_text = printed_now(self.fields[name].help_text, DECLINED[name](organization))
            self.initial[name] = _initial(name, self.fields[name], self.saved[name])

    def _is_legal_entity(self) -> bool:
        return bool(self.data.get("is_legal_entity")) if self.is_bound else self.organization.is_legal_entity

    def values(self) -> dict[str, Any]:
        """Return the typed values by field name, as stored in the models."""
        return {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        for name, value in self.values().items():
            try:
                self.cleaned_data[name] = rules.normalise(name, value)
            except CheckFailed as error:
                self.add_error(name, str(error.message))
        if not self.errors:
            try:
                self.cleaned_data |= rules.check_requisites(self.values())
            except RuleViolation as violation:
                self.add_error(violation.field if violation.field in self.fields else None, str(violation.message))
        return self.cleaned_data

    def bases(self) -> list[tuple[str, str]]:
        """Return names and texts of the hidden `base-…` values."""
        return [
            (f"base-{name}", self._opened_with.get(f"base-{name}", _as_text(self.saved[name]))) for name in self.names
        ]

    def _base(self, name: str) -> Any:
        text = self.data.get(f"base-{name}", _as_text(self.saved[name]))
        field = self.fields[name]
        try:
            return field.clean(field.widget.value_from_datadict({name: text}, {}, name))
        except forms.ValidationError:
            return None

    def merged(self) -> tuple[dict[str, Any], list[Conflict]]:
        """Merge the typed values with values saved meanwhile; return them with the unresolved conflicts."""
        values: dict[str, Any] = {}
        conflicts = []
        for name, typed in self.values().items():
            now, base, choice = self.saved[name], self._base(name), self.data.get(f"choose-{name}")
            values[name] = typed
            if _same(typed, base) or _same(typed, now) or choice == "theirs":
                values[name] = now
            elif not _same(now, base) and choice != "mine":
                field = self.fields[name]
                conflicts.append(Conflict(name, field.label, show(field, now), show(field, typed)))
        return values, conflicts


class Conflict(NamedTuple):
    """A field that two people have changed differently."""

    name: str
    label: Any
    saved: str
    typed: str


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        return first.split() == second.split()
    return first == second or (first in ("", None) and second in ("", None))


def _initial(name: str, field: forms.Field, value: Any) -> Any:
    if name in PHONES:
        return ", ".join(format_phone(number) for number in value.split(", "))
    return _as_text(value) if isinstance(field, forms.TypedChoiceField) else value


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return day_text(value) if isinstance(value, dt.date) else str(value)


def show(field: forms.Field, value: Any) -> str:
    """Return the value as shown to users."""
    text = _as_text(value)
    if isinstance(field, forms.BooleanField):
        return str(_("yes") if value else _("no"))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(text, text))  # type: ignore[arg-type]
    return text or "—"


def build(name: str, organization: Organization) -> forms.Field:
    """Return the form field of a passport field, labelled with the federation's term."""
    model: type[models.Model] = OrganizationPassport if rules.is_passport_field(name) else Organization
    source: Any = model._meta.get_field(name)
    label = capfirst(str(rules.label_of(name, organization)))
    help_text = _HELP.get(name) or source.help_text
    common: dict[str, Any] = {"label": label, "help_text": help_text, "required": False}
    if isinstance(source, models.DateField):
        return DateField(**common)
    if isinstance(source, models.BooleanField):
        if not source.null:
            return forms.BooleanField(**common)
        return forms.TypedChoiceField(choices=_YES_NO, coerce=_to_bool, empty_value=None, **common)
    if source.choices:
        choices = [("", "—"), *source.choices]
        return forms.ChoiceField(choices=choices, widget=forms.Select({"class": "input-medium"}), **common)
    if name in _DIGITS:
        return forms.CharField(max_length=_DIGITS[name] + 8, widget=DigitsInput(_DIGITS[name]), **common)
    if name in PHONES:
        return forms.CharField(max_length=60, widget=PhoneInput(), **common)
    if name in _LONG or isinstance(source, models.TextField):
        rows = 6 if isinstance(source, models.TextField) else 2
        length = source.max_length or 5000
        return forms.CharField(
            max_length=length, widget=forms.Textarea({"rows": rows, "class": "input-wide"}), **common
        )
    if isinstance(source, models.URLField):
        return forms.URLField(
            max_length=200,
            assume_scheme="https",
            widget=forms.TextInput({"class": "input-wide", "inputmode": "url"}),
            **common,
        )
    if isinstance(source, models.DecimalField):
        return forms.DecimalField(min_value=0, max_value=100, max_digits=4, decimal_places=2, localize=True, **common)
    if isinstance(source, models.IntegerField):
        return forms.IntegerField(
            min_value=0, max_value=1_000_000, widget=forms.NumberInput({"class": "input-short"}), **common
        )
    field = source.formfield(**common)
    field.widget.attrs.setdefault("class", "input-wide" if (source.max_length or 0) > 80 else "input-medium")
    return field


def printed_now(help_text: Any, name: str) -> str:
    """Return the help text of a declined name with the form that papers print now, if there is one."""
    said = gettext("Papers now print: %(name)s.") % {"name": name} if name else ""
    return f"{help_text} {said}".strip()


def _to_bool(text: str) -> bool:
    return text == "true"


class BodyForm(forms.Form):
    """A governing body."""

    kind = forms.ChoiceField(label=_("Kind"))
    name = forms.CharField(
        label=_("Name of the body"),
        max_length=150,
        help_text=_("As in the papers: board, trade-union committee …"),
    )
    name_genitive = forms.CharField(label=_("Name in the genitive case"), max_length=150, required=False)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {*organization.charter.bodies, self.initial.get("kind")}
        kinds = [(kind, capfirst(str(label))) for kind, label in BodyKind.choices if kind in offered]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        name, typed = self.initial.get("name", ""), self.initial.get("name_genitive", "")
        printed = f"заседание {body_in_genitive(name, typed)}" if name else ""
        self.fields["name_genitive"].help_text = printed_now(_("Only if the papers decline the name wrongly."), printed)


class SeatForm(forms.Form):
    """A person's seat in a body with its term and minutes. Names are chosen from the cards, or typed."""

    full_name = forms.CharField(label=_("Surname, name, patronymic"), max_length=200, widget=SuggestInput)
    without_card = forms.BooleanField(
        label=_("There is no card of this person"),
        required=False,
        help_text=_("Tick it for a member whose card is kept elsewhere or is not in the registry yet."),
    )
    duty = forms.CharField(
        label=_("Duty"), max_length=100, required=False, help_text=_("Chair of the body, secretary, member …")
    )
    since = DateField(label=_("Elected on"))
    minutes = forms.CharField(label=_("Minutes № and date"), max_length=100, required=False)
    until = DateField(label=_("Left on"), required=False, help_text=_("Empty while the person sits in the body."))

    def __init__(self, body: GoverningBody, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rules.only_members_sit(body):
            del self.fields["without_card"]
        if actor.may(Permission.VIEW_MEMBERS, body.organization):
            self.fields["full_name"].help_text = _("Type the first letters and choose the card.")
            source = f"{reverse('members:suggest')}?within={body.organization_id}"
            self.fields["full_name"].widget.attrs["hx-get"] = source
