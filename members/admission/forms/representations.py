"""The form of a represented person: their questionnaire, the mandate, the consent (V-A1, V-A4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from members.people.forms.cards import ROW_OF, Part, Row
from members.people.forms.fields import build
from members.people.queries.showing import in_words
from members.people.rules.fields import NAMES
from members.people.rules.person import person_violations
from registry.charters.base import Charter, Section
from registry.text import proper_case
from registry.widgets import DateField

from ..enums import MandateKind
from ..models import Representation
from ..rules.representations import ADDRESS, MANDATE, fields_of_ward, sections_of_ward, values_of_ward

_MANDATE = Section("mandate", _("Mandate and consent"), MANDATE)
_NEEDED = ("surname", "given_name", "birth_date")
_GROUPED = {"snils", "phone_mobile", "phone_home"}
_PAIRS = (
    ("mandate_kind", "mandate_number"),
    ("mandate_issued_on", "mandate_until"),
    ("mandate_issued_by",),
    ("consent_signed_on",),
)


class WardForm(forms.Form):
    """All fields of the person's questionnaire by the charter's sections; only name and birth date are required."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    same_address = forms.BooleanField(label=_("The address is that of the representative"), required=False)

    def __init__(
        self,
        *args: Any,
        charter: Charter,
        ward: Representation | None = None,
        address: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.charter = charter
        self.address = {name: address.get(name) for name in ADDRESS if name in fields_of_ward(charter)}
        if any(self.address.values()):
            self.fields["same_address"].help_text = ", ".join(str(part) for part in self.address.values() if part)
        else:
            del self.fields["same_address"]
        for name in fields_of_ward(charter):
            self.fields[name] = build(name, charter, [])
        kinds = [("", _("— not chosen —")), *MandateKind.choices]
        self.fields["mandate_kind"] = forms.ChoiceField(label=_("Paper of the mandate"), required=False, choices=kinds)
        self.fields["mandate_number"] = forms.CharField(label=_("№ of the paper"), required=False, max_length=300)
        self.fields["mandate_issued_on"] = DateField(label=_("Issued on"), past=True, required=False)
        self.fields["mandate_issued_by"] = forms.CharField(label=_("Issued by"), required=False, max_length=300)
        self.fields["mandate_until"] = DateField(
            label=_("Mandate valid until"),
            coming=True,
            required=False,
            help_text=_("Leave it empty if the paper has no last day."),
        )
        self.fields["consent_signed_on"] = DateField(
            label=_("Consent signed on"),
            past=True,
            required=False,
            help_text=_("The consent in the name of the represented person, signed by the representative."),
        )
        for name in _NEEDED:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _("Fill it in.")
        if ward is not None:
            self.fields["version"].initial = ward.version
            for name, value in values_of_ward(ward, charter).items():
                grouped = in_words(name, value, charter) if value and name in _GROUPED else value
                self.initial.setdefault(name, grouped)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("same_address"):
            self.cleaned_data |= self.address
            for name in self.address:
                self.errors.pop(name, None)
        for name in NAMES:
            if self.cleaned_data.get(name):
                self.cleaned_data[name] = proper_case(self.cleaned_data[name].strip())
        own = {n: self.cleaned_data.get(n) for n in fields_of_ward(self.charter)}
        done, wrong = person_violations(own, self.charter, timezone.localdate(), joins=False)
        for violation in wrong:
            if violation.field not in self.errors and not (violation.field in NAMES and not own.get(violation.field)):
                self.add_error(violation.field if violation.field in self.fields else None, str(violation.message))
        self.cleaned_data |= {n: v for n, v in done.items() if n in self.cleaned_data}
        return self.cleaned_data

    def submitted(self) -> dict[str, Any]:
        """Return the values for the transition."""
        return {n: v for n, v in self.cleaned_data.items() if n not in {"version", "same_address"}}

    @cached_property
    def parts(self) -> list[Part]:
        """Return the mandate, then the sections of the questionnaire."""
        found = [Part(_MANDATE, [Row([self[n] for n in row]) for row in _PAIRS])]
        for section in sections_of_ward(self.charter):
            names = [n for n in section.fields if n in self.fields]
            rows, done = [], set[str]()
            for name in names:
                if name not in done:
                    row = [n for n in ROW_OF.get(name, (name,)) if n in names]
                    done |= set(row)
                    if "same_address" in self.fields and ADDRESS[0] in row:
                        rows.append(Row([self["same_address"]]))
                    rows.append(Row([self[n] for n in row]))
            if rows:
                found.append(Part(section, rows))
        return found


class EndForm(forms.Form):
    """The end of a mandate."""

    on = DateField(label=_("Ended on"), past=True, initial=timezone.localdate)
    note = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("For example: came of age; the guardianship was lifted.")
    )
