"""Forms for a payment and its reversal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dues.ledger.queries.showing import purpose_in_words
from registry.widgets import DateField, SumField

from .rules import Purpose


class PaymentForm(forms.Form):
    """A payment; its `key` ensures that it is recorded once (N-D2)."""

    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)
    amount = SumField(label=_("Sum, roubles"))
    made_on = DateField(label=_("Date of payment"), past=True)
    paper = forms.CharField(
        label=_("Paper"),
        max_length=200,
        help_text=_("Register, receipt or payment order, with its number and date."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    #: Shown if the payment looks like a typing error.
    confirmed = forms.BooleanField(label=_("Everything is correct: record it"), required=False)
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
            "confirmed": data["confirmed"],
        }


class ReversalForm(forms.Form):
    """The reason for reversing a payment."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as: entered for another person by mistake."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
