"""Buttons and menus."""

from __future__ import annotations

from typing import Any

from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .base import NOTHING, attribute, classes, shown
from .icons import icon as icon_named
from .icons import optional_icon


def about(*names: Any) -> SafeString:
    """Return what a short label is about, for screen readers only: «: Ivanova»."""
    words = format_html_join(" ", "{}", ((shown(name),) for name in names if name))
    return format_html('<span class="visually-hidden">: {}</span>', words)


def button(label: str, url: str, kind: str = "", *, icon: str = "", dialog: str = "") -> SafeString:
    """Return a link styled as a button; `dialog` is the id of a dialog that scripts open instead."""
    return format_html(
        '<a class="{}" href="{}"{}>{}<span>{}</span></a>',
        classes("button", kind),
        url,
        attribute("data-dialog", dialog),
        optional_icon(icon),
        label,
    )


def submit(label: str, kind: str = "primary", *, icon: str = "", name: str = "", value: str = "") -> SafeString:
    """Return the submit button of a form."""
    return format_html(
        '<button class="{}" type="submit"{}>{}<span>{}</span></button>',
        classes("button", kind),
        format_html(' name="{}" value="{}"', name, value) if name else NOTHING,
        optional_icon(icon),
        label,
    )


def post_button(context: Context, label: str, url: str, kind: str = "", *, icon: str = "") -> SafeString:
    """Return a form with a single button, for a change that needs no confirmation."""
    return format_html(
        '<form class="inline-form" method="post" action="{}">{}{}</form>',
        url,
        CsrfTokenNode().render(context),
        submit(label, kind, icon=icon),
    )


def menu(content: str, label: str, *, icon: str = "", kind: str = "") -> SafeString:
    """Return a drop-down menu; its content is made of `menu_link` and `menu_post`."""
    return format_html(
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
    return format_html(
        '<a href="{}"{}{}>{}<span>{}</span></a>',
        url,
        attribute("class", kind),
        attribute("data-dialog", dialog),
        optional_icon(icon),
        label,
    )


def menu_post(context: Context, label: str, url: str, *, icon: str = "", kind: str = "") -> SafeString:
    """Return a menu entry that sends a POST request."""
    return format_html(
        '<form method="post" action="{}">{}<button type="submit"{}>{}<span>{}</span></button></form>',
        url,
        CsrfTokenNode().render(context),
        attribute("class", kind),
        optional_icon(icon),
        label,
    )
