"""Forms of distribution: decisions, periods, money passed on, acts (V-D7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.organizations.models import Organization
from registry.widgets import PERCENT, DateField, SumField

from .enums import Source

#: Number of the organisation's own purposes that can be entered.
OWN_SHARES = 3
_PERCENT_ERRORS = {"invalid": _("Enter a percent, such as 30 or 12,5."), "min_value": _("Enter a percent above zero.")}


class DecisionForm(forms.Form):
    """A decision, with a percentage for each purpose of the organisation and for each superior."""

    body = forms.CharField(label=_("Body that has decided"), max_length=150)
    number = forms.CharField(
        label=_("Minutes №"), max_length=20, widget=forms.TextInput(attrs={"class": "input-short"})
    )
    decided_on = DateField(label=_("Date of the decision"), past=True)
    valid_from = DateField(label=_("Valid from"), help_text=_("What is received from this day on is shared so."))

    def __init__(
        self, *args: Any, organization: Organization, superiors: Sequence[Organization], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organization, self.superiors = organization, superiors
        for at in range(1, OWN_SHARES + 1):
            self.fields[f"purpose_{at}"] = forms.CharField(
                label=_("Purpose %(number)s of your organisation") % {"number": at}, max_length=150, required=at == 1
            )
            self.fields[f"own_{at}"] = self._percent(_("Percent for purpose %(number)s") % {"number": at}, at == 1)
        for superior in superiors:
            label = _("Percent for %(name)s") % {"name": superior.short_name}
            self.fields[f"to_{superior.pk}"] = self._percent(label, required=False)
        self.initial = {"purpose_1": _("Statutory activity"), **self.initial}

    @staticmethod
    def _percent(label: Any, required: bool) -> SumField:
        return SumField(label=label, required=required, error_messages=_PERCENT_ERRORS, unit=PERCENT)

    def clean(self) -> dict[str, Any]:
        """Refuse a purpose without a percentage, and a percentage without a purpose."""
        data = super().clean() or {}
        for at in range(2, OWN_SHARES + 1):
            purpose, percent = data.get(f"purpose_{at}", ""), data.get(f"own_{at}")
            if purpose and percent is None and f"own_{at}" not in self.errors:
                self.add_error(f"own_{at}", _("Enter the percent for this purpose."))
            if percent is not None and not purpose:
                self.add_error(f"purpose_{at}", _("Enter the purpose."))
        return data

    @property
    def shares(self) -> list[tuple[int, str, Decimal]]:
        """The shares with a percentage, the organisation's own first."""
        data = self.cleaned_data
        own = [(self.organization.pk, data[f"purpose_{at}"], data[f"own_{at}"]) for at in range(1, OWN_SHARES + 1)]
        others = [(superior.pk, "", data[f"to_{superior.pk}"]) for superior in self.superiors]
        return [share for share in (*own, *others) if share[2] is not None]


class DistributeForm(forms.Form):
    """The last day of the period that is distributed."""

    last = DateField(label=_("Distribute what was received until"), past=True)
    made_on = DateField(label=_("Date of the distribution"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.initial = {"last": today.replace(day=1) - dt.timedelta(days=1), "made_on": today, **self.initial}


class PassOnForm(forms.Form):
    """Money that is passed on, and its paper; its `key` ensures that it is recorded once (N-D2)."""

    amount = SumField(label=_("Sum, roubles"))
    made_on = DateField(label=_("Date"), past=True)
    source = forms.ChoiceField(label=_("Paid from"), choices=Source.choices, widget=forms.RadioSelect)
    paper = forms.CharField(
        label=_("Paper"), max_length=150, help_text=_("Such as: payment order № 15. Its date is added.")
    )
    paid_to = forms.CharField(
        label=_("Paid to"),
        max_length=200,
        required=False,
        help_text=_("Only for the cash desk: who takes the money, in the dative case."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, owed: Decimal, has_cash_desk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {"amount": owed, "made_on": timezone.localdate(), "source": Source.BANK, "key": uuid.uuid4()}
        self.initial = {**own, **self.initial}
        if not has_cash_desk:
            self.fields["source"].choices = SOURCES_OF_RECEIVER  # type: ignore[attr-defined]
            del self.fields["paid_to"]


#: Where the receiver gets the money.
SOURCES_OF_RECEIVER = [choice for choice in Source.choices if choice[0] != Source.CASH]


class ConfirmForm(forms.Form):
    """The day and the place where the money was received."""

    received_on = DateField(label=_("Received on"), past=True)
    source = forms.ChoiceField(label=_("Where it came"), choices=SOURCES_OF_RECEIVER, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"received_on": timezone.localdate(), "source": Source.BANK, **self.initial}


class ActForm(forms.Form):
    """The period of an act of reconciliation."""

    first = DateField(label=_("First day of the period"), past=True)
    last = DateField(label=_("Last day of the period"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.initial = {"first": today.replace(month=1, day=1), "last": today, **self.initial}


class AnswerForm(forms.Form):
    """The confirmation of an act, with its differences if there are any."""

    differences = forms.CharField(
        label=_("Differences"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Leave this empty if your books say the same."),
    )
