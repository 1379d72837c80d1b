"""Boxes and small elements: panel, pill, message, empty state, progress bar, dialog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import states
from .base import NOTHING, attribute, classes, element, escaped, markup, markup_join
from .base import rendered as as_shown
from .icons import MESSAGE_ICONS
from .icons import icon as icon_named


def panel(
    content: str,
    title: str = "",
    *,
    note: str = "",
    action: str = "",
    action_url: str = "",
    flush: bool = False,
    tone: str = "",
    id: str = "",
    level: int = 2,
) -> SafeString:
    """Return a box with a heading; `flush` omits the padding, for tables and lists."""
    head = NOTHING
    if title or action_url or note:
        link = NOTHING
        if action and action_url:
            link = markup('<a href="{}">{}<span class="visually-hidden">: {}</span></a>', action_url, action, title)
        heading = "<h3>{}</h3>" if level == 3 else "<h2>{}</h2>"
        note_shown = element('<span class="note">{}</span>', as_shown(note) if note else "")
        head = markup("<header>" + heading + "{}{}</header>\n", title, note_shown, link)
    body = content if flush else markup('<div class="body">{}</div>', content)
    return markup('<section class="{}"{}>\n{}{}\n</section>', classes("panel", tone), attribute("id", id), head, body)


def fold(
    content: str, title: str, *, count: Any = None, tone: str = "", id: str = "", open: bool = False
) -> SafeString:
    """Return a box that folds under its heading; `count` is the number of items in it, in the colour of `tone`."""
    number = element('<span class="{}">{}</span>', classes("count", tone), as_shown(count)) if count else NOTHING
    return markup(
        '<details class="panel fold"{}{}>\n<summary><h2>{}</h2>{}{}</summary>\n{}\n</details>',
        attribute("id", id),
        markup(" open") if open else NOTHING,
        title,
        number,
        icon_named("chevron-down", "caret"),
        content,
    )


def pill(text: Any, tone: str = "") -> SafeString:
    """Return a state in one or two words; `tone` is ok, warn, bad, info or empty. The style sheet adds the icon."""
    return markup('<span class="{}">{}</span>', classes("pill", tone), text)


def state_pill(obj: Model) -> SafeString:
    """Return the state of an object with a registered life cycle, in words and with its tone."""
    return pill(states.name_of(obj), states.tone_of(obj))


def message(content: str, tone: str = "info") -> SafeString:
    """Return a message in a frame of its tone."""
    mark = icon_named(MESSAGE_ICONS.get(tone, "info"))
    return markup('<div class="{}">\n{}\n<div>{}</div>\n</div>', classes("message", tone), mark, content)


def blockers(title: str, lines: Iterable[Any]) -> SafeString:
    """Return a message with the obstacles, or an empty string.

    An item with a `page` (a URL name), and optionally a `number`, becomes a link.
    """
    items = [(_blocker(line),) for line in lines]
    if not items:
        return NOTHING
    listed = markup_join("", "<li>{}</li>", items)
    return message(markup('<p class="strong">{}</p><div class="prose"><ul>{}</ul></div>', title, listed), "bad")


def _blocker(line: Any) -> SafeString:
    page = getattr(line, "page", "")
    if not page:
        return escaped(line)
    return markup('<a href="{}">{}</a>', reverse(page, args=[line.number] if line.number else []), line)


def placeholder(
    title: str,
    text: str = "",
    *,
    icon: str = "inbox",
    action: str = "",
    url: str = "",
    secondary: str = "",
    secondary_url: str = "",
) -> SafeString:
    """Return the empty state of a list: the missing rows, the reason and the next step."""
    first = markup('<a class="button primary" href="{}">{}</a>\n', url, action) if url else NOTHING
    second = markup('<a class="button" href="{}">{}</a>\n', secondary_url, secondary) if secondary_url else NOTHING
    return markup(
        '<div class="empty">\n{}\n<p class="title">{}</p>\n{}{}</div>',
        icon_named(icon),
        title,
        element("<p>{}</p>\n", text),
        element('<div class="cluster">\n{}</div>\n', first + second),
    )


def meter(value: float, maximum: float = 100, label: str = "", *, shown: str = "", tone: str = "") -> SafeString:
    """Return a progress bar with its label; `shown` replaces the percentage."""
    share = round(100 * value / maximum) if maximum else 0
    return markup(
        '<div class="meter">\n<span>{}<b>{}</b></span>\n'
        '<progress{} max="{}" value="{}" aria-label="{}">{} %</progress>\n</div>',
        element("<span>{}</span>", label),
        shown or _("%(share)s %%") % {"share": share},
        attribute("class", tone),
        maximum or 1,
        value,
        label or _("Progress"),
        share,
    )


def dialog(content: str, id: str, title: str) -> SafeString:
    """Return a modal dialog; a link with `data-dialog` opens it, and without scripts leads to a page instead."""
    return markup(
        '<dialog id="{id}" aria-labelledby="{id}-title">\n<header><h2 id="{id}-title">{title}</h2></header>\n'
        "{content}\n</dialog>",
        id=id,
        title=title,
        content=content,
    )
