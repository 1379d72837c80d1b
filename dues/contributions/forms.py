"""Forms for property contributions (V-D2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.meetings.models import AgendaItem
from registry.widgets import DateField, SumField

from .enums import DecidedBy
from .rules import Term

#: Number of terms that the form has room for.
TERMS = 6


class ContributionForm(forms.Form):
    """The decision on a contribution, and its terms; for an agenda item the decision is known."""

    title = forms.CharField(
        label=_("What it is for"),
        max_length=120,
        help_text=_("In a few words: receipts and registers name it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    spending = forms.CharField(
        label=_("Order of spending"),
        max_length=500,
        help_text=_("As the decision says: on what, by whose decision, until when."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.ChoiceField(label=_("Decided by"), choices=DecidedBy.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Decision №"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    decided_on = DateField(label=_("Date of the decision"), past=True)

    def __init__(self, *args: Any, item: AgendaItem | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        if item is not None:
            for name in ("body", "number", "decided_on"):
                del self.fields[name]
            self.initial.setdefault("amount_1", item.amount)
            self.initial.setdefault("due_1", item.due_on)
        for at in range(1, TERMS + 1):
            needed = at == 1
            due = DateField(label=_("Term %(n)s: due by") % {"n": at}, coming=True, required=needed)
            amount = SumField(label=_("Term %(n)s: sum, roubles") % {"n": at}, required=needed)
            self.fields[f"due_{at}"], self.fields[f"amount_{at}"] = due, amount

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of the terms."""
        return [(self[f"due_{at}"], self[f"amount_{at}"]) for at in range(1, TERMS + 1)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for at in range(2, TERMS + 1):
            due, amount = values.get(f"due_{at}"), values.get(f"amount_{at}")
            if due and amount is None and f"amount_{at}" not in self.errors:
                self.add_error(f"amount_{at}", _("Enter the sum of this term."))
            if amount is not None and not due and f"due_{at}" not in self.errors:
                self.add_error(f"due_{at}", _("Enter the day by which this sum is due."))
        return values

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the transition."""
        data = self.cleaned_data
        terms = [Term(data[f"due_{at}"], data[f"amount_{at}"]) for at in range(1, TERMS + 1) if data.get(f"due_{at}")]
        named: dict[str, Any] = {
            name: data[name] for name in ("title", "spending", "body", "number", "decided_on") if name in data
        }
        return {**named, "terms": terms, "item_id": self.item.pk if self.item is not None else None}
