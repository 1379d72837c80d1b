"""Helpers shared by all components: values as templates show them, attributes, class names."""

from __future__ import annotations

from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]

NOTHING = SafeString("")


def shown(value: Any) -> SafeString:
    """Return the value as a template shows it: numbers and dates localised, text escaped unless it is marked as safe."""
    if not isinstance(value, str):
        value = localize(template_localtime(value))
    return conditional_escape(value)


def attribute(name: str, value: Any) -> SafeString:
    """Return ` name="value"`, or nothing for an empty value."""
    return format_html(' {}="{}"', name, value) if value else NOTHING


def classes(first: str, *others: Any) -> SafeString:
    """Return the names that are not empty, separated by spaces."""
    return conditional_escape(" ".join([first, *(str(name) for name in others if name)]))


def element(html: str, value: Any, *others: Any) -> SafeString:
    """Return `html` with its values in it, or nothing where the first of them is empty."""
    return format_html(html, value, *others) if value else NOTHING
