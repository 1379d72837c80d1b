"""Forms of employers and statements of deduction (U-D1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField, DigitsInput


def _line(length: int, **options: Any) -> forms.CharField:
    return forms.CharField(max_length=length, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)


class EmployerForm(forms.Form):
    """An employer and its accounts office."""

    name = _line(300, label=_("Name of the employer"), help_text=_("As in its papers: МБОУ «Гимназия № 2»."))
    addressee = _line(
        200,
        label=_("To whom statements are addressed"),
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
