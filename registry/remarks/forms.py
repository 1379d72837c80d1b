"""Forms of remarks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.widgets import DateField, StepForm

from .enums import RemarkKind, RemarkState
from .rules import MAX_TEXT

#: Number of days from today that a form proposes as the term.
DAYS_PROPOSED = 14


def _words(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    # Longer texts are refused by the rule, which says by how much.
    widget = forms.Textarea({"rows": 4, "maxlength": MAX_TEXT})
    return forms.CharField(label=label, help_text=help_text, widget=widget, required=required)


class RemarkForm(StepForm):
    """A remark, its term, and the field it is about."""

    step = "remark"
    field = forms.ChoiceField(label=_("What is it about?"), required=False)
    text = _words(
        _("Text of the remark"),
        _("Do not write about health or disability: everybody who may see the remark reads its text."),
    )
    term = DateField(label=_("Answer by"), coming=True)

    def __init__(self, fields: dict[str, str], today: dt.date, data: Any = None, field: str = "") -> None:
        initial = {"term": today + dt.timedelta(days=DAYS_PROPOSED), "field": field}
        super().__init__(data, initial=initial)
        if fields:
            choice: Any = self.fields["field"]
            choice.choices = [("", _("all of it")), *fields.items()]
        else:
            del self.fields["field"]


class AnswerForm(StepForm):
    """The answer of the organisation."""

    step = "answer"
    text = _words(_("Text of the answer"), _("Say what was done, or why nothing has to be."))


class ReturnForm(StepForm):
    """Reason for returning the answer, and the new term."""

    step = "return"
    text = _words(_("What is still to be done"))
    term = DateField(label=_("Answer by"), coming=True)


class WithdrawForm(StepForm):
    """Reason for withdrawing a remark."""

    step = "withdraw"
    text = _words(_("Why it needs no answer"), required=False)


class ListFilter(forms.Form):
    """Filters of the list of remarks."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *RemarkState.choices])
    kind = forms.ChoiceField(
        label=_("What the remark is about"),
        required=False,
        choices=[("", _("any")), *RemarkKind.choices],
    )
    overdue = forms.BooleanField(label=_("the term is over"), required=False)
