"""The HTML form for a new version of a paper's clauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.widgets import DateField

from .contents import facts_of
from .rules import MAX_CLAUSE

#: Clauses with fewer characters get a low field.
SHORT = 120


class FormTextForm(forms.Form):
    """One field for each clause of the charter's form, and the first day of the version."""

    valid_from = DateField(label=gettext_lazy("Valid from"), coming=True)

    def __init__(
        self,
        data: Any = None,
        *,
        own: Mapping[str, Mapping[str, str]],
        present: Mapping[str, str],
        valid_from: dt.date,
    ) -> None:
        super().__init__(data, initial={**present, "valid_from": valid_from})
        self.names = list(own)
        for name, clause in own.items():
            facts = " ".join(f"{{{fact}}}" for fact in facts_of(clause["text"]))
            rows = 2 if len(present[name]) < SHORT else 6
            self.fields[name] = forms.CharField(
                label=clause["label"], max_length=MAX_CLAUSE, widget=forms.Textarea({"rows": rows, "lang": "ru"}),
                help_text=_("Keep in the text: %(facts)s") % {"facts": facts} if facts else "",
            )  # fmt: skip
        self.order_fields([*self.names, "valid_from"])

    @property
    def clauses(self) -> dict[str, str]:
        """Return the entered clauses by name; line breaks become spaces."""
        return {name: " ".join(self.cleaned_data[name].split()) for name in self.names}
