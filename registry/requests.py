"""Numbers and ids that a request brings as text; used by views and filters."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import QueryDict

#: Digits of the longest version of a record that a form may send back.
VERSION_DIGITS = 9
#: Digits of the longest number that surely fits a column of ids (2**63 - 1 has nineteen digits).
ID_DIGITS = 18


def number_in(text: str, digits: int = ID_DIGITS) -> int | None:
    """Return the number that the text writes in ASCII digits, or None for other text and for longer numbers."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def id_in(text: str) -> int:
    """Return the id that the text writes. Raises `BadRequest` (400) for text that cannot be an id."""
    number = number_in(text)
    if number is None:
        raise BadRequest
    return number


def ids_in(data: QueryDict, name: str = "selected", most: int | None = None) -> list[int]:
    """Return the ids among the first `most` values of the field, in their order; other text is left out."""
    numbers = (number_in(text) for text in data.getlist(name)[:most])
    return [number for number in numbers if number is not None]
