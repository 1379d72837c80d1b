"""Filters of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField

from .actions import KINDS, PARTS, kind_of, part_of

ANY = ("", _("any"))


class JournalForm(forms.Form):
    """Filters of the journal; the actions of a part of the registry are offered once the part is chosen."""

    part = forms.ChoiceField(
        label=_("Part of the registry"),
        required=False,
        widget=forms.Select(
            # With scripts the actions of the part appear at once.
            {
                "hx-post": reverse_lazy("organizations:journal"),
                "hx-include": "closest form",
                "hx-target": "closest form",
                "hx-swap": "outerHTML",
            }
        ),
    )
    action = forms.ChoiceField(label=_("Action"), required=False)
    kind = forms.ChoiceField(label=_("Reading and taking away"), required=False)
    person = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    since = DateField(label=_("Since the day"), required=False)
    until = DateField(label=_("Until the day"), required=False)

    def __init__(self, actions: Mapping[str, Any], query: QueryDict) -> None:
        """Offer the parts and names of the actions; an action in the query without its part selects the part."""
        action = query.get("action", "")
        part = query.get("part") or part_of(action)
        super().__init__(query.dict() | {"part": part, "action": action if part_of(action) == part else ""})
        used = {part_of(found) for found in actions}
        parts = [(key, name) for key, (name, _words) in PARTS.items() if key in used]
        self.fields["part"].choices = [ANY, *parts]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [ANY, *((key, name) for key, (name, _ends) in KINDS.items())]  # type: ignore[attr-defined]
        self.of_kind = {kind: [key for key in actions if kind_of(key) == kind] for kind in KINDS}
        self.of_part = {key: capfirst(str(label)) for key, label in actions.items() if part_of(key) == part}
        named = sorted(self.of_part.items(), key=lambda item: item[1])
        self.fields["action"].choices = [ANY, *named]  # type: ignore[attr-defined]
