"""Forms for a payment, for the payments of many members, and for a reversal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dues.ledger.queries.showing import name_of_purpose, purpose_in_words
from members.people.models import Member
from members.people.search import QUERY_LENGTH
from registry.errors import RuleViolation
from registry.widgets import DateField, SumField

from .rules import Purpose

#: Maximum number of people whose payments are recorded at once.
MAX_COLLECTED = 100


class PaymentForm(forms.Form):
    """A payment; its `key` ensures that it is recorded once (N-D2)."""

    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)
    amount = SumField(label=_("Sum, roubles"))
    made_on = DateField(label=_("Date of payment"), past=True)
    paper = forms.CharField(
        label=_("Paper"),
        max_length=200,
        help_text=_("Register, receipt or payment order, with its number and date."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    #: Shown if the payment looks like a typing error.
    confirmed = forms.BooleanField(label=_("Everything is correct: record it"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Sequence[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = {purpose.key: purpose for purpose in offered}
        choices = [(key, purpose_in_words(purpose)) for key, purpose in self.purposes.items()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        first = offered[0] if offered else None
        self.initial.setdefault("key", uuid.uuid4())
        self.initial.setdefault("made_on", timezone.localdate())
        if first is not None and first.left:
            self.initial.setdefault("purpose", first.key)
            self.initial.setdefault("amount", first.next_sum)

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the transition."""
        data = self.cleaned_data
        purpose = self.purposes[data["purpose"]]
        return {
            "fee": purpose.fee,
            "year": purpose.year,
            "contribution": purpose.contribution,
            "amount": data["amount"],
            "made_on": data["made_on"],
            "paper": data["paper"],
            "key": str(data["key"]),
            "confirmed": data["confirmed"],
        }


@dataclass(frozen=True)
class Row:
    """A member in the list of possible payers, with the debt and the suggested sum."""

    member: Member
    owes: str
    suggested: Decimal | None
    chosen: bool
    #: The first row found by a search, which gets the focus.
    focused: bool = False

    @property
    def state(self) -> str:
        """The state attribute of the row's checkbox."""
        return "checked" if self.chosen else "autofocus" if self.focused else ""


class SearchForm(forms.Form):
    """The shown part of the members: by name or number, and by cell."""

    q = forms.CharField(
        label=_("Surname or ticket №"),
        max_length=QUERY_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    cell = forms.ChoiceField(label=capfirst(_("primary cell")), required=False)

    def __init__(self, *args: Any, cells: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not cells:
            del self.fields["cell"]
            return
        every = [("", _("any")), ("none", _("without a cell"))]
        self.fields["cell"].choices = [*every, *((str(pk), name) for pk, name in cells)]  # type: ignore[attr-defined]


class CollectForm(SearchForm):
    """Payments of many members for one purpose on one day; its `key` ensures that each is recorded once (N-D2).

    Fields of rows that are not ticked are not checked.
    """

    purpose = forms.ChoiceField(label=_("What for"))
    made_on = DateField(label=_("Date of payment"))
    paper = forms.CharField(
        label=_("Paper"),
        max_length=200,
        required=False,
        help_text=_("Register or payment order with its number and date; receipts are written beside the names."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    #: The choices for which the list and its sums were made.
    shown_for = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        offered: Sequence[Purpose],
        rows: Sequence[Row],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.list_rows = rows
        self.purposes = {purpose.key: purpose for purpose in offered}
        choices = [(key, name_of_purpose(purpose)) for key, purpose in self.purposes.items()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("key", uuid.uuid4())
        self.initial.setdefault("made_on", timezone.localdate())
        for row in rows:
            self._add_row(row)

    def _add_row(self, row: Row) -> None:
        pk, name = row.member.pk, {"name": row.member.full_name}
        amount = SumField(label=_("Sum paid by %(name)s") % name, required=row.chosen)
        amount.widget.attrs["data-row-sum"] = True
        # The form itself gives the error for all of its fields.
        del amount.widget.attrs["autocomplete"]
        paper = forms.CharField(
            label=_("Paper of %(name)s, if another one") % name,
            max_length=200,
            required=False,
            widget=forms.TextInput(attrs={"data-row-input": True}),
        )
        self.fields[f"sum_{pk}"], self.fields[f"paper_{pk}"] = amount, paper
        confirmed = forms.BooleanField(label=_("Everything is correct: record it"), required=False)
        self.fields[f"confirmed_{pk}"] = confirmed
        self.initial.setdefault(f"sum_{pk}", row.suggested)

    @property
    def chosen(self) -> list[Row]:
        return [row for row in self.list_rows if row.chosen]

    @property
    def table(self) -> list[tuple[Row, Any, Any, Any]]:
        """Rows with their fields; the last one confirms a payment that looks like a typing error, if needed."""
        shown = []
        for row in self.list_rows:
            amount, paper, confirmed = (self[f"{name}_{row.member.pk}"] for name in ("sum", "paper", "confirmed"))
            asked = bool(confirmed.errors or confirmed.value())
            shown.append((row, amount, paper, confirmed if asked else None))
        return shown

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for row in self.list_rows:
            if not row.chosen:
                for name in ("sum", "paper"):
                    self.errors.pop(f"{name}_{row.member.pk}", None)
        if not self.chosen:
            self.add_error(None, _("Nobody is selected. Tick the people first."))
        if len(self.chosen) > MAX_COLLECTED:
            message = _("At most %(count)s people can be recorded at once. Untick some of them.")
            self.add_error(None, message % {"count": MAX_COLLECTED})
        without = [row for row in self.chosen if not values.get(f"paper_{row.member.pk}", "").strip()]
        if without and "paper" not in self.errors and not values.get("paper", "").strip():
            self.add_error("paper", _("Name the paper: register, receipt or payment order."))
        return values

    def payments(self) -> list[dict[str, Any]]:
        """Return the payments of the ticked rows, each as arguments of `Paid`."""
        data = self.cleaned_data
        purpose = self.purposes[data["purpose"]]
        return [
            {
                "member_id": row.member.pk,
                "fee": purpose.fee,
                "year": purpose.year,
                "contribution": purpose.contribution,
                "amount": data[f"sum_{row.member.pk}"],
                "made_on": data["made_on"],
                "paper": data[f"paper_{row.member.pk}"].strip() or data["paper"],
                "key": str(data["key"]),
                "confirmed": data[f"confirmed_{row.member.pk}"],
            }
            for row in self.chosen
        ]

    def add_refusals(self, refused: Mapping[int, RuleViolation]) -> None:
        """Add the refusal of each row to its field; a refusal of the common day is added once."""
        said = {(violation.field, str(violation.message)) for violation in refused.values()}
        if len(said) == 1 and len(refused) == len(self.chosen):
            field, message = said.pop()
            if field == "made_on":
                self.add_error(field, message)
                return
        names = {"paper": "paper", "confirmed": "confirmed"}
        for pk, violation in refused.items():
            self.add_error(f"{names.get(violation.field, 'sum')}_{pk}", str(violation.message))


class ReasonForm(forms.Form):
    """The reason for an irreversible step; `help_text` is an example."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text
