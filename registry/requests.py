"""Parsing of numbers and ids in requests; used by views and filters."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.utils.translation import ngettext

#: Maximum number of digits in a record's version sent by a form.
VERSION_DIGITS = 9
#: Maximum number of digits that fits an id column (2**63 - 1 has nineteen).
ID_DIGITS = 18


def asks_for_word(request: HttpRequest) -> bool:
    """Return whether the paper is requested as a Word file instead of a PDF."""
    return request.GET.get("as") == "word"


def cookie_name(request: HttpRequest, name: str) -> str:
    """Return the name of a cookie; behind TLS it has the prefix that stops other hosts from setting it."""
    return f"__Host-{name}" if request.is_secure() else name


def number_in(text: str, digits: int = ID_DIGITS) -> int | None:
    """Return the number written in ASCII digits, or None for other text and longer numbers."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def id_in(text: str) -> int:
    """Return the id. Raises `BadRequest` (400) for text that cannot be an id."""
    number = number_in(text)
    if number is None:
        raise BadRequest
    return number


def say_missing(request: HttpRequest, asked: Iterable[int], found: Iterable[int]) -> None:
    """Say how many of the chosen rows were not found, because they are gone or outside the actor's scope."""
    missing = len(set(asked) - set(found))
    if missing:
        text = ngettext(
            "%(n)s of the chosen rows was not found here; nothing was done with it.",
            "%(n)s of the chosen rows were not found here; nothing was done with them.",
            missing,
        )
        messages.warning(request, text % {"n": missing})


def ids_in(data: QueryDict, name: str = "selected", most: int | None = None) -> list[int]:
    """Return the ids among the first `most` values of the field, in order; other values are skipped."""
    numbers = (number_in(text) for text in data.getlist(name)[:most])
    return [number for number in numbers if number is not None]
