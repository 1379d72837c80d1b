"""Forms for accounts and appointments, filled in by superiors (U-2, N-H2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.text import clean, normalise_name, proper_case
from registry.widgets import DateField, PhoneInput

from ..models import Account, Appointment

NAMES = ("surname", "given_name", "patronymic")
_NAME = re.compile(r"[\u0400-\u052f][\u0400-\u052f’\-. ]*")


class NameField(forms.CharField):
    """A part of a person's name in Russian letters; spelling and look-alikes are normalised."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 100, "widget": forms.TextInput({"autocomplete": "off"}), **kwargs})

    def clean(self, value: Any) -> str:
        name = proper_case(normalise_name(super().clean(value)).text)
        if name and not _NAME.fullmatch(name):
            raise ValidationError(_("Write it in Russian letters; a hyphen, an apostrophe and a space are allowed."))
        return name


class PersonForm(forms.Form):
    """Name and contacts of the account's holder."""

    surname = NameField(label=_("Surname"))
    given_name = NameField(label=_("Given name"))
    patronymic = NameField(label=_("Patronymic"), required=False, help_text=_("If there is one."))
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False, widget=PhoneInput)
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "off"}))

    def clean_phone(self) -> str:
        return clean(self.cleaned_data["phone"], 60).strip()

    @property
    def person(self) -> dict[str, str]:
        """The values of the person."""
        return {name: self.cleaned_data[name] for name in (*NAMES, "phone", "email")}


class TermForm(forms.Form):
    """Role, term and basis of an appointment."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    starts_on = DateField(label=_("First day"))
    ends_on = DateField(
        label=_("Last day"), required=False, help_text=_("Leave it empty if the term is open."), coming=True
    )
    basis = forms.CharField(
        label=_("Ground"), max_length=200, required=False, help_text=_("Minutes or order, its number and date.")
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role_field = self.fields["role"]
        role_field.choices = [(role.value, role.label.capitalize()) for role in roles]  # type: ignore[attr-defined]
        self.initial.setdefault("starts_on", timezone.localdate())

    def clean_basis(self) -> str:
        return clean(self.cleaned_data["basis"], 200).strip()

    @property
    def term(self) -> dict[str, Any]:
        """The values of the appointment."""
        return {name: self.cleaned_data[name] for name in ("role", "starts_on", "ends_on", "basis")}


class AccountForm(TermForm, PersonForm):
    """Creates an account with its first appointment."""

    namesake = forms.BooleanField(label=_("This is another person of the same name"), required=False)

    field_order = [*NAMES, "namesake", "role", "starts_on", "ends_on", "basis", "phone", "email"]


class AppointmentForm(TermForm):
    """Adds an appointment to an account."""


class EditAccountForm(PersonForm):
    """Edits names and contacts of an account."""

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(account, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class BlockForm(forms.Form):
    """Reason for blocking an account."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput({"class": "input-wide", "autocomplete": "off"}),
        help_text=_("Superiors read it; the holder does not see it."),
    )

    def clean_reason(self) -> str:
        return clean(self.cleaned_data["reason"], 300).strip()


class EndForm(forms.Form):
    """The last day of an appointment."""

    last_day = DateField(
        label=_("Last day"),
        help_text=_("On this day the person still has the rights. To stop them at once, block the account."),
    )

    def __init__(self, appointment: Appointment, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"last_day": appointment.ends_on or max(timezone.localdate(), appointment.starts_on)}
        super().__init__(*args, **kwargs)


class AccountFilterForm(forms.Form):
    """Search and filters of the list of accounts."""

    STATES = [
        ("", _("any")),
        ("never", _("never signed in")),
        ("expired", _("one-time password expired")),
        ("active", _("in use")),
        ("blocked", _("blocked")),
        ("refused", _("e-mail refused")),
    ]

    find = forms.CharField(
        label=_("Surname, login or organisation"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("any")), *[(role.value, role.label) for role in Role]], required=False
    )
    organization = forms.IntegerField(required=False, min_value=1, max_value=10**18, widget=forms.HiddenInput)


class OrganizationSearchForm(forms.Form):
    """Search for an organisation by name or code."""

    find = forms.CharField(
        label=_("Name, code or INN of the organisation"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("any")), *Level.choices], required=False)


class ChairForm(forms.Form):
    """One row of the page that creates accounts for many chairs; unticked rows are ignored."""

    chosen = forms.BooleanField(required=False)
    surname = NameField(label=_("Surname"), required=False)
    given_name = NameField(label=_("Given name"), required=False)
    patronymic = NameField(label=_("Patronymic"), required=False)

    def __init__(self, organization: Organization, data: Any = None) -> None:
        surname, given_name, patronymic = split_name(organization.chair_name)
        super().__init__(
            data,
            prefix=f"o{organization.pk}",
            initial={
                "surname": surname,
                "given_name": given_name,
                "patronymic": patronymic,
                "chosen": bool(given_name),
            },
        )
        self.organization = organization

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("chosen"):
            self.errors.clear()
            return self.cleaned_data
        for name in ("surname", "given_name"):
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("Fill it in or remove the tick."))
        return self.cleaned_data


class ChairsTermForm(forms.Form):
    """Values shared by the appointments of many chairs."""

    starts_on = DateField(label=_("First day"))
    basis = forms.CharField(
        label=_("Ground"), max_length=200, required=False, help_text=_("Minutes or order, its number and date.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", timezone.localdate())

    def clean_basis(self) -> str:
        return clean(self.cleaned_data["basis"], 200).strip()


def split_name(full_name: str) -> tuple[str, str, str]:
    """Split a full name into surname, given name and patronymic."""
    words = full_name.split()
    return (words[0] if words else "", words[1] if len(words) > 1 else "", " ".join(words[2:]))
