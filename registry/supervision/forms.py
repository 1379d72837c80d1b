"""Filters of the overview and of the queue of decisions (N-S1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from registry.organizations.forms.tree import ANY, QUERY_LENGTH
from registry.organizations.models import Organization
from registry.organizations.rules import tree as rules
from registry.tasks import Matters
from registry.text import search_terms

from .queries.overview import Row

#: Choices of «only», and the figure that is not zero in the remaining rows.
ONLY = {
    "overdue": (_("with overdue tasks"), "tasks_overdue"),
    "vacant": (_("without a chair"), "without_chair"),
    "away": (_("chair has not signed in for 30 days"), "chair_away"),
    "silent": (_("no reconciliation sent"), "reconciliation_due"),
}


class FilterForm(forms.Form):
    """Filters of the rows by name, level and duties; an invalid filter leaves no rows."""

    q = forms.CharField(
        label=_("Name, code or INN"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    level = forms.ChoiceField(label=_("Level"), required=False)
    only = forms.ChoiceField(label=_("Only organisations"), required=False)

    def __init__(self, at: Organization, query: QueryDict) -> None:
        super().__init__(query)
        charter = at.charter
        levels = [(level.value, capfirst(str(charter.levels[level]))) for level in rules.levels_below(at)]
        only = [(key, label) for key, (label, _name) in ONLY.items() if key != "silent" or charter.cell is not None]
        self.choices: dict[str, list[tuple[str, Any]]] = {"level": [ANY, *levels], "only": [ANY, *only]}
        for name, choices in self.choices.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.full_clean()
        self.asked = {name: self.data.get(name, "") for name in self.fields if self.data.get(name, "").strip()}

    def kept(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that pass the filters; all of them without filters."""
        if not self.asked:
            return list(rows)
        if self.errors:
            return []
        return [row for row in rows if not row.own_only and self._fits(row)]

    def notes(self) -> list[str]:
        """Return each filter in words for a paper, in Russian."""
        if self.errors:
            return []
        with override("ru"):
            return [
                f"{field.label}: {dict(self.choices.get(name, [])).get(value, value)}"
                for name, field in self.fields.items()
                if (value := self.cleaned_data[name])
            ]

    def _fits(self, row: Row) -> bool:
        asked, place = self.cleaned_data, row.organization
        if asked["level"] and place.level != asked["level"]:
            return False
        if asked["only"] and not row.sums[ONLY[asked["only"]][1]]:
            return False
        return all(any(f" {text}" in place.search_key for text in word) for word in search_terms(asked["q"]))


class QueueForm(forms.Form):
    """Filters of the queue by kind and organisation; an invalid filter leaves nothing."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    q = forms.CharField(
        label=_("Name, code or INN of the organisation"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, kinds: Sequence[Matters], query: QueryDict) -> None:
        super().__init__(query)
        self.kinds = kinds
        self.fields["kind"].choices = [ANY, *((kind.key, kind.label) for kind in kinds)]  # type: ignore[attr-defined]
        self.full_clean()
        self.asked = {name: self.data.get(name, "") for name in self.fields if self.data.get(name, "").strip()}

    def chosen(self) -> list[Matters]:
        """Return the kinds that pass the filter."""
        if self.errors:
            return []
        return [kind for kind in self.kinds if self.cleaned_data["kind"] in {"", kind.key}]

    def place_of(self, kind: Matters) -> Q:
        """Return a condition on the rows of a kind for the words of their organisation."""
        key = f"{kind.place}__search_key__contains"
        found = Q()
        for word in search_terms(self.cleaned_data["q"]):
            found &= Q(*(Q(**{key: f" {text}"}) for text in word), _connector=Q.OR)
        return found


def total_of(rows: Sequence[Row]) -> Mapping[str, Any]:
    """Return the sum of each figure of the rows."""
    names = {name for row in rows for name in row.sums}
    return {name: reduce(add, (row.sums[name] for row in rows)) for name in names}
