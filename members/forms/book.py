"""Forms of the registration book and of marks on the card."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField

from ..enums import MarkKind
from ..rules.marks import FREE


class BookForm(forms.Form):
    """What of the book is shown."""

    q = forms.CharField(
        label=_("Surname"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    show = forms.ChoiceField(
        label=_("Lines"),
        required=False,
        choices=[("", _("all")), ("here", _("on account")), ("left", _("left"))],
    )


class DayForm(forms.Form):
    """A past day, or today."""

    day = DateField(label=_("Day"))

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day


class MarkForm(forms.Form):
    """A mark that needs no decision of a body (V-B13)."""

    kind = forms.ChoiceField(label=_("Mark"), widget=forms.RadioSelect)
    on = DateField(label=_("Date"))
    until = DateField(label=_("Until"), required=False, help_text=_("If the end of the trip or the studies is known."))
    text = forms.CharField(label=_("What it says"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.value, capfirst(str(k.label))) for k in FREE]  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())
        self.initial.setdefault("kind", MarkKind.TRIP)


class BackForm(forms.Form):
    """The day on which the member came back."""

    on = DateField(label=_("Back since"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())
