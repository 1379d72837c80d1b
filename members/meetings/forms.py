"""Forms of meetings, decisions and appeals: parsing and choices without rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.admission.enums import NoticeWay
from members.admission.models import Application
from members.people.models import CardMark
from registry.days import day_text
from registry.organizations.models import GoverningBody, Organization
from registry.widgets import DateField, SumField

from .enums import ExclusionReason, ItemKind, MeetingFormat, TicketReason
from .models import AgendaItem, Meeting
from .rules import ABOUT_A_MEMBER, FROM_ELSEWHERE, is_late_appeal, seats_on

#: Maximum number of applicants listed beside a checkbox.
_MAX_NAMED = 5


def _choices(choices: Any) -> list[tuple[str, str]]:
    return [(key, str(capfirst(str(label)))) for key, label in choices]


class PlanForm(forms.Form):
    """Body, date, time, place and format of a meeting."""

    body = forms.TypedChoiceField(label=_("Governing body"), coerce=int)
    held_on = DateField(label=_("Date"))
    starts_at = forms.TimeField(
        label=_("Time"), input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input-short", "placeholder": _("HH:MM")}),
        error_messages={"invalid": _("Enter the time as hours and minutes: 15:30.")},
    )  # fmt: skip
    place = forms.CharField(label=_("Place"), max_length=300)
    format = forms.ChoiceField(label=_("Form of the meeting"))

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = GoverningBody.objects.filter(organization=organization)
        self.fields["body"].choices = [(body.pk, body.name) for body in bodies]  # type: ignore[attr-defined]
        self.fields["format"].choices = _choices(MeetingFormat.choices)  # type: ignore[attr-defined]
        self.fields["place"].initial = organization.postal_address


class AttendanceForm(forms.Form):
    """Members present, chair and secretary of a meeting."""

    seats = forms.TypedMultipleChoiceField(
        label=_("Were present"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    chaired_by = forms.CharField(label=_("Chaired by"), max_length=200)
    secretary = forms.CharField(label=_("Secretary"), max_length=200, required=False)
    guests = forms.CharField(label=_("Invited"), max_length=500, required=False)

    def __init__(self, meeting: Meeting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = seats_on(meeting.body, meeting.held_on)
        self.fields["seats"].choices = [  # type: ignore[attr-defined]
            (seat.pk, f"{seat.full_name}, {seat.duty}" if seat.duty else seat.full_name) for seat in seats
        ]


class AdmitForm(forms.Form):
    """The admission of one person with its meeting: by default everybody was present and in favour.

    How the applicant learned of the meeting has to be entered: present, notified or not notified (V-A5).
    """

    body = forms.TypedChoiceField(label=_("Governing body"), coerce=int)
    held_on = DateField(label=_("Date"))
    starts_at = forms.TimeField(
        label=_("Time"), input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input-short", "placeholder": _("HH:MM")}),
        error_messages={"invalid": _("Enter the time as hours and minutes: 15:30.")},
    )  # fmt: skip
    place = forms.CharField(label=_("Place"), max_length=300)
    seats = forms.TypedMultipleChoiceField(
        label=_("Were present"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    chaired_by = forms.CharField(label=_("Chaired by"), max_length=200)
    secretary = forms.CharField(label=_("Secretary"), max_length=200, required=False)
    told = forms.ChoiceField(
        label=_("The applicant and the meeting"), widget=forms.RadioSelect,
        error_messages={"required": _("Enter whether the applicant came or was notified of the meeting.")},
    )  # fmt: skip
    invited_on = DateField(label=_("Notified on"), past=True, required=False, help_text=_("If not at the meeting."))
    votes_for = forms.IntegerField(
        label=_("For"), min_value=0, max_value=9999, required=False, help_text=_("If empty, everybody present.")
    )
    votes_against = forms.IntegerField(label=_("Against"), min_value=0, max_value=9999, initial=0)
    votes_abstained = forms.IntegerField(label=_("Abstained"), min_value=0, max_value=9999, initial=0)
    number = forms.CharField(
        label=_("Minutes №"), max_length=30, required=False, widget=forms.TextInput(attrs={"class": "input-short"}),
        help_text=_("With the number the minutes are closed. Leave it empty if the meeting decided more."),
    )  # fmt: skip

    def __init__(self, bodies: Sequence[GoverningBody], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [(body.pk, body.name) for body in bodies]  # type: ignore[attr-defined]
        today = timezone.localdate()
        seats = [seat for body in bodies for seat in seats_on(body, today)]
        several = len(bodies) > 1
        self.fields["seats"].choices = [  # type: ignore[attr-defined]
            (seat.pk, f"{seat.full_name}, {seat.body.name if several else seat.duty}".removesuffix(", "))
            for seat in seats
        ]
        usual = next((body for body in bodies if body.pk == self.initial.get("body")), bodies[0])
        self.initial.setdefault("seats", [seat.pk for seat in seats if seat.body_id == usual.pk])
        ways = [(f"told:{way}", _("was notified: %(way)s") % {"way": label}) for way, label in NoticeWay.choices]
        self.fields["told"].choices = [  # type: ignore[attr-defined]
            ("came", _("came to the meeting")), *ways, ("untold", _("was not notified"))
        ]  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the transition."""
        values = dict(self.cleaned_data)
        told, on = values.pop("told"), values.pop("invited_on")
        way = told.partition(":")[2]
        values["attended"], values["not_notified"] = told == "came", told == "untold"
        values["invited_by"], values["invited_on"] = way, (on or timezone.localdate()) if way else None
        if values["votes_for"] is None:
            others = values["votes_against"] + values["votes_abstained"]
            values["votes_for"] = max(len(values["seats"]) - others, 0)
        values["body_id"] = values.pop("body")
        return values


