"""Pages of the Django admin: federations and the values of their charters (U-5a, practice 3.1)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from documents.tickets.enums import BlankKind
from members.book.enums import EndReason
from members.book.models import Registration
from members.people.queries.lacking import count_filled, count_having, count_newly_incomplete
from members.people.rules.fields import choices_of
from members.people.rules.fields import label_of as label_of_field
from registry import charters
from registry.charters.base import END_REASONS, Charter
from registry.days import DAY_FORMAT, day_text
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Federation, Organization
from registry.organizations.rules.charters import (
    CARD_RANGE,
    DAYS,
    FLAGS,
    LABELS,
    LEVELS,
    LONGEST_RECIPIENT,
    LONGEST_SITE,
    can_go_out_of_use,
    check_blanks_stay,
    check_charter_value,
    check_together,
    number_in,
    numbers_of,
)
from registry.organizations.transitions.charters import change_charter

from ..admin_site import actor_of
from .base import ReadOnlyAdmin

FIELDS = ("required", "hidden")
BLANKS = ("blanks", *FLAGS, "blanks_counted_in")
CARDS = ("cards_printed_here", *CARD_RANGE)
#: Fields of a recipient of members' data → label.
_PARTS = {"name": _("%(who)s: full name"), "address": _("%(who)s: address")}


class DaysField(forms.CharField):
    """Dates, one a line; its value is a list of ISO dates."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 14})
    day = forms.DateField(input_formats=[DAY_FORMAT])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=4000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day_text(day) for day in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = super().clean(value).replace(",", " ").replace(";", " ").split()
        return sorted({self.day.clean(line).isoformat() for line in lines})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class CharterForm(forms.ModelForm):
    """The values of a federation's charter that an administrator may change.

    A change that makes existing cards incomplete has to be confirmed once, with the number of cards.
    """

    required = forms.MultipleChoiceField(
        label=LABELS["required"], widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("A card without them counts as incomplete. The name is always required."),
    )  # fmt: skip
    hidden = forms.MultipleChoiceField(
        label=LABELS["hidden"], widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("What is ticked here is neither asked for nor shown; values entered earlier stay stored."),
    )  # fmt: skip
    days_off = DaysField(
        label=LABELS["days_off"],
        help_text=_("One date a line, such as 04.05.2020. Terms in working days leave these days out."),
    )
    days_worked = DaysField(
        label=LABELS["days_worked"],
        help_text=_("Weekends and holidays on which people work, as moved by the government."),
    )
    blanks = forms.MultipleChoiceField(
        label=LABELS["blanks"], widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("The registry accounts for each number of these blanks, from receipt to destruction."),
    )  # fmt: skip
    written_off_by_another = forms.BooleanField(
        label=LABELS["written_off_by_another"], required=False,
        help_text=_("Then another person has to post acts of spoiled and lost blanks, stock-taking and destruction."),
    )  # fmt: skip
    counts_only = forms.MultipleChoiceField(
        label=LABELS["counts_only"], widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Their officers have the overview, statistics and accounts, and no lists, cards or papers."),
    )  # fmt: skip
    reason_to_open = forms.MultipleChoiceField(
        label=LABELS["reason_to_open"], widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("The journal, the history of the card and the person's extract state the reason."),
    )  # fmt: skip
    confirmed = forms.CharField(widget=forms.HiddenInput, required=False, label=_("Change it all the same"))

    class Meta:
        model = Federation
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own: Charter = charters.get(self.instance.charter_key)
        self.before: Charter = self.instance.charter
        for name, names in (("required", self.own.fields), ("hidden", self.own.optional)):
            choices = [(field, capfirst(str(label_of_field(field, self.own)))) for field in names]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        kinds = [(kind.value, capfirst(str(kind.label))) for kind in BlankKind]
        self.fields["blanks"].choices = kinds  # type: ignore[attr-defined]
        for name in ("blanks", *FLAGS):
            self.initial[name] = getattr(self.before, name)
        for name in LEVELS:
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (level.value, capfirst(str(self.own.levels[level]))) for level in self.own.levels_above
            ]
            self.initial[name] = sorted(getattr(self.before, name))
        self.initial["required"] = sorted(self.before.required)
        self.initial["hidden"] = [name for name in self.own.optional if name not in self.before.fields]
        for name in self.own.lists:
            self.fields[name] = forms.MultipleChoiceField(
                label=list_label(name, self.own),
                choices=list_choices(name, self.own),
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            self.initial[name] = list(self.before.out_of_use.get(name, ()))
        for name in DAYS:
            self.initial[name] = [dt.date.fromisoformat(day) for day in self.instance.charter_values.get(name, ())]
        self._add_cards_and_programme()
        for key, part, recipient in recipient_fields(self.own):
            self.fields[f"{key}_{part}"] = forms.CharField(
                label=capfirst(recipient), max_length=LONGEST_RECIPIENT, required=False,
                widget=forms.TextInput(attrs={"size": 80}),
            )  # fmt: skip
        named = {"recipients": self.instance.charter_values.get("recipients", {})}
        for one in self.own.changed(named).recipients:
            self.initial.update({f"{one.key}_{part}": getattr(one, part) for part in _PARTS})
        for name, (least, most) in numbers_of(self.own).items():
            self.fields[name] = forms.IntegerField(
                label=LABELS[name],
                min_value=least,
                max_value=most,
                required=False,
                help_text=_("The charter says %(number)s.") % {"number": number_in(self.own, name)},
            )
            self.initial[name] = number_in(self.before, name)

    def _add_cards_and_programme(self) -> None:
        """Add fields that only some charters need: electronic cards, a bonus programme."""
        if self.before.electronic_cards is not None:
            self.fields["cards_printed_here"] = forms.BooleanField(
                label=LABELS["cards_printed_here"], required=False,
                help_text=_("Their faces are printed from the order; no producer gets the data of members."),
            )  # fmt: skip
            self.initial["cards_printed_here"] = self.before.electronic_cards.printed_here
        if self.own.programme_site:
            self.fields["programme_site"] = forms.CharField(
                label=LABELS["programme_site"], max_length=LONGEST_SITE, required=False,
                help_text=_("The charter says %(number)s.") % {"number": self.own.programme_site},
                widget=forms.TextInput(attrs={"size": 80}),
            )  # fmt: skip
            self.initial["programme_site"] = self.before.programme_site

    @property
    def values(self) -> dict[str, Any]:
        """The values as the transition takes them; an empty number means the charter's own."""
        names = (
            *FIELDS,
            *DAYS,
            "blanks",
            *FLAGS,
            *LEVELS,
            "cards_printed_here",
            "programme_site",
            *numbers_of(self.own),
        )
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        given["out_of_use"] = {name: self.cleaned_data[name] for name in self.own.lists if self.cleaned_data.get(name)}
        if self.own.recipients:
            given["recipients"] = {
                one.key: {part: self.cleaned_data.get(f"{one.key}_{part}", "") for part in _PARTS}
                for one in self.own.recipients
            }
        return {name: number_in(self.own, name) if value is None else value for name, value in given.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in self.values.items():
            self._ask(check_charter_value, self.own, name, value)
        self._ask(check_together, self.own, self.values)
        self._ask(check_blanks_stay, self.instance, self.values.get("blanks", self.before.blanks))
        if not self.errors:
            self._warn(list(effects(self.instance, self.values)))
        return cleaned

    def _ask(self, check: Any, *about: Any) -> None:
        try:
            check(*about)
        except RuleViolation as refusal:
            self.add_error(refusal.field or None, str(refusal.message))

    def _warn(self, said: list[str]) -> None:
        """Explain the effect on cards with a checkbox; ticking it confirms only this change."""
        shown = hashlib.sha256("\n".join((*said, repr(sorted(self.values.items())))).encode()).hexdigest()[:16]
        if not said or self.cleaned_data.get("confirmed") == shown:
            return
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["confirmed"] = ""  # type: ignore[index]
        self.fields["confirmed"].widget = forms.CheckboxInput(attrs={"value": shown})
        for sentence in said:
            self.add_error("confirmed", sentence)


def recipient_fields(charter: Charter) -> Iterator[tuple[str, str, str]]:
    """Yield key, field and label of each field about the recipients of members' data."""
    for recipient in charter.recipients:
        for part, words in _PARTS.items():
            yield recipient.key, part, words % {"who": recipient.title}


def list_label(name: str, charter: Charter) -> str:
    """Return the title of a reference list."""
    label = Registration._meta.get_field("end_reason").verbose_name if name == END_REASONS else None
    return capfirst(str(label or label_of_field(name, charter)))


def list_choices(name: str, charter: Charter) -> list[tuple[str, str]]:
    """Return the values of a reference list that can be put out of use."""
    reasons = [(key, EndReason(key).label) for key in charter.end_reasons]
    found = reasons if name == END_REASONS else choices_of(name, charter)
    return [(key, capfirst(str(label))) for key, label in found if can_go_out_of_use(name, key)]


def effects(federation: Federation, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield sentences about the cards that these values would make incomplete or hide something of."""
    before = federation.charter
    after = charters.get(federation.charter_key).changed({**federation.charter_values, **values})
    if added := after.required - before.required:
        count = count_newly_incomplete(federation, added, after)
        if count:
            said = ngettext(
                "%(n)s card that is complete now would become incomplete.",
                "%(n)s cards that are complete now would become incomplete.",
                count,
            )
            yield said % {"n": count}
    if left_out := set(before.fields) - set(after.fields):
        count = count_filled(federation, left_out)
        if count:
            said = ngettext(
                "%(n)s card has a value in a field that would no longer be shown.",
                "%(n)s cards have a value in a field that would no longer be shown.",
                count,
            )
            yield said % {"n": count}
    going = {
        name: set(keys) - set(before.out_of_use.get(name, ()))
        for name, keys in after.out_of_use.items()
        if name != END_REASONS
    }
    if count := count_having(federation, {name: keys for name, keys in going.items() if keys}):
        said = ngettext(
            "%(n)s card has a value that would no longer be offered; the card keeps it.",
            "%(n)s cards have a value that would no longer be offered; the cards keep it.",
            count,
        )
        yield said % {"n": count}


@admin.register(Federation)
class FederationAdmin(ReadOnlyAdmin):
    """Federations and the changes made to their charters."""

    federation = "pk"
    form = CharterForm
    list_display = ("name", "code", "charter_title")
    readonly_fields = ("name", "code", "charter_title")

    def counted(self, count: int) -> str:
        return ngettext("%(n)s federation", "%(n)s federations", count) % {"n": count}

    @admin.display(description=_("charter"))
    def charter_title(self, federation: Federation) -> str:
        return capfirst(str(federation.charter.title))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form unchanged: its fields depend on the charter, not on the model."""
        return CharterForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = charters.get(obj.charter_key)
        numbers = tuple(name for name in numbers_of(own) if name not in (*BLANKS, *CARDS))
        lists = tuple(own.lists)
        recipients = tuple(f"{key}_{part}" for key, part, _label in recipient_fields(own))
        named = _("The consent to the transfer states them.")
        told = _(
            "Tick the values that are no longer offered. Cards and papers that have them keep them, and the list of "
            "members can still be filtered by them. The charter defines which values there are, because the approved "
            "forms print them."
        )
        return [
            (None, {"fields": self.readonly_fields}),
            (_("Ages and terms"), {"fields": numbers}),
            (_("Holidays and moved days"), {"fields": DAYS}),
            (_("Tickets and blanks"), {"fields": BLANKS}),
            (_("What officers above see of members"), {"fields": LEVELS}),
            (_("Reference lists: values out of use"), {"fields": lists, "description": told}),
            *([(_("Electronic cards"), {"fields": CARDS})] if own.electronic_cards is not None else []),
            *([(_("Bonus programme"), {"fields": ("programme_site",)})] if own.programme_site else []),
            *([(LABELS["recipients"], {"fields": recipients, "description": named})] if recipients else []),
            (_("Fields of the card"), {"fields": ("confirmed", *FIELDS)}),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def response_change(self, request: HttpRequest, obj: Federation) -> HttpResponse:
        """Redirect to the form; Django's own message cannot decline a Russian participle."""
        self.message_user(request, _("The values of the charter are saved."), messages.SUCCESS)
        return redirect("admin:registry_federation_change", obj.pk)

    def save_model(self, request: HttpRequest, obj: Federation, form: Any, change: bool) -> None:
        by, before = actor_of(request), set(obj.charter.required)
        changed = change_charter(obj.pk, values=form.values, by=by)
        if set(changed.charter.required) != before:
            head = Organization.objects.visible_to(by).filter(federation=obj, parent__isnull=True).first()
            start_job("members.count_completeness", {}, by=by, organization=head)
