"""Forms for requests about personal data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.consents.enums import Channel
from registry.checks import MAX_UPLOAD_BYTES
from registry.widgets import DateField, UploadInput

from .enums import RequestKind, RequestState
from .rules import MAX_TEXT


class RegisterForm(forms.Form):
    """A request of a person about their own data."""

    kind = forms.ChoiceField(
        label=_("What is asked for"),
        choices=RequestKind.choices,
        widget=forms.RadioSelect,
        help_text=_("Access and the end of the processing: 10 working days; a correction: 7 working days."),
    )
    received_on = DateField(
        label=_("Date on which the request was received"), past=True, help_text=_("The term runs from this day.")
    )
    channel = forms.ChoiceField(label=_("How it was received"), choices=Channel.choices, widget=forms.RadioSelect)
    details = forms.CharField(
        label=_("What the request says"),
        widget=forms.Textarea({"rows": 4}),
        max_length=MAX_TEXT,
        required=False,
        help_text=_("For a correction: what is wrong, what is right and by which paper."),
    )
    scan = forms.FileField(
        label=_("Scan of the request"),
        required=False,
        help_text=_("If you have one: PDF, JPEG or PNG, not more than 10 MB."),
        widget=UploadInput(accept="application/pdf,image/jpeg,image/png"),
    )

    @property
    def scan_bytes(self) -> bytes | None:
        """Return the uploaded scan; a file that is too large is not read completely."""
        file = self.cleaned_data.get("scan")
        return file.read(MAX_UPLOAD_BYTES + 1) if file else None


class StepForm(forms.Form):
    """Base of the forms on the page of a request; ids of fields begin with the step, so that they are unique."""

    step = ""

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id=f"{self.step}-%s")


class ExtendForm(StepForm):
    """Reason for extending the term."""

    step = "extend"
    reason = forms.CharField(
        label=_("Why more time is needed"),
        widget=forms.Textarea({"rows": 3}),
        max_length=MAX_TEXT,
        help_text=_("The reason is printed in the letter to the person. The law allows 5 more working days, once."),
    )


class AnswerForm(StepForm):
    """Date and channel of the answer, and what was done."""

    step = "answer"
    settled_on = DateField(label=_("Date of the answer"), past=True)
    channel = forms.ChoiceField(label=_("How the answer was given"), choices=Channel.choices, widget=forms.RadioSelect)
    reply = forms.CharField(
        label=_("What was done"),
        widget=forms.Textarea({"rows": 3}),
        max_length=MAX_TEXT,
        required=False,
        help_text=_("It is printed in the letter to the person."),
    )


class RefuseForm(StepForm):
    """Reason of the refusal, with date and channel of the answer."""

    step = "refuse"
    reason = forms.CharField(
        label=_("Reason of the refusal"),
        widget=forms.Textarea({"rows": 3}),
        max_length=MAX_TEXT,
        help_text=_("Name the article of the law; the reason is printed in the letter to the person."),
    )
    settled_on = DateField(label=_("Date of the answer"), past=True)
    channel = forms.ChoiceField(label=_("How the answer was given"), choices=Channel.choices, widget=forms.RadioSelect)


class RecallForm(StepForm):
    """Reason why the request needs no answer."""

    step = "recall"
    reason = forms.CharField(
        label=_("Why it needs no answer"),
        max_length=300,
        help_text=_("The person took it back, or it was registered by mistake. The number stays in the register."),
    )


class RegisterFilter(forms.Form):
    """Filter of the register."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *RequestState.choices])
    kind = forms.ChoiceField(
        label=_("What is asked for"), required=False, choices=[("", _("any")), *RequestKind.choices]
    )
    overdue = forms.BooleanField(label=_("the term is over"), required=False)
