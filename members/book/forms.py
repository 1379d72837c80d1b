"""Forms of the registration book."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField


class BookForm(forms.Form):
    """Filters of the registration book."""

    q = forms.CharField(
        label=_("Surname"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    show = forms.ChoiceField(
        label=_("Lines"),
        required=False,
        choices=[("", _("all")), ("here", _("registered")), ("left", _("left"))],
    )


class DayForm(forms.Form):
    """A past day, or today."""

    day = DateField(label=_("Day"))

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is in the future."))
        return day
