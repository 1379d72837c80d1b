"""The form of cash expense orders (V-D6)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField, SumField

from .transitions import Texts


class PayOutForm(forms.Form):
    """A sum paid out of the cash desk, and the texts of its order; its `key` ensures that it is paid once (N-D2)."""

    to_bank = forms.TypedChoiceField(
        label=_("Where the money goes"),
        coerce=lambda value: value == "bank",
        choices=[("bank", _("to the bank account of the organisation")), ("other", _("for another purpose"))],
        widget=forms.RadioSelect,
    )
    amount = SumField(label=_("Sum, roubles"))
    made_on = DateField(label=_("Date of the order"), past=True)
    paid_to = forms.CharField(
        label=_("Paid to"), max_length=200, help_text=_("Surname, name and patronymic in the dative case.")
    )
    ground = forms.CharField(
        label=_("Ground"), max_length=300, help_text=_("What the money is paid for, and who has decided it.")
    )
    enclosure = forms.CharField(
        label=_("Enclosure"),
        max_length=200,
        required=False,
        help_text=_("For the bank: its receipt with number and date."),
    )
    head_post = forms.CharField(label=_("Post of the head"), max_length=100, required=False)
    head = forms.CharField(label=_("Head of the organisation"), max_length=100, required=False)
    accountant = forms.CharField(label=_("Chief accountant"), max_length=100, required=False)
    cashier = forms.CharField(label=_("Cashier"), max_length=100, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, texts: Mapping[str, str], account_number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account_number = account_number
        self.initial = {"made_on": timezone.localdate(), "key": uuid.uuid4(), **texts, **self.initial}

    def clean_to_bank(self) -> bool:
        """Refuse the bank if the passport has no account."""
        if self.cleaned_data["to_bank"] and not self.account_number:
            message = _("Enter the settlement account into the passport of the organisation first.")
            raise forms.ValidationError(message)
        return bool(self.cleaned_data["to_bank"])

    @staticmethod
    def arguments(data: Mapping[str, Any], account_number: str) -> dict[str, Any]:
        """Return the arguments of the transition."""
        rest = dict(data)
        to_bank, own = rest.pop("to_bank"), {name: rest.pop(name) for name in ("amount", "made_on", "key")}
        return {**own, "texts": Texts(**rest), "account_number": account_number if to_bank else ""}
