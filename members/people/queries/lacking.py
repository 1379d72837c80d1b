"""Counts of the cards affected by a change of the charter, without reading cards one by one (U-5a)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from members.book.models import Registration
from registry.charters.base import Charter
from registry.organizations.models import Federation

from ..enums import Category
from ..models import Member
from ..rules.fields import ENCRYPTED_FLAGS, REGISTRATION, is_flag, model_field, place_of


def count_newly_incomplete(federation: Federation, names: Collection[str], charter: Charter) -> int:
    """Return how many complete cards would lack one of these fields if the charter required them."""
    rows = Member.objects.present().filter(federation=federation, missing=0)
    lacking = Q(pk__in=[])
    for name in sorted(names):
        empty = ~_filled(name)
        for other in charter.stand_ins.get(name, ()):
            empty &= ~_filled(other, ticked=True)
        excused = [category for category in Category.values if name in charter.excused_of(category)]
        lacking |= empty & ~Q(category__in=excused)
    return rows.filter(lacking).count()


def count_filled(federation: Federation, names: Collection[str]) -> int:
    """Return how many cards have a value in one of these fields."""
    filled = Q(pk__in=[])
    for name in sorted(names):
        filled |= _filled(name, ticked=True)
    return Member.objects.present().filter(federation=federation).filter(filled).count()


def count_having(federation: Federation, values: Mapping[str, Collection[str]]) -> int:
    """Return how many cards have one of these values of reference lists: field → keys."""
    having = Q(pk__in=[])
    for name, keys in sorted(values.items()):
        having |= Q(**{f"{name}__in": sorted(keys)})
    return Member.objects.present().filter(federation=federation).filter(having).count()


def _filled(name: str, *, ticked: bool = False) -> Q:
    """Return the condition that the field has a value; with `ticked`, a checkbox counts only when ticked.

    Empty values are not encrypted, so encrypted columns can be compared with the empty text.
    """
    place = place_of(name)
    if name in ENCRYPTED_FLAGS and not ticked:
        # An unticked box is an answer too.
        return Q(pk__isnull=False)
    if place == "registration":
        column = REGISTRATION[name]
        opened = Registration.objects.filter(member=OuterRef("pk"), ended_on__isnull=True)
        return Q(Exists(_with_value(opened, column, column, ticked=ticked)))
    path = name if place == "member" else f"{place}__{name}"
    own = Member.objects.filter(pk=OuterRef("pk"))
    return Q(Exists(_with_value(own, name, path, ticked=ticked)))


def _with_value(rows: QuerySet[Any], name: str, path: str, *, ticked: bool) -> QuerySet[Any]:
    field = model_field(name) if name not in REGISTRATION.values() else None
    if field is not None and is_flag(name) and field.get_internal_type() == "BooleanField":
        return rows.filter(**{path: True}) if ticked else rows.filter(**{f"{path}__isnull": False})
    # Compare columns of every type as text: a date or a number is never empty. Encrypted ones cannot be compared
    # otherwise.
    return rows.filter(**{f"{path}__isnull": False}).annotate(_text=Cast(path, TextField())).exclude(_text="")
