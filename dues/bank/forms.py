"""Forms for bank statements and their lines (V-D4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from dues.ledger.queries.showing import name_of
from dues.payments.rules import Purpose
from members.people.models import Member
from registry.checks import MAX_UPLOAD_BYTES
from registry.widgets import SumField, UploadInput

from .enums import LineState
from .transitions.settling import Share


def _named(member: Member, note: str) -> str:
    """Return the member with their ticket and the evidence."""
    ticket = f"№ {member.ticket_number}" if member.ticket_number else ""
    return " · ".join(part for part in (member.full_name, ticket, note) if part)


class LoadForm(forms.Form):
    """A file with a bank statement."""

    file = forms.FileField(
        label=_("File of the client bank"),
        widget=UploadInput(accept=".txt"),
        help_text=_("In the client bank, choose to export the statement for 1C: the file is often named kl_to_1c.txt."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("The file is too large for a statement."))
        return file


class LinesFilterForm(forms.Form):
    """The state of the lines that are listed, and the statement they came with."""

    state = forms.ChoiceField(label=_("State"), choices=LineState.choices, required=False)
    statement = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ShareForm(forms.Form):
    """A part of a line for a member."""

    member = forms.TypedChoiceField(label=_("Who has paid"), coerce=int, widget=forms.RadioSelect)
    amount = SumField(label=_("Sum, roubles"))
    purpose = forms.ChoiceField(
        label=_("What for"),
        required=False,
        help_text=_("Unless you choose, debts are paid first, the oldest first, and the rest is an advance."),
    )

    def __init__(
        self, *args: Any, people: Sequence[tuple[Member, str]], offered: Sequence[Purpose], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = {purpose.key: purpose for purpose in offered}
        choices: dict[str, list[tuple[Any, Any]]] = {
            "member": [(member.pk, _named(member, note)) for member, note in people],
            "purpose": [
                ("", _("debts, then an advance")),
                *((key, name_of(purpose.fee, purpose.year)) for key, purpose in self.purposes.items()),
                (Fee.VOLUNTARY, Fee.VOLUNTARY.label),
            ],
        }
        for name, offered_choices in choices.items():
            self.fields[name].choices = offered_choices  # type: ignore[attr-defined]

    @property
    def share(self) -> Share:
        """The part, as the transition takes it."""
        data = self.cleaned_data
        purpose = self.purposes.get(data["purpose"])
        fee = str(purpose.fee) if purpose is not None else data["purpose"]
        return Share(data["member"], data["amount"], fee, purpose.year if purpose is not None else None)
