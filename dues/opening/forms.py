"""Forms for the opening balances of many members, and for undoing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.people.models import Member
from registry.checks import MAX_UPLOAD_BYTES
from registry.errors import RuleViolation
from registry.spreadsheets.files import ACCEPTED, EMPTY, Unreadable
from registry.widgets import UploadInput


def _year(**kwargs: Any) -> forms.IntegerField:
    attrs = {"class": "input-short", "inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}
    messages = {"invalid": _("Enter a year of four digits.")}
    return forms.IntegerField(required=False, widget=forms.TextInput(attrs=attrs), error_messages=messages, **kwargs)


class PaperForm(forms.Form):
    """The former book or register from which balances are taken."""

    paper = forms.CharField(
        label=_("Former book"),
        max_length=200,
        help_text=_("Book or register that the balances are taken from, such as: register of dues for 2025."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OpeningListForm(forms.Form):
    """Upload of a list of opening balances."""

    file = forms.FileField(
        label=_("File with the list"),
        widget=UploadInput(accept=ACCEPTED),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) or .csv, up to 5,000 members."),
        error_messages={"empty": EMPTY},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(str(Unreadable("too_big")))
        return file


class OpeningsForm(PaperForm):
    """The last paid year of each member in the list; empty ones are left out."""

    year = _year(label=_("Year for all"))

    def __init__(self, *args: Any, members: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        for member in members:
            name = _("%(name)s: paid to year") % {"name": member.full_name}
            self.fields[f"year_{member.pk}"] = _year(label=name)

    @property
    def table(self) -> list[tuple[Member, Any]]:
        """The members with their fields."""
        return [(member, self[f"year_{member.pk}"]) for member in self.members]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not self.paid_to:
            self.add_error(None, _("No year is entered. Enter it beside those whose dues you know."))
        return values

    @property
    def paid_to(self) -> dict[int, int]:
        """Return the year entered for each member, by the member's id."""
        years = {member.pk: self.cleaned_data.get(f"year_{member.pk}") for member in self.members}
        return {pk: year for pk, year in years.items() if year is not None}

    def add_refusals(self, refused: Mapping[int, RuleViolation]) -> None:
        """Add the refusal of each member to the member's field."""
        for pk, violation in refused.items():
            self.add_error(f"year_{pk}", str(violation.message))
