"""Forms of blanks: parsing and choices without rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.organizations.models import Organization
from registry.widgets import DateField

from .enums import BlankKind
from .ranges import BadNumbers, NumberRange, parse_ranges


class NumbersField(forms.CharField):
    """Numbers of blanks as people write them: a range or a number on a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Numbers"))
        kwargs.setdefault(
            "help_text", _("A range or a number on each line, with all zeros and the series: АБ 000101–000200.")
        )
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), max_length=8000, **kwargs)

    def clean(self, value: Any) -> list[NumberRange]:
        """Return the ranges of the text."""
        try:
            return parse_ranges(super().clean(value))
        except BadNumbers as fault:
            raise forms.ValidationError(fault.message) from None


class PeopleField(forms.CharField):
    """People who sign a paper, one on a line: position and name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Commission"))
        kwargs.setdefault("help_text", _("One person on a line: position, surname, initials. The first is the chair."))
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Return the people."""
        return [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()]


class KindForm(forms.Form):
    """A form about one kind of blank; the kind is not asked for where the federation has one alone."""

    kind = forms.ChoiceField(label=_("Kind of blank"))

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        kinds: Sequence[str] = organization.charter.blanks
        field = self.fields["kind"]
        field.choices = [(kind, capfirst(str(BlankKind(kind).label))) for kind in kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            field.widget, field.initial = forms.HiddenInput(), kinds[0]


class ReceiptForm(KindForm):
    """Blanks received from outside, with the paper they came with."""

    numbers = NumbersField()
    source = forms.CharField(
        label=_("Received from"), max_length=200, help_text=_("The printing house or the organisation that sent them.")
    )
    number = forms.CharField(label=_("Paper №"), max_length=30, help_text=_("Consignment note or act."))
    made_on = DateField(label=_("Date of the paper"), past=True)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class HandDownForm(KindForm):
    """Blanks handed down to an organisation below."""

    receiver = forms.TypedChoiceField(label=_("Handed down to"), coerce=int)
    numbers = NumbersField()
    made_on = DateField(label=_("Date of the act"), past=True)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, organization: Organization, *args: Any, receivers: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(organization, *args, **kwargs)
        self.fields["receiver"].choices = [("", "—"), *receivers]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """What of an act is accepted: everything, or the numbers that are there."""

    accepted = NumbersField(
        label=_("Accepted numbers"),
        help_text=_("Leave all of them if everything is there. Numbers that you take out go back to the giver."),
    )


class BookForm(KindForm):
    """The ticket book or journal of a period, to be printed."""

    book = forms.ChoiceField(label=_("What to print"))
    first = DateField(label=pgettext_lazy("period", "From"), past=True)
    last = DateField(label=pgettext_lazy("period", "To"), past=True)
    field_order = ("book", "kind", "first", "last")

    def __init__(self, organization: Organization, *args: Any, books: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(organization, *args, **kwargs)
        self.fields["book"].choices = books  # type: ignore[attr-defined]
