"""Forms of dues: a payment, its reversal, a rate."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField

from .enums import Fee
from .rules.payments import MOST, Purpose
from .rules.showing import purpose_in_words

_ERRORS = {
    "invalid": _("Enter the sum in figures, such as 50 or 50,00."),
    "min_value": _("Enter the sum in roubles and kopecks, more than nothing."),
    "max_value": _("The sum is too large. Check it."),
    "max_decimal_places": _("Enter the sum in roubles and kopecks, more than nothing."),
}


class SumField(forms.DecimalField):
    """Roubles and kopecks; the comma and the point are one sign here, spaces between thousands do no harm."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "input-short", "inputmode": "decimal", "autocomplete": "off", "maxlength": "14"}
        kwargs.setdefault("error_messages", _ERRORS)
        super().__init__(
            min_value=Decimal("0.01"), max_value=MOST, decimal_places=2, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = "".join(value.split()).removesuffix("₽").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value


class PaymentForm(forms.Form):
    """What was paid, how much, when, by which paper; `key` makes the form one that is recorded once (N-D2)."""

    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)
    amount = SumField(label=_("Sum, roubles"))
    made_on = DateField(label=_("Date of payment"))
    paper = forms.CharField(
        label=_("Paper"),
        max_length=200,
        help_text=_("Register, receipt or payment order, with its number and date."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Sequence[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = {purpose.key: purpose for purpose in offered}
        choices = [(key, purpose_in_words(purpose)) for key, purpose in self.purposes.items()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        first = offered[0] if offered else None
        self.initial.setdefault("key", uuid.uuid4())
        self.initial.setdefault("made_on", timezone.localdate())
        if first is not None and first.left:
            self.initial.setdefault("purpose", first.key)
            self.initial.setdefault("amount", first.left)

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the transition."""
        data = self.cleaned_data
        purpose = self.purposes[data["purpose"]]
        return {
            "fee": purpose.fee,
            "year": purpose.year,
            "amount": data["amount"],
            "made_on": data["made_on"],
            "paper": data["paper"],
            "key": str(data["key"]),
        }


class ReversalForm(forms.Form):
    """Why a recorded payment is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as: entered for another person by mistake."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RateForm(forms.Form):
    """A new rate from a day on, and the paper that set it."""

    fee = forms.ChoiceField(label=_("Kind of dues"))
    amount = SumField(label=_("Amount"), help_text=_("Roubles; of the percent of pay, per cent."))
    valid_from = DateField(label=_("Valid from"))
    paper = forms.CharField(
        label=_("Paper that set it"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, fees: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labelled = [(fee, capfirst(str(Fee(fee).label))) for fee in fees]
        self.fields["fee"].choices = labelled  # type: ignore[attr-defined]
