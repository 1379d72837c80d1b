"""Card values formatted for the screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.charters.base import Charter
from registry.checks import format_phone, format_snils
from registry.days import day_text, whole_years

from ..models import CardEntry, Member
from ..rules.fields import is_empty, is_flag, known_choices, place_of

_PHONES = {"phone_mobile", "phone_home"}


def in_words(name: str, value: Any, charter: Charter, *, cells: Mapping[int, str] | None = None) -> str:
    """Return the value as text, an empty string for an empty value. `cells` maps ids to names of organisations."""
    if is_empty(value) or (is_flag(name) and not value):
        return _("no") if value is False else ""
    if isinstance(value, bool):
        return _("yes")
    if name == "cell":
        return (cells or {}).get(value, str(value))
    options = _options(name, charter)
    if isinstance(value, list):
        return ", ".join(str(options.get(key, key)) for key in value)
    if options:
        return str(options.get(str(value), value))
    return plain(name, value)


def plain(name: str, value: Any) -> str:
    """Return a value without choices as text: dates and numbers localised, telephone numbers grouped."""
    if isinstance(value, dt.date):
        return day_text(value)
    if isinstance(value, Decimal):
        return number_format(value)
    if name in _PHONES:
        return ", ".join(format_phone(part.strip()) for part in value.split(","))
    return format_snils(value) if name == "snils" else str(value)


def _options(name: str, charter: Charter) -> dict[str, Any]:
    # Values removed from the charter still have their labels.
    field = Member._meta.get_field(name) if place_of(name) == "member" else None
    whole = dict(field.choices or ()) if isinstance(field, models.Field) else {}
    return {**whole, **dict(known_choices(name, charter))}


def joined_in_words(values: Mapping[str, Any]) -> str:
    """Return the date of joining, or its year if only that is known."""
    joined = values.get("joined_on")
    if joined is None:
        return ""
    return str(joined.year) if values.get("joined_year_only") else day_text(joined)


def birth_in_words(birth_date: dt.date | None, today: dt.date) -> str:
    """Return the date of birth with the age."""
    if birth_date is None:
        return ""
    return f"{day_text(birth_date)} ({years_in_words(whole_years(birth_date, today))})"


def years_in_words(years: int) -> str:
    """Return «58 years» in the current language."""
    return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}


def entry_label(name: str) -> Any:
    """Return the label of an entry's column."""
    return getattr(CardEntry._meta.get_field(name), "verbose_name", name)


def entry_in_words(entry: CardEntry, name: str) -> str:
    """Return one column of an entry as text."""
    value = getattr(entry, name)
    if is_empty(value):
        return ""
    if name in {"award_kind", "sex"}:
        return str(getattr(entry, f"get_{name}_display")())
    if isinstance(value, dt.date):
        return day_text(value)
    return number_format(value, 2) if isinstance(value, Decimal) else str(value)


__all__ = ["birth_in_words", "entry_in_words", "entry_label", "in_words", "joined_in_words", "plain", "years_in_words"]
