"""Helpers shared by all components: values as templates show them, attributes, class names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]

NOTHING = SafeString("")
_SPECIAL = re.compile("[&<>\"']").search


def escaped(value: Any) -> SafeString:
    """Return the value as HTML, as `conditional_escape` does: text is escaped unless it is marked as safe.

    Most values are plain strings without special characters. Django's function first checks for lazy values, which
    takes longer than the escaping.
    """
    kind = type(value)
    if kind is SafeString:
        return value
    if kind is str:
        return SafeString(escape(value) if _SPECIAL(value) else value)
    return conditional_escape(value)


def _texts(values: Iterable[Any]) -> list[str]:
    """Return the values escaped as by `escaped`, but as plain strings.

    `str.format` calls `__str__` of all other types. A page has thousands of values, so most are handled without a
    function call.
    """
    return [
        (escape(value) if _SPECIAL(value) else value)
        if type(value) is str
        else str.__str__(value if type(value) is SafeString else conditional_escape(value))
        for value in values
    ]


def markup(html: str, *values: Any, **named: Any) -> SafeString:
    """Return `html` with the escaped values inserted, like Django's `format_html` but much faster."""
    if named:
        return SafeString(html.format(*_texts(values), **dict(zip(named, _texts(named.values()), strict=True))))
    return SafeString(html.format(*_texts(values)))


def markup_join(separator: str, html: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """Return `html` once for each row with its escaped values inserted, like `format_html_join`."""
    return SafeString(escaped(separator).join([html.format(*_texts(row)) for row in rows]))


def rendered(value: Any) -> SafeString:
    """Return the value as a template shows it: numbers and dates localised, text
    escaped unless it is marked as safe.
    """
    if isinstance(value, Promise):
        value = str(value)
    elif not isinstance(value, str):
        value = localize(template_localtime(value))
    return escaped(value)


def attribute(name: str, value: Any) -> SafeString:
    """Return ` name="value"`, or an empty string for an empty value."""
    return markup(' {}="{}"', name, value) if value else NOTHING


def classes(first: str, *others: Any) -> SafeString:
    """Return the non-empty names, separated by spaces."""
    return escaped(" ".join([first, *(str(name) for name in others if name)]))


def element(html: str, value: Any, *others: Any) -> SafeString:
    """Return `html` with its values inserted, or an empty string if the first value is empty."""
    return markup(html, value, *others) if value else NOTHING
