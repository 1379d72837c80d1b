"""Forms of appointment orders, payment registers and cash receipt orders (V-D4 to V-D6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dues.ledger.queries.showing import name_of_purpose
from dues.payments.rules import Purpose
from registry.accounts.models import Account
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.widgets import DateField, SumField

from .models import CollectorOrder, RegisterLine


class AppointForm(forms.Form):
    """An order that appoints a collector."""

    number = forms.CharField(
        label=_("Order №"), max_length=20, widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"})
    )
    issued_on = DateField(label=_("Date of the order"), past=True)
    full_name = forms.CharField(
        label=_("Who collects: surname, name, patronymic"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    collector = forms.TypedChoiceField(
        label=_("Account in the registry"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Only if the collector enters the sums in the registry. Otherwise you enter them from the paper."),
    )
    cells = forms.TypedMultipleChoiceField(
        label=_("Cells"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none if the order is for the whole organisation."),
    )
    valid_until = DateField(label=_("Valid until"), required=False, help_text=_("Empty if the order has no term."))

    def __init__(self, *args: Any, accounts: Sequence[Account], cells: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("issued_on", timezone.localdate())
        choices: dict[str, list[tuple[Any, Any]]] = {
            "collector": [("", _("none")), *((account.pk, account.full_name) for account in accounts)],
            "cells": [(cell.pk, cell.short_name) for cell in cells],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if not cells:
            del self.fields["cells"]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the transition."""
        data = dict(self.cleaned_data)
        return {"collector_id": data.pop("collector"), "cells": data.pop("cells", ()), **data}


class EndForm(forms.Form):
    """The end of an appointment."""

    ended_on = DateField(label=_("Not in force from"), past=True)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as: another collector is appointed by order № 5."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OpenForm(forms.Form):
    """A new register: the collector's order, the cell, the kind of dues."""

    order = forms.TypedChoiceField(label=_("Collector"), coerce=int)
    cell = forms.TypedChoiceField(label=capfirst(_("primary cell")), coerce=int, empty_value=None, required=False)
    purpose = forms.ChoiceField(label=_("What for"))

    def __init__(
        self,
        *args: Any,
        orders: Sequence[CollectorOrder],
        cells: Sequence[Organization],
        offered: Sequence[Purpose],
        whole: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = {purpose.key: purpose for purpose in offered}
        every = [("", _("the whole organisation"))] if whole else []
        choices: dict[str, list[tuple[Any, Any]]] = {
            "order": [(order.pk, f"{order.full_name}, {order}") for order in orders],
            "cell": [*every, *((cell.pk, cell.short_name) for cell in cells)],
            "purpose": [(key, name_of_purpose(purpose)) for key, purpose in self.purposes.items()],
        }
        for name, offered_choices in choices.items():
            self.fields[name].choices = offered_choices  # type: ignore[attr-defined]
        if not cells:
            del self.fields["cell"]

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the transition."""
        purpose = self.purposes[self.cleaned_data["purpose"]]
        return {
            "cell_id": self.cleaned_data.get("cell"),
            "fee": purpose.fee,
            "year": purpose.year,
            "contribution_id": purpose.contribution,
        }


class LinesForm(forms.Form):
    """The sums and days of a register's lines; an empty sum means that nothing is paid yet."""

    #: Used for lines with a sum and without a day.
    day = DateField(label=_("Date of payment"), past=True)
    amount = SumField(label=_("Sum for all, roubles"), required=False)

    def __init__(self, *args: Any, lines: Sequence[RegisterLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.initial.setdefault("day", timezone.localdate())
        for line in lines:
            name = {"name": line.member.full_name if line.member is not None else line.full_name}
            amount = SumField(label=_("Sum paid by %(name)s") % name, required=False)
            day = DateField(label=_("Date of payment by %(name)s") % name, past=True, required=False)
            self.fields[f"sum_{line.pk}"], self.fields[f"day_{line.pk}"] = amount, day
            self.initial.setdefault(f"sum_{line.pk}", line.amount)
            self.initial.setdefault(f"day_{line.pk}", line.paid_on)

    @property
    def table(self) -> list[tuple[RegisterLine, Any, Any]]:
        """The lines with their fields."""
        return [(line, self[f"sum_{line.pk}"], self[f"day_{line.pk}"]) for line in self.lines]

    @property
    def sums(self) -> dict[int, tuple[Decimal | None, dt.date | None]]:
        """The argument of the transition."""
        data = self.cleaned_data
        return {line.pk: (data[f"sum_{line.pk}"], data[f"day_{line.pk}"] or data["day"]) for line in self.lines}

    def add_refusals(self, refused: Mapping[int, RuleViolation]) -> None:
        """Add the refusal of each line to its field."""
        for pk, violation in refused.items():
            name = "day" if violation.field in {"paid_on", "made_on"} else "sum"
            self.add_error(f"{name}_{pk}", str(violation.message))


class ReceiveForm(forms.Form):
    """The counted money of a register, and the texts of its cash receipt order."""

    amount = SumField(label=_("Sum counted, roubles"))
    note = forms.CharField(
        label=_("Why money is missing"),
        max_length=200,
        required=False,
        help_text=_("Only if less is counted than was to be handed in."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    made_on = DateField(label=_("Date of the order"), past=True)
    received_from = forms.CharField(
        label=_("Received from"), max_length=200, help_text=_("In the genitive case, as on the paper.")
    )
    ground = forms.CharField(label=_("Ground"), max_length=300)
    enclosure = forms.CharField(label=_("Enclosure"), max_length=200, required=False)
    accountant = forms.CharField(label=_("Chief accountant"), max_length=100, required=False)
    cashier = forms.CharField(label=_("Cashier"), max_length=100, required=False)

    def __init__(self, *args: Any, left: Decimal, texts: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"amount": left, "made_on": timezone.localdate(), **texts, **self.initial}
