"""Forms of employers, statements of deduction and payroll lists (U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dues.bank.models import BankLine
from dues.money import roubles
from registry.checks import MAX_UPLOAD_BYTES
from registry.spreadsheets.files import ACCEPTED, EMPTY, Unreadable
from registry.widgets import DateField, DigitsInput, SumField, UploadInput

from .models import Employer


def _line(length: int, **options: Any) -> forms.CharField:
    return forms.CharField(max_length=length, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)


class EmployerForm(forms.Form):
    """An employer and its accounts office."""

    name = _line(300, label=_("Name of the employer"), help_text=_("As in its papers: МБОУ «Гимназия № 2»."))
    addressee = _line(
        200,
        label=_("Addressee of statements"),
        required=False,
        help_text=_("In the dative case, as on the paper: Директору Сидоровой А. П."),
    )
    inn = forms.CharField(
        label=_("INN"), max_length=20, required=False, help_text=_("10 digits; 12 for an entrepreneur."),
        widget=DigitsInput(12),
    )  # fmt: skip
    address = _line(300, label=_("Address"), required=False)
    contact = _line(
        200,
        label=_("Contact of the accounts office"),
        required=False,
        help_text=_("Who makes the lists: name, telephone, e-mail."),
    )


class StatementsForm(forms.Form):
    """The terms of statements of deduction that are prepared together."""

    # The percent sign is not a placeholder: xgettext:no-python-format
    percent = forms.DecimalField(
        label=_("Dues, % of pay"), max_digits=4, decimal_places=2, localize=True, min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs={"class": "input-short", "inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    begins_on = DateField(label=_("Deducted from"))
    ends_on = DateField(label=_("Deducted until"), required=False, help_text=_("Empty until the member withdraws it."))

    def __init__(self, *args: Any, percent: Decimal | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"percent": percent, "begins_on": timezone.localdate().replace(day=1), **self.initial}


class HandOverForm(forms.Form):
    """The day on which the employer got the statements."""

    handed_over_on = DateField(label=_("Handed over on"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("handed_over_on", timezone.localdate())


class EndDeductionForm(forms.Form):
    """The last day of a deduction."""

    ends_on = DateField(label=_("Last day of the deduction"))


class LoadForm(forms.Form):
    """The file with an employer's list, and its month."""

    employer = forms.TypedChoiceField(label=_("Employer"), coerce=int)
    month = forms.ChoiceField(label=_("Month of the list"))
    file = forms.FileField(
        label=_("File of the accounts office"),
        help_text=_("Any workbook or CSV with the names and the sums; up to 10 MB."),
        widget=UploadInput(accept=ACCEPTED),
        error_messages={"required": _("Choose the file."), "empty": EMPTY},
    )

    def __init__(self, *args: Any, employers: Sequence[Employer], months: Sequence[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "employer": [(employer.pk, employer.name) for employer in employers],
            "month": [(month.isoformat(), date_format(month, "F Y")) for month in months],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(Unreadable("too_big").message)
        return file

    @property
    def values(self) -> dict[str, Any]:
        """The arguments for reading the file."""
        data = self.cleaned_data
        month = dt.date.fromisoformat(data["month"])
        return {"data": data["file"].read(), "employer_id": data["employer"], "month": month}


#: The meaning of a column.
COLUMNS = {
    "name": _("surname, name, patronymic"),
    "number": _("employee №"),
    "amount": _("sum deducted"),
    "base": _("pay"),
    "percent": _("percentage"),
    "department": _("department"),
}


class UntilForm(forms.Form):
    """The last month for which the next reasons hold."""

    until = DateField(
        label=_("Reasons hold until"), required=False, help_text=_("Empty if for the month of the list alone.")
    )


class PostForm(forms.Form):
    """The payments of the employer for the list: lines of bank statements, or otherwise a payment order."""

    lines = forms.TypedMultipleChoiceField(
        label=_("Payments of the bank statement"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    paper = _line(40, label=_("Payment order №"))
    paid_on = DateField(label=_("Date of payment"), past=True)
    paid = SumField(label=_("Sum paid, roubles"))
    note = _line(
        200,
        label=_("Why money stays not identified"),
        required=False,
        help_text=_("Only if the list, its lines and the payment differ, or a person of the list is not known."),
    )

    def __init__(self, *args: Any, total: Decimal, offered: Sequence[BankLine] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offered is None:
            del self.fields["lines"]
            self.initial = {"paid_on": timezone.localdate(), "paid": total, **self.initial}
            return
        for name in ("paper", "paid_on", "paid"):
            del self.fields[name]
        choices = [(line.pk, f"{line}, {roubles(line.left)}, {line.other_name}") for line in offered]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]
        same = [line.pk for line in offered if line.left == total]
        self.initial = {"lines": same[:1], **self.initial}
