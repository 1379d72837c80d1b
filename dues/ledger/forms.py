"""Forms for closing and reopening the books."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField


class CloseBooksForm(forms.Form):
    """The last day of the month to close."""

    until = DateField(label=_("Last day of the month"), past=True)


class ReopenBooksForm(forms.Form):
    """Reason for reopening the last closed month; the page was shown when the books were closed until this day."""

    until = DateField(widget=forms.HiddenInput)

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as: a payment register of this month was found."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
