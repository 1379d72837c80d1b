"""Repeated entries of the card; the charter determines kinds and columns (practice 3.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.access import Actor, require_reading
from registry.charters.base import Charter, Entry
from registry.errors import RuleViolation
from registry.text import clean

from ..enums import AwardKind, Sex
from ..models import CardEntry, Member

MAX_LENGTH = 300
_CHOICES = {"award_kind": AwardKind.values, "sex": Sex.values}


def entry_kind(charter: Charter, key: str, by: Actor) -> Entry:
    """Return the charter's kind.

    Raises `RuleViolation` (U-5a) if unknown, `NotAllowed` if its class may not be read.
    """
    kind = next((entry for entry in charter.entries if entry.key == key), None)
    if kind is None:
        raise RuleViolation("U-5a", _("The card has no such entries."))
    require_reading(by, kind.data_class)
    return kind


def readable_kinds(charter: Charter, by: Actor) -> list[Entry]:
    """Return the kinds whose data class the actor may read."""
    return [entry for entry in charter.entries if by.reads(entry.data_class)]


def check_entry(kind: Entry, values: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Return the normalised values of the kind's columns. Raises the first `RuleViolation` (U-5a)."""
    own: dict[str, Any] = {}
    for name in kind.columns:
        value = values.get(name)
        field = CardEntry._meta.get_field(name)
        if isinstance(value, str):
            value = clean(value).strip()
            limit = getattr(field, "max_length", None) or MAX_LENGTH
            if len(value) > limit:
                raise RuleViolation(
                    "U-5a", _("Too long: at most %(limit)d characters are allowed.") % {"limit": limit}, field=name
                )
        if name in _CHOICES and value and value not in _CHOICES[name]:
            raise RuleViolation("U-5a", _("Choose one of the values offered."), field=name)
        own[name] = ("" if not field.null else None) if value is None else value
    if not own.get("title"):
        raise RuleViolation("U-5a", _("Fill it in, otherwise the entry says nothing."), field="title")
    started, ended = own.get("started_on"), own.get("ended_on")
    if started and ended and ended < started:
        raise RuleViolation("U-5a", _("The end is before the beginning. Compare both dates."), field="ended_on")
    year, amount = own.get("year"), own.get("amount")
    if year is not None and not 1920 <= year <= today.year + 1:
        message = _("Enter a year from %(lowest)d to %(highest)d.") % {
            "lowest": 1920,
            "highest": today.year + 1,
        }
        raise RuleViolation("U-5a", message, field="year")
    if amount is not None and amount < Decimal(0):
        raise RuleViolation("U-5a", _("A sum cannot be negative."), field="amount")
    return own


def check_not_entered(member: Member, kind: str, own: Mapping[str, Any]) -> None:
    """Raise `RuleViolation` (U-5a) if the card has an identical entry, such as after a double click (N-D2)."""
    twins = CardEntry.objects.filter(member=member, kind=kind)
    if any(all(getattr(entry, name) == value for name, value in own.items()) for entry in twins):
        message = _("The card already has an identical entry. If there were two, write what distinguishes them.")
        raise RuleViolation("U-5a", message, field="title")
