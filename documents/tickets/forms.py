"""Forms of blanks: parsing and choices without rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.people.search import QUERY_LENGTH
from registry.organizations.models import Organization
from registry.requests import number_in
from registry.widgets import DateField

from .enums import BlankKind, Counted, PaperKind
from .models import Blank
from .ranges import BadNumbers, NumberRange, count_of, parse_ranges
from .rules import MAX_LINES

#: Kind of paper → the event that it proves.
_CAUSES = {
    PaperKind.SPOILED: pgettext_lazy("what happened", "Spoiled"),
    PaperKind.RETURN: pgettext_lazy("what happened", "Returned by the member"),
    PaperKind.HANDED_BACK: pgettext_lazy("what happened", "Handed back to the member"),
    PaperKind.LOST: pgettext_lazy("what happened", "Lost"),
    PaperKind.CANCELLATION: pgettext_lazy("what happened", "Cancelled without being returned"),
}


class NumbersField(forms.CharField):
    """Numbers of blanks as typed by people: a range or a number on a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Numbers"))
        kwargs.setdefault(
            "help_text", _("A range or a number on each line, with all zeros and the series: АБ 000101–000200.")
        )
        kwargs.setdefault("max_length", 8000)
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), **kwargs)

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
    """A form about one kind of blank; the kind is not asked for if the federation has only one."""

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
    """Blanks passed to an organisation below."""

    receiver = forms.TypedChoiceField(label=_("Handed down to"), coerce=int)
    numbers = NumbersField()
    made_on = DateField(label=_("Date of the act"), past=True)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, organization: Organization, *args: Any, receivers: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(organization, *args, **kwargs)
        self.fields["receiver"].choices = [("", "—"), *receivers]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """The accepted numbers of an act: all, or only the present ones."""

    accepted = NumbersField(
        label=_("Accepted numbers"),
        help_text=_("Leave all of them if everything is there. Numbers that you take out go back to the giver."),
    )
    made_on = DateField(label=_("Day on which the blanks arrived"), past=True)


