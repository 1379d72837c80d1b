"""The form that asks officers of a superior organisation for their reason to open a card (N-S1)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..enums import OpeningReason


class OpeningForm(forms.Form):
    """The reason, and the page to continue to."""

    reason = forms.ChoiceField(label=_("Reason"), choices=OpeningReason.choices, widget=forms.RadioSelect())
    next = forms.CharField(required=False, widget=forms.HiddenInput())
