"""Kinds of filters of the member list: options, dates, whether a field is filled in."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, partial
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from documents.ecards.enums import CardStatus
from documents.ecards.queries.readiness import with_status
from registry.days import day_text
from registry.widgets import DateField

from .models import Member, MemberQuerySet
from .rules.fields import card_fields

YES_NO = [("yes", _("yes")), ("no", _("no"))]


#: Cached HTML of empty fields, by everything it depends on, and the maximum number of entries.
_KEPT: dict[tuple[Any, ...], SafeString] = {}
_MOST_KEPT = 512


class EmptyOnceField(forms.BoundField):
    """A field whose HTML is cached in each process while it is empty; most filters are, on most pages.

    The cache key includes choices and language, so nobody gets choices of others.
    """

    def as_field_group(self) -> SafeString:
        if not is_blank(self.value()) or self.errors:
            return super().as_field_group()
        field, widget = self.field, self.field.widget
        key = (
            get_language(), timezone.localdate(), type(field), type(widget), self.html_name, str(self.auto_id),
            str(self.label), str(field.help_text), field.required, field.disabled,
            tuple((name, str(value)) for name, value in {**widget.attrs, **field.widget_attrs(widget)}.items()),
            tuple((str(value), str(label)) for value, label in getattr(widget, "choices", ())),
        )  # fmt: skip
        found = _KEPT.get(key)
        if found is None:
            found = super().as_field_group()
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()
            _KEPT[key] = found
        return found


class FilterForm(forms.Form):
    """Checks that involve several filters: the order of ranges, and the number of people they cover."""

    bound_field_class = EmptyOnceField
    wide = False
    #: Filters are switched off if the list has more people than this.
    most = 0
    use_required_attribute = False

    def __init__(self, *args: Any, fields: dict[str, forms.Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = fields
        for field in fields.values():
            field.label = capfirst(field.label)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for first, last in (("age_from", "age_to"), ("joined_from", "joined_to")):
            if values.get(first) is not None and values.get(last) is not None and values[first] > values[last]:
                self.add_error(last, _("The end of the range is before its beginning."))
        if self.wide and any(not is_blank(values.get(name)) for name in values if name not in {"q", "organization"}):
            message = _("Choose an organisation first: filters work among at most %(limit)s people.")
            raise forms.ValidationError(message % {"limit": self.most})
        return values


class _Declared(dict[str, django_filters.Filter]):
    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, django_filters.Filter]:
        return {name: _copied(declared) for name, declared in self.items()}


def _copied(declared: django_filters.Filter) -> django_filters.Filter:
    found = copy.copy(declared)
    found.extra = dict(declared.extra)
    # A form that refers back to the filter.
    found.method = declared.method
    return found


class Filters(django_filters.FilterSet):
    """Filters of a list, created for each request with the options available to it.

    django-filter deep-copies all filters, and the form fields twice, which takes as long as the queries of a list. Here
    the choices of the declared filters are shared, so they are replaced and never changed in place.
    """

    @classmethod
    def get_filters(cls) -> _Declared:
        return _Declared(super().get_filters())

    def get_form_class(self) -> Callable[..., FilterForm]:
        return partial(FilterForm, fields={name: one.field for name, one in self.filters.items()})


def in_words(bound: forms.BoundField, value: str) -> str:
    """Return the value of a filter for people: the name of a choice, a date as 27.04.2026."""
    if isinstance(bound.field, DateField):
        with suppress(ValidationError):
            return day_text(bound.field.clean(bound.data))
    labels = {str(key): label for key, label in getattr(bound.field.widget, "choices", ())}
    return str(labels.get(value, value)).strip()


def is_blank(value: Any) -> bool:
    return value is None or value == ""


class Integers(django_filters.NumberFilter):
    field_class = forms.IntegerField


class Dates(django_filters.DateFilter):
    field_class = DateField


class Filled(django_filters.ChoiceFilter):
    """Filter on whether a field is filled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=YES_NO, empty_label=_("any"), **kwargs)

    def filter(self, qs: MemberQuerySet, value: str) -> MemberQuerySet:
        if not value:
            return qs
        return qs.exclude(is_empty(self.field_name)) if value == "yes" else qs.filter(is_empty(self.field_name))


def choice(choices: Iterable[tuple[Any, Any]] = (), **kwargs: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=list(choices), empty_label=_("any"), **kwargs)


class CardStatuses(django_filters.ChoiceFilter):
    """Filter by the status of the electronic card (U-8 to U-10)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=CardStatus.choices, empty_label=_("any"), **kwargs)

    def filter(self, qs: MemberQuerySet, value: str) -> MemberQuerySet:
        return qs.filter(pk__in=with_status(qs, value).values("pk")) if value else qs


NOT_GIVEN = "none"


def is_empty(name: str) -> Q:
    """Return the condition that a column of the member is empty."""
    field = Member._meta.get_field(name)
    return Q(**{f"{name}__isnull": True}) if field.null else Q(**{name: ""})


@cache
def optional_columns() -> frozenset[str]:
    """Return the fields stored with the member that may be empty; protected data are stored elsewhere."""
    ticked = {"no_patronymic", "joined_year_only"}
    columns = [f for f in Member._meta.concrete_fields if f.name in card_fields() and f.name not in ticked]
    return frozenset(field.name for field in columns if field.blank or field.null)


class Option(django_filters.ChoiceFilter):
    """Filter on an optional field with choices, one of which finds members without a value."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, empty_label=_("any"), **kwargs)

    def filter(self, qs: MemberQuerySet, value: str) -> MemberQuerySet:
        if value != NOT_GIVEN:
            found: MemberQuerySet = super().filter(qs, value)
            return found
        return qs.filter(is_empty(self.field_name.partition("__")[0]))


def option(choices: Iterable[tuple[Any, Any]] = (), **kwargs: Any) -> Option:
    """Return a filter on an optional field with these choices and «not given»."""
    return Option(choices=with_not_given(choices), **kwargs)


def with_not_given(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the choices with «not given» at the end."""
    return [*choices, (NOT_GIVEN, _("not given"))]
