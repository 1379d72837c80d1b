"""Switches of the menu «Display»: type size, contrast and language."""

from __future__ import annotations

from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .base import NOTHING, attribute
from .icons import icon as icon_named


def display_switch(context: Context, name: str, label: str, *, icon: str, look: str = "") -> SafeString:
    """Return the button that toggles a switch of `registry.display`."""
    on = name in (context.get("display") or ())
    return format_html(
        '<button type="submit" name="{}" value="{}" aria-pressed="{}"{}>{}<span>{}</span>{}</button>',
        name,
        "0" if on else "1",
        "true" if on else "false",
        attribute("class", look),
        icon_named(icon),
        label,
        icon_named("check") if on else NOTHING,
    )


def display_language(code: str, label: str, look: str = "") -> SafeString:
    """Return the button that switches the language of pages; its label is in that language."""
    return format_html(
        '<button type="submit" name="language" value="{0}" lang="{0}" aria-pressed="{1}"{2}>'
        "{3}<span>{4}</span></button>",
        code,
        "true" if get_language() == code else "false",
        attribute("class", look),
        icon_named("languages"),
        label,
    )
