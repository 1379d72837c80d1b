"""The HTML form for a new version of a paper's clauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField

from .rules import MAX_CLAUSE


class FormTextForm(forms.Form):
    """One field for each clause of the form, and the first day of the version."""

    valid_from = DateField(label=_("Valid from"), coming=True)

    def __init__(
        self, data: Any = None, *, labels: Mapping[str, str], present: Mapping[str, str], valid_from: dt.date
    ) -> None:
        super().__init__(data, initial={**present, "valid_from": valid_from})
        self.names = list(labels)
        for name, label in labels.items():
            self.fields[name] = forms.CharField(
                label=label, max_length=MAX_CLAUSE, widget=forms.Textarea({"rows": 6, "lang": "ru"})
            )
        self.order_fields([*self.names, "valid_from"])

    @property
    def clauses(self) -> dict[str, str]:
        """Return the entered clauses by name; line breaks become spaces."""
        return {name: " ".join(self.cleaned_data[name].split()) for name in self.names}