class _LinesField(forms.CharField):
    """Lines of text, stripped, without empty lines."""

    def to_python(self, value: Any) -> str:
        lines = (line.strip() for line in str(super().to_python(value)).splitlines())
        return "\n".join(line for line in lines if line)


class SpokenForm(forms.Form):
    """Speakers on an item and their words."""

    spoken = _LinesField(
        label=_("Who spoke and what was said"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Put each speaker on a separate line: «Ivanov I. I.: supports the proposal». Printed in the minutes; "
            "if empty, a line is left to be filled in by hand."
        ),
    )


class UntoldForm(forms.Form):
    """Confirms decisions on applicants without notice of the meeting; absent if all were notified (V-A5)."""

    not_notified = forms.BooleanField(required=False)

    def __init__(self, *args: Any, untold: Sequence[Application] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not untold:
            del self.fields["not_notified"]
            return
        names = ", ".join(application.short_name for application in untold[:_MAX_NAMED])
        if len(untold) > _MAX_NAMED:
            names = f"{names}…"
        label = ngettext(
            "Not notified of the meeting: %(names)s", "Not notified of the meeting (%(n)s): %(names)s", len(untold)
        )
        self.fields["not_notified"].label = label % {"names": names, "n": len(untold)}
        self.fields["not_notified"].help_text = _("Tick it only if it is true; otherwise record the notices first.")


class VotesForm(UntoldForm):
    """The votes, the same for all selected items."""

    votes_for = forms.IntegerField(label=_("For"), min_value=0, max_value=9999)
    votes_against = forms.IntegerField(label=_("Against"), min_value=0, max_value=9999, initial=0)
    votes_abstained = forms.IntegerField(label=_("Abstained"), min_value=0, max_value=9999, initial=0)


#: Labels of the decision where «adopted» would be ambiguous.
_ANSWERS: dict[ItemKind, tuple[Any, Any]] = {
    ItemKind.ADMISSION: (_("Admit"), _("Refuse the admission")),
    ItemKind.APPEAL: (_("Satisfy the appeal"), _("Dismiss the appeal")),
    ItemKind.EXCLUSION: (_("Exclude"), _("Do not exclude")),
}


class DecisionForm(SpokenForm, VotesForm):
    """The decision on one item; a resolution is suggested and may be changed."""

    adopted = forms.TypedChoiceField(
        label=_("Decision"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("Adopted")), ("no", _("Rejected"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    resolution = forms.CharField(
        label=_("Wording of the decision"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("If empty, the usual wording is used."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Required for a refusal: the applicant is told the reason."),
    )

    term_restored = forms.TypedChoiceField(
        label=_("Missed term of the appeal"),
        coerce=lambda value: value == "restored",
        empty_value=None,
        error_messages={"required": _("Choose whether the missed term is restored.")},
        choices=[("restored", _("Restored")), ("not_restored", _("Not restored"))],
        widget=forms.RadioSelect,
    )

    field_order = (
        "adopted", "term_restored", "votes_for", "votes_against", "votes_abstained", "reason", "resolution", "spoken",
        "not_notified",
    )  # fmt: skip

    def __init__(self, item: AgendaItem, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item.kind in _ANSWERS:
            yes, no = _ANSWERS[ItemKind(item.kind)]
            self.fields["adopted"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]
        if item.kind != ItemKind.ADMISSION:
            self.fields["reason"].help_text = _("Appears in the minutes and in the extract.")
        if not is_late_appeal(item):
            del self.fields["term_restored"]


class NumberForm(forms.Form):
    """The number of the minutes."""

    number = forms.CharField(
        label=_("Minutes №"), max_length=30, widget=forms.TextInput(attrs={"class": "input-short"}),
        error_messages={"required": _("Enter the number of the minutes.")},
    )  # fmt: skip


#: Fields that a kind requires in addition to subject and speaker.
_NEEDED = {
    ItemKind.DUPLICATE: ("ticket_reason", "statement_on"),
    ItemKind.EXCLUSION: ("exclusion_reason",),
    ItemKind.DISCIPLINE_LIFTED: ("mark",),
    ItemKind.PROPERTY: ("amount", "due_on"),
}


def kinds_to_put_forward(*, about_member: bool, measures: bool) -> list[ItemKind]:
    """Return the kinds of items that can be entered by hand about a member or about the organisation."""
    kinds = [kind for kind in ItemKind if kind not in FROM_ELSEWHERE and (kind in ABOUT_A_MEMBER) == about_member]
    return [kind for kind in kinds if measures or kind != ItemKind.DISCIPLINE_LIFTED]


class ItemForm(forms.Form):
    """An item put forward for a decision, with the fields that its kind requires."""

    ticket_reason = forms.ChoiceField(label=_("Why a new ticket"))
    statement_on = DateField(
        label=_("The member's statement of"),
        past=True,
        help_text=_("A ticket is replaced on the member's own statement."),
        error_messages={"required": _("Enter the day of the member's statement.")},
    )
    exclusion_reason = forms.ChoiceField(label=_("Why exclusion"))
    mark = forms.TypedChoiceField(label=_("Measure to be lifted"), coerce=int)
    amount = SumField(label=_("Sum, roubles"))
    due_on = DateField(label=_("Term"))
    title = forms.CharField(
        label=_("Subject"), max_length=500, required=False, help_text=_("If empty, the usual wording is used.")
    )
    speaker = forms.CharField(label=_("Speaker"), required=False, max_length=200)

    def __init__(self, kind: ItemKind, *args: Any, measures: Iterable[CardMark] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        empty = [("", _("— not chosen —"))]
        self._offer("ticket_reason", [*empty, *_choices(TicketReason.choices)])
        self._offer("exclusion_reason", [*empty, *_choices(ExclusionReason.choices)])
        self._offer("mark", [*empty, *((mark.pk, f"{day_text(mark.made_on)} {mark.text}") for mark in measures)])
        for name in {name for needed in _NEEDED.values() for name in needed} - {*_NEEDED.get(kind, ())}:
            del self.fields[name]
        if kind == ItemKind.OTHER:
            self.fields["title"].required, self.fields["title"].help_text = True, ""

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class NoticeForm(forms.Form):
    """Day and channel of the notice of a decision to a member."""

    on = DateField(label=_("Notified on"), past=True, initial=timezone.localdate)
    way = forms.ChoiceField(label=_("Method of notice"), choices=NoticeWay.choices)


class AppealForm(forms.Form):
    """An appeal as the regional organisation receives it."""

    received_on = DateField(label=_("Received on"), past=True, initial=timezone.localdate)
    text = forms.CharField(
        label=_("What the appeal says"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    late_reason = forms.CharField(
        label=_("Why the term was missed"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only if the appeal was received after the term."),
    )
