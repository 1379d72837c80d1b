"""Form of the settings of the exchange."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.widgets import RadioRow

from . import signing
from .enums import Channel
from .models import ExchangeSettings


class SettingsForm(forms.Form):
    """Address of the programme, and the secret that signs the messages."""

    channel = forms.ChoiceField(label=_("Exchange"), choices=Channel.choices, widget=RadioRow)
    address = forms.CharField(
        label=_("Address for messages"),
        max_length=300,
        required=False,
        help_text=_("The programme tells you this address. It begins with https://."),
        widget=forms.TextInput(attrs={"class": "input-wide", "inputmode": "url", "autocomplete": "off"}),
    )
    make_secret = forms.BooleanField(
        label=_("Make a new secret"),
        required=False,
        help_text=_(
            "It is shown once after saving; give it to the programme. The former secret stays valid for another week."
        ),
    )
    new_secret = forms.CharField(
        label=_("Secret from the programme"),
        max_length=100,
        required=False,
        help_text=_("If the programme has made one, paste it here. Leave it empty to keep the current one."),
        widget=forms.TextInput(attrs={"class": "input-wide", "autocomplete": "off", "spellcheck": "false"}),
    )
    signed_answers = forms.BooleanField(
        label=_("The programme signs its answers"),
        required=False,
        help_text=_("Tick this only if the programme confirms it: answers without a signature are then rejected."),
    )

    def __init__(self, *args: Any, exchange: ExchangeSettings | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = exchange or ExchangeSettings()
        self.initial = {name: getattr(known, name) for name in ("channel", "address", "signed_answers")}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["address"] = values.get("address", "").strip()
        values["new_secret"] = values.get("new_secret", "").strip()
        if values.pop("make_secret", False):
            if values["new_secret"]:
                self.add_error("new_secret", _("Either have a secret made, or enter one."))
            values["new_secret"] = signing.new_secret()
        return values
