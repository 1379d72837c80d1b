"""Forms of leaving, transfers and arrivals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.book.enums import EndReason
from members.people.forms.fields import build
from members.people.models import Member
from members.people.rules.person import cells_of, usual_values
from registry.organizations.models import Organization
from registry.widgets import BirthDateField, DateField

from .enums import PaperCard

_PAPERS = (PaperCard.HANDED, PaperCard.MAILED, PaperCard.TAKEN, PaperCard.NONE)


class LeaveForm(forms.Form):
    """Reason and day of a deregistration, and the paper card (V-B10, V-B12, V-B14)."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    on = DateField(label=_("Last day of registration"), past=True)
    destination = forms.CharField(
        label=_("Where to"),
        required=False,
        max_length=300,
        help_text=_("Place or organisation, if known; it is shown in the registration book."),
    )
    paper = forms.CharField(
        label=_("Document it is based on"),
        required=False,
        max_length=200,
        help_text=_("For example: statement of 12.11.2026, or the death certificate with its number."),
    )
    paper_card = forms.ChoiceField(
        label=_("Paper card"),
        choices=[(value.value, capfirst(str(value.label))) for value in _PAPERS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Enter what became of the paper card.")},
    )
    mail_number = forms.CharField(
        label=_("№ of the registered letter"),
        required=False,
        max_length=30,
        help_text=_("Only if the card is sent by post: registered mail is the only way."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(key, capfirst(str(EndReason(key).label))) for key in self.reasons_for(member)]
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())
        self.initial.setdefault("version", member.version)

    @staticmethod
    def reasons_for(member: Member) -> list[str]:
        """Return the reasons of the charter; a blocked card goes to no other organisation (N-C1)."""
        reasons = member.organization.charter.end_reasons  # type: ignore[union-attr]
        return [key for key in reasons if key != EndReason.DEPARTURE or member.blocked_on is None]


class ArriveForm(forms.Form):
    """Ticket number and code of a card in transit (V-B9, V-B11)."""

    ticket_number = forms.CharField(
        label=_("Ticket №"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"class": "input-medium", "autocomplete": "off"}),
        help_text=_("As on the ticket, with its zeros. Leave empty if the member has no ticket."),
    )
    code = forms.CharField(
        label=_("Transfer code"),
        max_length=40,
        widget=forms.TextInput({"class": "input-medium", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Three groups of four characters; it is printed on the slip that belongs to the paper card."),
    )
    on = DateField(label=_("Registered since"), past=True)
    cell = forms.ChoiceField(label=_("Primary cell"), required=False)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())
        self.cells = {str(cell.pk): cell for cell in cells_of(organization)}
        if self.cells:
            named = [(pk, cell.short_name) for pk, cell in self.cells.items()]
            self.fields["cell"].choices = [("", _("without a cell")), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["cell"]
        add_workplace(self, organization)

    def clean_cell(self) -> Organization | None:
        return self.cells.get(self.cleaned_data["cell"])


def add_workplace(form: forms.Form, organization: Organization) -> None:
    """Ask for the new place of work or study if members belong by it; suggestions come from the passport (U-5)."""
    charter = organization.charter
    if charter.by_workplace:
        form.fields["workplace"] = build("workplace", charter, [])
        form.fields["workplace"].help_text = _("The former place does not stay on the card.")
        form.initial.setdefault("workplace", usual_values(organization)["workplace"])


class ConfirmForm(forms.Form):
    """Data entered by the receiving organisation when it agrees to a transfer (U-5)."""

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_workplace(self, organization)


class AskForm(forms.Form):
    """A member of another organisation, identified exactly as in the papers (U-5)."""

    surname = forms.CharField(label=_("Surname"), max_length=100)
    given_name = forms.CharField(label=_("Given name"), max_length=100)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=100, required=False)
    birth_date = BirthDateField(label=_("Date of birth"), past=True)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("For example: works in our school since 1 September."),
    )


class OfferForm(forms.Form):
    """The reason for a transfer to the selected organisation (U-5)."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)


class AnswerForm(forms.Form):
    """The reason for declining a request."""

    answer = forms.CharField(label=_("Reason for declining"), max_length=300, widget=forms.Textarea({"rows": 3}))


class DecisionForm(forms.Form):
    """The common superior's decision on an unanswered request (U-5)."""

    carry_out = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Carry out the transfer")), ("no", _("Decline it"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Reason"), required=False, max_length=300, help_text=_("Needed if it is declined.")
    )


class TargetSearchForm(forms.Form):
    """Search for the receiving organisation by name or code."""

    q = forms.CharField(
        label=_("Name or code of the receiving organisation"),
        required=False,
        max_length=200,
        min_length=2,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "class": "input-wide"}),
    )
