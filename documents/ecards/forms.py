"""Forms of electronic cards: parsing and choices without rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.people.search import QUERY_LENGTH
from registry.checks import MAX_UPLOAD_BYTES
from registry.spreadsheets.files import EMPTY, Unreadable
from registry.widgets import DateField, UploadInput

from .contents import AnswerLine
from .enums import MANUAL_BLOCK_REASONS, BlockReason, RequestReason
from .reading.answers import read_answer

#: What of the list of members without a card is shown.
_SHOWN = [("ready", _("who can have a card made")), ("lacking", _("who lacks something")), ("all", _("All"))]


class ChooseForm(forms.Form):
    """Whom the page of choosing shows."""

    q = forms.CharField(label=_("Search"), max_length=QUERY_LENGTH, required=False)
    who = forms.ChoiceField(label=_("Show"), required=False, choices=_SHOWN)


class ReplacementForm(forms.Form):
    """Why a member with a valid card receives another one."""

    reason = forms.ChoiceField(
        label=_("Why another card is made"),
        choices=[(one.value, capfirst(str(one.label))) for one in (RequestReason.NAME, RequestReason.DAMAGED)],
    )


class NoteForm(forms.Form):
    """Why a card is not accepted, not made or not handed out."""

    note = forms.CharField(label=_("Reason"), max_length=200)


class AnswerForm(forms.Form):
    """The producer's answer as a file; valid forms have its `lines`."""

    file = forms.FileField(
        label=_("Answer of the producer"),
        help_text=_("A workbook or CSV with the columns id, number, result and reason; up to 10 MB."),
        widget=UploadInput({"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={"required": _("Choose the file."), "empty": EMPTY},
    )
    lines: Sequence[AnswerLine] = ()

    def clean_file(self) -> Any:
        """Read the file."""
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(Unreadable("too_big").message)
        try:
            self.lines = read_answer(file.read())
        except Unreadable as fault:
            raise forms.ValidationError(fault.message) from None
        return file


class ParcelForm(forms.Form):
    """A parcel of the producer."""

    tracking = forms.CharField(label=_("Tracking number"), max_length=40)
    sent_on = DateField(label=pgettext_lazy("parcel", "Sent on"), past=True)


class HandDownForm(forms.Form):
    """To whom cards are handed over, and when."""

    receiver = forms.TypedChoiceField(label=_("Handed over to"), coerce=int)
    sent_on = DateField(label=_("Date of the act"), past=True)

    def __init__(self, *args: Any, receivers: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].choices = [("", "—"), *receivers]  # type: ignore[attr-defined]


class HandOutForm(forms.Form):
    """The day on which cards are handed out."""

    on = DateField(label=_("Handed out on"), past=True)


class BlockForm(forms.Form):
    """What happened to a card."""

    reason = forms.ChoiceField(
        label=_("What happened"), choices=[(one, capfirst(str(BlockReason(one).label))) for one in MANUAL_BLOCK_REASONS]
    )


class DestroyForm(forms.Form):
    """The day on which a card was destroyed."""

    on = DateField(label=_("Destroyed on"), past=True)
