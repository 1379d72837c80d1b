"""Forms of proposed changes and of the year-end reconciliation (V-B8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from members.people.forms.fields import build
from members.people.models import Member
from members.people.rules.fields import card_values
from registry.access import Actor
from registry.charters.base import Charter
from registry.widgets import RadioRow

from .enums import CheckResult
from .models import ChangeProposal, ReconciliationLine
from .rules import as_meant, proposable


class ProposeForm(forms.Form):
    """Card fields that the cell may propose to change, with their current values (V-B8)."""

    def __init__(self, member: Member, charter: Charter, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = proposable(charter, actor)
        current = card_values(member)
        for name in self.names:
            self.fields[name] = build(name, charter, [], current[name])
            self.initial.setdefault(name, current[name])
        self.fields["ground"] = forms.CharField(
            label=_("Ground"),
            required=False,
            max_length=200,
            help_text=_("For example: a certificate that was shown, or what the member said."),
        )

    @property
    def sections(self) -> list[forms.BoundField]:
        """Return the card fields, without the ground."""
        return [self[name] for name in self.names]

    @property
    def values(self) -> dict[str, Any]:
        """Return the changed values by field name."""
        return {name: self.cleaned_data[name] for name in self.names if name in self.changed_data}


class SettleForm(forms.Form):
    """The registrar's decision on one proposed change."""

    CHOICES = (("", _("leave for later")), ("accept", _("accept")), ("decline", _("decline")))

    word = forms.ChoiceField(choices=CHOICES, required=False, widget=RadioRow())
    answer = forms.CharField(label=_("Why it is declined"), required=False, max_length=300)

    def __init__(self, proposal: ChangeProposal, label: str, data: Any = None) -> None:
        super().__init__(data, prefix=f"p{proposal.pk}")
        self.proposal = proposal
        # The visible heading names the field; screen readers that read the group alone need it again.
        self.fields["word"].label = format_html('{}<span class="visually-hidden">: {}</span>', _("Decision"), label)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("word") == "decline" and not (cleaned.get("answer") or "").strip():
            self.add_error("answer", _("Write why the change is declined."))
        return cleaned


class CheckForm(forms.Form):
    """One person of the check-list: unchanged, no questionnaire, or new values (V-B8)."""

    result = forms.ChoiceField(
        label=_("Questionnaire"),
        required=False,
        choices=[
            ("", _("not checked")),
            (CheckResult.UNCHANGED.value, _("unchanged")),
            (CheckResult.CHANGED.value, _("changed")),
            (CheckResult.MISSING.value, _("no questionnaire on hand")),
        ],
    )
    ground = forms.CharField(label=_("Ground of the change"), required=False, max_length=200)

    def __init__(
        self,
        line: ReconciliationLine,
        current: Mapping[str, Any],
        names: Sequence[str],
        proposed: Mapping[str, ChangeProposal],
        charter: Charter,
        data: Any = None,
        *,
        closed: bool = False,
    ) -> None:
        super().__init__(data, prefix=f"m{line.member_id}")
        self.line, self.names, self.current = line, list(names), current
        self.initial["result"] = "" if line.result == CheckResult.UNCHECKED else line.result
        for name in self.names:
            asked = proposed.get(name)
            self.initial[name] = as_meant(asked.after) if asked is not None else current[name]
            self.fields[name] = build(name, charter, [], current[name], self.initial[name])
        self.initial["ground"] = next((proposal.ground for proposal in proposed.values()), "")
        for field in self.fields.values():
            field.disabled = closed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        differs = any(
            cleaned.get(name) != self.current[name] and (cleaned.get(name) or self.current[name])
            for name in self.names
            if name in cleaned
        )
        word = cleaned.get("result")
        if word == CheckResult.CHANGED and not differs and not self.errors:
            self.add_error("result", _("Nothing differs from the card. Enter the new value, or choose «unchanged»."))
        if word == CheckResult.MISSING and any(name in self.changed_data for name in self.names):
            self.add_error(
                "result", _("A new value is entered although there is no questionnaire. Keep one of the two.")
            )
        return cleaned

    @property
    def values(self) -> list[forms.BoundField]:
        """Return the bound fields that the check asks about."""
        return [self[name] for name in self.names]

    @property
    def answer(self) -> str | dict[str, Any] | None:
        """Return the result for the check-list: a state, the new values, or None if nothing was entered."""
        word = self.cleaned_data["result"]
        touched = [name for name in self.names if name in self.changed_data]
        if word == CheckResult.CHANGED or (touched and word != CheckResult.MISSING):
            return {name: self.cleaned_data[name] for name in (*self.names, "ground")}
        return word or None


class ReportForm(forms.Form):
    """The report of a cell, with the explanation of a difference."""

    note = forms.CharField(
        label=_("Note on a difference"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed if the number of questionnaires differs from the book."),
    )
