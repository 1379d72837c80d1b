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
from registry.spreadsheets.files import EMPTY, Unreadable, is_long
from registry.widgets import DateField, UploadInput

from .contents import AnswerLine
from .enums import MANUAL_BLOCK_REASONS, BlockReason, RequestReason
from .reading.answers import read_answer

#: Choices of the filter «Show».
_SHOWN = [("ready", _("ready for a card")), ("lacking", _("with obstacles")), ("all", _("All"))]


class ChooseForm(forms.Form):
    """Search and filter of the page where members are chosen."""

    q = forms.CharField(label=_("Search"), max_length=QUERY_LENGTH, required=False)
    who = forms.ChoiceField(label=_("Show"), required=False, choices=_SHOWN)


class ReplacementForm(forms.Form):
    """Reason for another card of a member who has a valid one."""

    reason = forms.ChoiceField(
        label=_("Why another card is made"),
        choices=[(one.value, capfirst(str(one.label))) for one in (RequestReason.NAME, RequestReason.DAMAGED)],
    )


class NoteForm(forms.Form):
    """Reason why a card is not accepted, not made or not handed out."""

    note = forms.CharField(label=_("Reason"), max_length=200)


class AnswerForm(forms.Form):
    """Upload of the producer's answer; a valid form has the parsed `lines`, or `long` for a job that parses them."""

    file = forms.FileField(
        label=_("Answer of the producer"),
        help_text=_("A workbook or CSV with the columns id, number, result and reason; up to 10 MB."),
        widget=UploadInput({"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={"required": _("Choose the file."), "empty": EMPTY},
    )
    lines: Sequence[AnswerLine] = ()
    #: The file, if it is not read at once.
    long: bytes = b""

    def clean_file(self) -> Any:
        """Parse the file into `lines`."""
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(Unreadable("too_big").message)
        data = file.read()
        if is_long(data):
            self.long = data
            return file
        try:
            self.lines = read_answer(data)
        except Unreadable as fault:
            raise forms.ValidationError(fault.message) from None
        return file


class ParcelForm(forms.Form):
    """Tracking number and date of a parcel."""

    tracking = forms.CharField(label=_("Tracking number"), max_length=40)
    sent_on = DateField(label=pgettext_lazy("parcel", "Sent on"), past=True)


class HandDownForm(forms.Form):
    """Receiver and date of an act of handing over."""

    receiver = forms.TypedChoiceField(label=_("Handed over to"), coerce=int)
    sent_on = DateField(label=_("Date of the act"), past=True)

    def __init__(self, *args: Any, receivers: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].choices = [("", "—"), *receivers]  # type: ignore[attr-defined]


class HandOutForm(forms.Form):
    """Day on which cards are handed out."""

    on = DateField(label=_("Handed out on"), past=True)


class BlockForm(forms.Form):
    """Reason for blocking a card."""

    reason = forms.ChoiceField(
        label=_("What happened"), choices=[(one, capfirst(str(BlockReason(one).label))) for one in MANUAL_BLOCK_REASONS]
    )


class DestroyForm(forms.Form):
    """Day on which a card was destroyed."""

    on = DateField(label=_("Destroyed on"), past=True)
