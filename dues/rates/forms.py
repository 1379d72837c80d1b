"""Forms of rates and reductions."""

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


class _ReductionForm(forms.Form):
    """The fee, the reduced amount, the days and the paper of a reduction."""

    fee = forms.ChoiceField(label=_("Kind of dues"))
    percent = forms.IntegerField(
        label=_("Pays, per cent of the rate"),
        required=False,
        min_value=0,
        max_value=99,
        help_text=_("0 means exempt: nothing is paid."),
        widget=forms.TextInput(attrs={"class": "input-short", "inputmode": "numeric", "autocomplete": "off"}),
    )
    amount = SumField(label=_("Or pays, roubles"), required=False)
    valid_from = DateField(label=_("Valid from"))
    valid_until = DateField(label=_("Valid until"), required=False, help_text=_("Empty if the decision has no term."))
    paper = forms.CharField(
        label=_("Decision: body, number, date"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, fees: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labelled = [(fee, capfirst(str(Fee(fee).label))) for fee in fees]
        self.fields["fee"].choices = labelled  # type: ignore[attr-defined]


class CategoryReductionForm(_ReductionForm):
    """A reduction for a category of members."""

    category = forms.ChoiceField(label=_("Category of members"))
    field_order = ["category"]

    def __init__(self, *args: Any, categories: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]


class MemberReductionForm(_ReductionForm):
    """A reduction for one member."""


class EndReductionForm(forms.Form):
    """The last day of a reduction."""

    valid_until = DateField(label=_("Last day"), coming=True)
