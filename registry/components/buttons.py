"""Buttons and menus."""

from __future__ import annotations

from typing import Any

from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.safestring import SafeString

from .base import NOTHING, attribute, classes, markup, markup_join, rendered
from .icons import icon as icon_named
from .icons import optional_icon


def about(*names: Any) -> SafeString:
    """Return the context of a short label for screen readers only: «: Ivanova»."""
    words = markup_join(" ", "{}", ((rendered(name),) for name in names if name))
    return markup('<span class="visually-hidden">: {}</span>', words)


def button(label: str, url: str, kind: str = "", *, icon: str = "", dialog: str = "") -> SafeString:
    """Return a link styled as a button; `dialog` is the id of a dialog that scripts open instead."""
    return markup(
        '<a class="{}" href="{}"{}>{}<span>{}</span></a>',
        classes("button", kind),
        url,
        attribute("data-dialog", dialog),
        optional_icon(icon),
        label,
    )


def submit(label: str, kind: str = "primary", *, icon: str = "", name: str = "", value: str = "") -> SafeString:
    """Return the submit button of a form."""
    return markup(
        '<button class="{}" type="submit"{}>{}<span>{}</span></button>',
        classes("button", kind),
        markup(' name="{}" value="{}"', name, value) if name else NOTHING,
        optional_icon(icon),
        label,
    )


def post_button(context: Context, label: str, url: str, kind: str = "", *, icon: str = "") -> SafeString:
    """Return a form with a single button, for a change that needs no confirmation."""
    return markup(
        '<form class="inline-form" method="post" action="{}">{}{}</form>',
        url,
        CsrfTokenNode().render(context),
        submit(label, kind, icon=icon),
    )


def menu(content: str, label: str, *, icon: str = "", kind: str = "") -> SafeString:
    """Return a drop-down menu with entries from `menu_link` and `menu_post`."""
    return markup(
        '<details class="menu"><summary class="{}">{}<span>{}</span>{}</summary>'
        '<div class="menu-list">{}</div></details>',
        classes("button", kind),
        optional_icon(icon),
        label,
        icon_named("chevron-down", "caret"),
        content,
    )


def menu_link(label: str, url: str, *, icon: str = "", kind: str = "", dialog: str = "") -> SafeString:
    """Return a link in a menu."""
    return markup(
        '<a href="{}"{}{}>{}<span>{}</span></a>',
        url,
        attribute("class", kind),
        attribute("data-dialog", dialog),
        optional_icon(icon),
        label,
    )


def menu_post(context: Context, label: str, url: str, *, icon: str = "", kind: str = "") -> SafeString:
    """Return a menu entry that sends a POST request."""
    return markup(
        '<form method="post" action="{}">{}<button type="submit"{}>{}<span>{}</span></button></form>',
        url,
        CsrfTokenNode().render(context),
        attribute("class", kind),
        optional_icon(icon),
        label,
    )
