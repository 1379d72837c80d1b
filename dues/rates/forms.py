"""The form of a rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from registry.widgets import DateField, SumField


class RateForm(forms.Form):
    """A new rate with its first day and the paper that set it."""

    fee = forms.ChoiceField(label=_("Kind of dues"))
    amount = SumField(label=_("Amount"), help_text=_("In roubles; for a percentage of pay, in per cent."))
    valid_from = DateField(label=_("Valid from"))
    paper = forms.CharField(
        label=_("Document that sets the rate"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, fees: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labelled = [(fee, capfirst(str(Fee(fee).label))) for fee in fees]
        self.fields["fee"].choices = labelled  # type: ignore[attr-defined]
