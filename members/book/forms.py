"""Forms of the registration book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.people.search import QUERY_LENGTH
from registry.organizations.models import Organization
from registry.widgets import DateField

from .enums import EndReason

#: Lines that the registration book shows, by the value of the filter.
BOOK_FILTERS = {
    "here": Q(left_on__isnull=True),
    "left": Q(left_on__isnull=False),
    "excluded": Q(reason=EndReason.EXCLUSION),
    "deceased": Q(reason=EndReason.DEATH),
}


class BookForm(forms.Form):
    """Filters of the registration book; `of` is offered if there are several books."""

    q = forms.CharField(
        label=_("Present or former name, ticket №"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    of = forms.TypedChoiceField(label=_("Book"), required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(
        label=_("Lines"),
        required=False,
        choices=[
            ("", _("any")),
            ("here", _("registered")),
            ("left", _("left")),
            ("excluded", _("those excluded")),
            ("deceased", _("those deceased")),
        ],
    )

    def __init__(self, *args: Any, units: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(units) < 2:
            del self.fields["of"]
            return
        own, *cells = units
        choices = [(own.pk, _("without a cell")), *((cell.pk, cell.short_name) for cell in cells)]
        self.fields["of"].choices = [("", _("all books")), *choices]  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """A past day, or today."""

    day = DateField(label=_("Day"), past=True)

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is in the future."))
        return day
