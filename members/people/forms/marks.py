"""Forms of marks on the card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField

from ..enums import MarkKind
from ..rules.marks import FREE


class MarkForm(forms.Form):
    """A mark that needs no decision of a governing body (V-B13)."""

    kind = forms.ChoiceField(label=_("Mark"), widget=forms.RadioSelect)
    on = DateField(label=_("Date"), past=True)
    until = DateField(label=_("Until"), required=False, help_text=_("If the end of the trip or the studies is known."))
    text = forms.CharField(label=_("What it says"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.value, capfirst(str(k.label))) for k in FREE]  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())
        self.initial.setdefault("kind", MarkKind.TRIP)


class BackForm(forms.Form):
    """The day on which the member returned."""

    on = DateField(label=_("Returned on"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())
