"""Sort orders of the member list: by any of its columns; people with equal values are sorted by name."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Expression, F, IntegerField, OrderBy, TextField, Value, When
from django.db.models.functions import Length, Lower

from documents.ecards.prepared import status_expression
from registry.charters.base import Charter
from registry.enums import DataClass

from .enums import ConsentState
from .rules.fields import class_of, known_choices, model_field, place_of

NAME = "name"


def _filled_first(name: str, *then: Any) -> tuple[Any, ...]:
    return (Case(When(**{name: ""}, then=Value(1)), default=Value(0)), *then)


def _in_order(name: str, values: list[str]) -> Expression:
    """Return the position of the value in the list; other values are last."""
    whens = [When(**{name: value}, then=Value(rank)) for rank, value in enumerate(values)]
    return Case(*whens, default=Value(len(values)), output_field=IntegerField())


#: Columns that are not sorted as a text or by a list of choices.
_OWN: dict[str, tuple[Any, ...]] = {
    "birth_date": (F("birth_date"),),
    "joined_on": (F("joined_on"),),
    # Shorter numbers are smaller: 99 comes before 100.
    "ticket_number": _filled_first("ticket_number", Length("ticket_number"), F("ticket_number")),
    "unit": (F("organization__sort_key"),),
    "cell": (F("cell__sort_key"),),
    "consent_state": (_in_order("consent_state", [str(state) for state in ConsentState]),),
    "missing": (F("missing"),),
    "reprint": (F("reprint"),),
    "dues": (F("dues__unpaid"),),
    # Members with the same status are grouped.
    "electronic_card": (status_expression(),),
}


def order_by(wanted: str, charter: Charter | None) -> tuple[Any, ...] | None:
    """Return the expressions of a sort order, reversed by `-` in front of a column; None if there is no such order.

    Empty values always come last.
    """
    key = wanted.removeprefix("-")
    turned = wanted.startswith("-")
    if key == NAME:
        return (F("sort_key").desc(), F("pk").desc()) if turned else ()
    if key == "age":
        # Older people were born earlier.
        key, turned = "birth_date", not turned
    expressions = _OWN.get(key) or _of_field(key, charter)
    if expressions is None:
        return None
    *first, last = expressions
    if not (turned and key == "ticket_number"):
        return (*first, _turned(last, turned))
    return (first[0], _turned(first[1], turned), _turned(last, turned))


def _turned(expression: Any, turned: bool) -> OrderBy:
    return expression.desc(nulls_last=True) if turned else expression.asc(nulls_last=True)


def _of_field(name: str, charter: Charter | None) -> tuple[Any, ...] | None:
    listed = charter is not None and name in charter.fields and place_of(name) == "member"
    if charter is None or not listed or class_of(name) != DataClass.GENERAL:
        return None
    if options := known_choices(name, charter):
        by_label = sorted((str(label).lower(), str(key)) for key, label in options)
        return (_in_order(name, [key for _label, key in by_label]),)
    field = model_field(name)
    if not isinstance(field, CharField | TextField):
        return (F(name),)
    return _filled_first(name, Lower(name, output_field=TextField()))