class WaitingForm(forms.Form):
    """Search and filter of the page of issuing."""

    q = forms.CharField(label=_("Search"), max_length=QUERY_LENGTH, required=False)
    why = forms.ChoiceField(
        label=_("Reason"), required=False,
        choices=[("", _("All")), ("first", _("first ticket")), ("duplicate", _("in place of another"))],
    )  # fmt: skip
    cell = forms.TypedChoiceField(label=_("Primary cell"), coerce=int, empty_value=None, required=False)

    def __init__(self, kind: str, cells: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != BlankKind.TICKET:
            del self.fields["why"]
        if cells:
            self.fields["cell"].choices = [("", _("All")), *cells]  # type: ignore[attr-defined]
        else:
            del self.fields["cell"]


class IssueForm(forms.Form):
    """The day on which the blanks of a sheet are issued."""

    made_on = DateField(label=_("Date of issue"), past=True)


class JournalForm(forms.Form):
    """Filter of the lines of the journal."""

    q = forms.CharField(
        label=_("Number or name"), max_length=QUERY_LENGTH, required=False,
        help_text=_("The whole number, or the beginning of surname and name."),
    )  # fmt: skip


class WriteOffForm(KindForm):
    """Blanks of the stock that are spoiled or lost."""

    paper_kind = forms.ChoiceField(
        label=_("What happened"), choices=[(kind.value, _CAUSES[kind]) for kind in (PaperKind.SPOILED, PaperKind.LOST)]
    )
    numbers = NumbersField()
    note = forms.CharField(label=_("How it came"), max_length=500, help_text=_("The act says it as you write it."))
    made_on = DateField(label=_("Date of the act"), past=True)
    signed_by = PeopleField(required=False)


class ChosenField(forms.ModelMultipleChoiceField):
    """Field of ticked rows; values that cannot be ids are refused without a query."""

    def clean(self, value: Any) -> Any:
        """Return the ticked rows."""
        for text in value or ():
            if number_in(str(text)) is None:
                raise forms.ValidationError(self.error_messages["invalid_pk_value"], params={"pk": text})
        return super().clean(value)


class ChosenForm(forms.Form):
    """Blanks chosen from a list."""

    #: The same name as the checkboxes of tables.
    selected = ChosenField(None, required=False)

    def __init__(self, chosen: QuerySet[Blank], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["selected"].queryset = chosen  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[forms.BoundField]:
        """Return the fields below the table; the chosen blanks are ticked in the table itself."""
        return [field for field in self.visible_fields() if field.name != "selected"]

    def clean(self) -> dict[str, Any]:
        """Return the values with the ids of the chosen blanks as `blanks`."""
        found: dict[str, Any] = super().clean() or {}
        found["blanks"] = {blank.pk for blank in found.pop("selected", ())}
        return found


class MoveIssuedForm(KindForm, ChosenForm):
    """Issued blanks that were returned, lost or void: chosen from the list, or by number."""

    numbers = NumbersField(label=_("Other numbers"), required=False)
    paper_kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (kind.value, _CAUSES[kind])
            for kind in (PaperKind.RETURN, PaperKind.HANDED_BACK, PaperKind.LOST, PaperKind.CANCELLATION)
        ],
    )
    note = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The act of destruction names it: death, exclusion, damage.")
    )
    made_on = DateField(label=_("Date of the act"), past=True)
    signed_by = PeopleField(required=False)

    def __init__(
        self, organization: Organization, chosen: QuerySet[Blank], *args: Any, listed: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(organization, chosen, *args, **kwargs)
        self.chosen = chosen
        if not listed:
            self.fields["numbers"].label = _("Numbers")

    def clean(self) -> dict[str, Any]:
        """Return the values with the numbers looked up among the blanks."""
        found = super().clean()
        numbers: list[NumberRange] = found.pop("numbers", None) or []
        kind = found.pop("kind", "")
        if numbers:
            found["blanks"] |= self._named(kind, numbers)
        return found

    def _named(self, kind: str, numbers: list[NumberRange]) -> set[int]:
        if count_of(numbers) > MAX_LINES:
            self.add_error("numbers", _("One paper has at most %(most)s blanks.") % {"most": MAX_LINES})
            return set()
        named: set[int] = set()
        for one in numbers:
            there = self.chosen.filter(kind=kind, series=one.series, number__range=(one.first, one.last))
            ids = set(there.values_list("pk", flat=True))
            if len(ids) < one.count:
                message = _("№ %(numbers)s: not all of them left this stock. Blanks of the stock are written off.")
                self.add_error("numbers", message % {"numbers": one})
            named |= ids
        return named


class CountForm(KindForm):
    """Result of a stock-taking."""

    how = forms.ChoiceField(label=_("What was counted"), choices=Counted.choices)
    numbers = NumbersField(required=False, max_length=100_000)
    note = forms.CharField(
        label=_("Explanation of the differences"), max_length=500, required=False,
        help_text=_("Not needed if everything is there."),
    )  # fmt: skip
    made_on = DateField(label=_("Date of the stock-taking"), past=True)
    signed_by = PeopleField()
    #: The differences shown before.
    agreed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def shown(self) -> list[forms.BoundField]:
        """Return the fields except the kind of blank, which the page is about."""
        return [field for field in self.visible_fields() if field.name != "kind"]


class DestroyForm(ChosenForm):
    """Void blanks that were destroyed."""

    made_on = DateField(label=_("Date of the destruction"), past=True)
    way = forms.CharField(label=_("How they were destroyed"), max_length=200)
    signed_by = PeopleField()


class KeeperForm(KindForm):
    """The keeper of the blanks."""

    account_id = forms.TypedChoiceField(label=_("Keeper of blanks"), coerce=int)

    def __init__(self, organization: Organization, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any):
        super().__init__(organization, *args, **kwargs)
        self.fields["account_id"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """The day whose balance is shown."""

    on = DateField(label=_("At the end of the day"), past=True, required=False)


class BookForm(KindForm):
    """The ticket book or journal of a period, to be printed."""

    book = forms.ChoiceField(label=_("What to print"))
    first = DateField(label=pgettext_lazy("period", "From"), past=True)
    last = DateField(label=pgettext_lazy("period", "To"), past=True)
    field_order = ("book", "kind", "first", "last")

    def __init__(self, organization: Organization, *args: Any, books: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(organization, *args, **kwargs)
        self.fields["book"].choices = books  # type: ignore[attr-defined]
