"""Facts, figures and task lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .base import NOTHING, attribute, classes, element, markup, markup_join, rendered
from .boxes import pill
from .icons import icon

_FACT = "<div><dt>{}</dt><dd>{}</dd></div>"


def fact(label: str, value: Any = "", *, wanted: bool = False) -> SafeString:
    """Return one line of `<dl class="facts">`; a missing value is marked, in red if it is required."""
    return markup(_FACT, label, _fact_value(value, wanted))


def facts(items: Iterable[Sequence[Any]]) -> SafeString:
    """Return a list of facts from pairs of label and value."""
    lines = ((rendered(label), _fact_value(value)) for label, value in items)
    return markup('<dl class="facts">\n{}\n</dl>', markup_join("\n", _FACT, lines))


def _fact_value(value: Any, wanted: bool = False) -> SafeString:
    if value is None or value == "":
        return markup('<span class="{}">{}</span>', "missing wanted" if wanted else "missing", _("not given"))
    return linebreaksbr(value if isinstance(value, str) else rendered(value))


def contact(text: str) -> SafeString:
    """Return telephone numbers and an e-mail address as links that call and write.

    A local number stays text: its code is not known.
    """
    return markup_join(", ", "{}", ((_reached(part),) for part in text.split(", ")))


def _reached(text: str) -> SafeString:
    if "@" in text:
        return markup('<a href="mailto:{}">{}</a>', quote(text, safe="@"), text)
    if text.startswith("+"):
        return markup('<a class="nowrap" href="tel:+{}">{}</a>', re.sub(r"\D", "", text), text)
    return rendered(text)


def figure(label: str, value: Any, note: str = "", url: str = "") -> SafeString:
    """Return one figure of `<dl class="figures">`; with a URL the whole box is a link."""
    name = markup('<a href="{}">{}</a>', url, label) if url else label
    return markup("<div><dt>{}</dt><dd>{}{}</dd></div>", name, rendered(value), element(" <small>{}</small>", note))


def tasks(items: Iterable[Any]) -> SafeString:
    """Return a list of tasks: items with text, link, link_url, detail, term, tone, action, action_url."""
    return _list("ul", "tasks", (_task(*_values(item, *_TASK)) for item in items))


_TASK = ("text", "link", "link_url", "detail", "term", "tone", "action", "action_url")


def _task(
    text: str, link: str, link_url: str, detail: str, term: str, tone: str, action: str, action_url: str
) -> SafeString:
    return markup(
        '<li>\n<span class="what">{}{}{}</span>\n<span class="term">{}</span>\n<span class="do">{}</span>\n</li>',
        text,
        element(" {}", _linked(link, link_url)),
        element("<small>{}</small>", detail),
        pill(term, tone) if term else "",
        markup(
            '<a class="button" href="{}">{}<span class="visually-hidden">: {} {}</span></a>',
            action_url,
            action,
            text,
            link,
        )
        if action_url
        else "",
    )


def steps(items: Iterable[Any]) -> SafeString:
    """Return numbered steps: items with label, state (done, now, outside or empty), url and hint."""
    return _list("ol", "steps", (_step(*_values(item, "label", "state", "url", "hint")) for item in items))


def _step(label: str, state: str, url: str, hint: str) -> SafeString:
    done = state == "done"
    mark = ' aria-current="step"' if state == "now" else attribute("class", state)
    said = markup('<span class="visually-hidden"> ({})</span>', pgettext("step", "done")) if done else NOTHING
    return markup(
        "<li" + mark + ">{}{}{}</li>", _linked(label, "" if done else url), said, element("<small>{}</small>", hint)
    )


def checklist(items: Iterable[Any]) -> SafeString:
    """Return a checklist of filled and missing entries: items with text, done, url."""
    return _list("ul", "checklist", (_check(*_values(item, "text", "done", "url")) for item in items))


def _check(text: str, done: Any, url: str) -> SafeString:
    return markup(
        '<li class="{}">{}<span>{}<span class="visually-hidden"> ({})</span></span></li>',
        "done" if done else "wanted",
        icon("circle-check") if done else icon("circle"),
        _linked(text, url),
        _("filled") if done else _("missing"),
    )


def _linked(label: Any, url: str) -> SafeString:
    return markup('<a href="{}">{}</a>', url, label) if url else rendered(label)


def _list(tag: str, name: str, items: Iterable[SafeString]) -> SafeString:
    lines = markup_join("\n", "{}", ((item,) for item in items))
    return markup("<{tag}{css}>\n{lines}\n</{tag}>", tag=tag, css=attribute("class", classes(name)), lines=lines)


def _values(item: Any, *names: str) -> list[Any]:
    """Return the values of an object or a mapping; missing ones are empty."""
    if isinstance(item, Mapping):
        return [item.get(name, "") for name in names]
    return [getattr(item, name, "") for name in names]
