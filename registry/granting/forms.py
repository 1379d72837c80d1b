"""Forms for administrators' requests."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.text import clean


class RefuseForm(forms.Form):
    """The reason for refusing an administrator's request."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput({"class": "input-wide", "autocomplete": "off"}),
        help_text=_("The administrator reads it."),
    )

    def clean_reason(self) -> str:
        return clean(self.cleaned_data["reason"], 300).strip()
