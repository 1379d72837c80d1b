"""Forms for bank statements and their lines (V-D4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from dues.ledger.queries.showing import name_of_purpose
from dues.payments.rules import Purpose
from members.people.models import Member
from registry.checks import MAX_UPLOAD_BYTES
from registry.columns import ColumnsForm
from registry.spreadsheets.files import ACCEPTED
from registry.widgets import DateField, DigitsInput, SumField, UploadInput

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
        widget=UploadInput(accept=ACCEPTED),
        help_text=_(
            "Best is the export for 1C, often named kl_to_1c.txt. A table (.csv, .xlsx, .xls) is read too: you say "
            "once what its columns mean."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("The file is too large for a statement."))
        return file


#: Meaning of a column of a bank's table.
COLUMNS = {
    "day": _("day"),
    "number": _("payment order №"),
    "received": _("sum received"),
    "paid": _("sum paid"),
    "amount": _("sum, below zero if paid"),
    "sign": _("received or paid"),
    "name": _("payer or payee"),
    "inn": _("INN of the payer or payee"),
    "account": _("account of the payer or payee"),
    "payer": _("payer"),
    "payer_inn": _("INN of the payer"),
    "payer_account": _("account of the payer"),
    "payee": _("payee"),
    "payee_inn": _("INN of the payee"),
    "payee_account": _("account of the payee"),
    "purpose": _("purpose of the payment"),
    "own": _("account of our organisation"),
    "balance": _("balance after the payment"),
}


class StatementForm(ColumnsForm):
    """The meaning of the columns of a bank's table, and its account if the table does not name it."""

    account = forms.ChoiceField(label=_("Account of the statement"))

    def __init__(self, *args: Any, accounts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, meanings=COLUMNS, **kwargs)
        self.fields["account"].choices = [(account, account) for account in accounts]  # type: ignore[attr-defined]
        if len(accounts) == 1:
            self.fields["account"].required = False

    @property
    def account_field(self) -> forms.BoundField | None:
        """The field of the account, unless there is only one choice."""
        return self["account"] if self.fields["account"].required else None

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The fields of the columns, in order."""
        return [self[f"column_{at}"] for at in range(self.count)]


class AccountForm(forms.Form):
    """A settlement account of the organisation besides the one in its passport."""

    number = forms.CharField(label=_("Settlement account"), max_length=40, widget=DigitsInput(20))
    bik = forms.CharField(label=_("BIC"), max_length=20, widget=DigitsInput(9))
    bank = forms.CharField(label=_("Bank"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    since = DateField(label=_("Opened on"), past=True)


class EndAccountForm(forms.Form):
    """The last day of an account."""

    until = DateField(label=_("Account closed on"), past=True)


class LinesFilterForm(forms.Form):
    """The state of the listed lines, and their statement."""

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
                *((key, name_of_purpose(purpose)) for key, purpose in self.purposes.items()),
                (Fee.VOLUNTARY, Fee.VOLUNTARY.label),
            ],
        }
        for name, offered_choices in choices.items():
            self.fields[name].choices = offered_choices  # type: ignore[attr-defined]

    @property
    def share(self) -> Share:
        """The part, in the form for the transition."""
        data = self.cleaned_data
        purpose = self.purposes.get(data["purpose"])
        fee, year, contribution = purpose.what if purpose is not None else (data["purpose"], None, None)
        return Share(data["member"], data["amount"], fee, year, contribution)
