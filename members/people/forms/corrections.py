"""The form for correcting values set on the card by a decision or a transfer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Member
from ..rules.decided import JOINING, MAX_LENGTH, REGISTERED, fixed_fields
from ..rules.fields import card_values
from .fields import YearOnly, build


class CorrectionForm(forms.Form):
    """The fixed fields with their present values, the reason and the paper (V-B1)."""

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fixed, before = fixed_fields(member), card_values(member)
        self.names = [name for name in (*JOINING, *REGISTERED) if name in fixed and name != "joined_year_only"]
        for name in self.names:
            self.fields[name] = build(name, member.federation.charter, [])
            value = before[name]
            year_only = name == "joined_on" and value is not None and before["joined_year_only"]
            self.initial[name] = YearOnly(value.year, 1, 1) if year_only else value
        self.fields["reason"] = forms.CharField(
            label=_("Reason of the correction"),
            max_length=MAX_LENGTH,
            help_text=_("What was entered wrongly, and why."),
        )
        self.fields["paper"] = forms.CharField(
            label=_("Paper"),
            max_length=MAX_LENGTH,
            help_text=_("By which paper the right value is known: the minutes with number and date, an extract."),
        )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=member.version)

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields of the card in the form for the transition."""
        found = {name: self.cleaned_data[name] for name in self.names}
        if "joined_on" in found:
            joined = found["joined_on"]
            found["joined_year_only"] = isinstance(joined, YearOnly)
            found["joined_on"] = joined and dt.date(joined.year, joined.month, joined.day)
        return found
