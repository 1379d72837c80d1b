"""Selection of the lines that the table of reports shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .exports import Part


class PartForm(forms.Form):
    """The part of the form's lines; the first one if the address has no valid one."""

    part = forms.ChoiceField(label=_("Lines of the report"), required=False)

    def __init__(self, parts: Sequence[Part], data: Mapping[str, Any]) -> None:
        self._parts = {one.key: one for one in parts}
        first = parts[0].key
        super().__init__({"part": data.get("part") if data.get("part") in self._parts else first})
        self.fields["part"].choices = [(one.key, one.title) for one in parts]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Part:
        return self._parts[self.data["part"]]
