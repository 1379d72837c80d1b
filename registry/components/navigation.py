"""Navigation within and between pages: breadcrumbs, tabs, pagination, main navigation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .base import NOTHING, element, markup, markup_join, rendered
from .icons import icon

_CURRENT = mark_safe(' aria-current="page"')
_OPEN = mark_safe(" open")


def crumbs(content: str) -> SafeString:
    """Return the breadcrumbs of the page; the content is made of `crumb` tags."""
    return markup('<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', _("You are here"), content)


def crumb(label: Any, url: str = "") -> SafeString:
    """Return one breadcrumb, without a link if no URL is given."""
    if url:
        return markup('<li><a href="{}">{}</a></li>', url, label)
    return markup("<li>{}</li>", label)


def tabs(content: str, label: str) -> SafeString:
    """Return the tabs of a record, each a separate page; the content is made of `tab` tags."""
    return markup('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, content)


def tab(label: Any, url: str, current: bool = False, count: Any = None, tone: str = "") -> SafeString:
    """Return one tab; `count` is the number of items waiting there."""
    waiting = markup(' <span class="count {}">{}</span>', tone, rendered(count)) if count else NOTHING
    return markup('<li><a href="{}"{}>{}{}</a></li>', url, _CURRENT if current else "", rendered(label), waiting)


def navigation(entries: Iterable[Mapping[str, Any]], icons: bool = True) -> SafeString:
    """Return the entries of the navigation with their counts, in foldable groups; the current one is marked.

    A page has the navigation twice; the menu of a narrow window omits the icons.

    A group with one entry is shown as that entry. A folded group shows the count of its first entry that has one.
    """
    parts = []
    for key, found in groupby(entries, itemgetter("group")):
        group = list(found)
        shown_entries = SafeString("\n".join([_entry(entry, icons) for entry in group]))
        parts.append(shown_entries if not key or len(group) == 1 else _group(group, shown_entries))
    return markup("<ul>{}</ul>", SafeString("\n".join(parts)))


def _group(group: Sequence[Mapping[str, Any]], entries: SafeString) -> SafeString:
    counted = next((entry for entry in group if entry["counts"]), None)
    return markup(
        '<li><details class="navgroup" data-group="{}"{}><summary>{}{}</summary><ul>{}</ul></details></li>',
        group[0]["group"],
        _OPEN if group[0]["open"] else NOTHING,
        group[0]["group_label"],
        _count(counted) if counted else NOTHING,
        entries,
    )


def _entry(entry: Mapping[str, Any], icons: bool) -> SafeString:
    label = markup("{}<span>{}</span>", icon(entry["icon"]), entry["label"]) if icons else entry["label"]
    return markup(
        '<li><a href="{}"{}>{}{}</a></li>',
        entry["url"],
        _CURRENT if entry["current"] else "",
        label,
        _count(entry) if entry["counts"] else NOTHING,
    )


def _count(entry: Mapping[str, Any]) -> SafeString:
    return markup('<span class="count {}" data-count="{}">{}</span>', entry["tone"], entry["counts"], entry["count"])


def pager(
    context: Context, page: Any, total: int | str | None = None, name: str = "page", query: str | None = None
) -> SafeString:
    """Return the pagination of a page object; the number of pages need not be known.

    `query` is the part of the addresses before the page number, by default that of the request.
    """
    paginator = getattr(page, "paginator", None)
    numbers: list[Any] = []
    if paginator is not None and hasattr(paginator, "get_elided_page_range"):
        numbers = list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
        total = paginator.count if total is None else total
    request = context.get("request")
    asked = request.GET.copy() if request is not None else None

    def address(number: int) -> str:
        if query is not None or asked is None:
            return f"?{query}&{name}={number}" if query else f"?{name}={number}"
        asked[name] = str(number)
        return f"?{asked.urlencode()}"

    before = address(page.number - 1) if page.has_previous() else ""
    after = address(page.number + 1) if page.has_next() else ""
    if not (before or after or total is not None):
        return NOTHING
    way = NOTHING
    if before or after:
        way = markup(
            "<ul>\n{}{}\n{}</ul>\n",
            markup('<li><a href="{}" rel="prev">{} {}</a></li>\n', before, icon("arrow-left"), _("Previous"))
            if before
            else "",
            markup_join(
                "\n",
                "<li>{}</li>",
                ((_number(n, page.number, address(n) if isinstance(n, int) else ""),) for n in numbers),
            ),
            markup('<li><a href="{}" rel="next">{} {}</a></li>\n', after, _("Next"), icon("arrow-right"))
            if after
            else "",
        )
    return markup('<nav class="pager" aria-label="{}">\n<p>{}</p>\n{}</nav>', _("Pages"), _place(page, total), way)


def _number(number: Any, current: int, url: str) -> SafeString:
    words = element('<span class="visually-hidden">{} </span>', _("Page"))
    if number == current:
        return markup('<span class="here" aria-current="page">{}{}</span>', words, rendered(number))
    return markup('<a href="{}">{}{}</a>', url, words, rendered(number)) if url else rendered(number)


def _place(page: Any, total: int | str | None) -> SafeString:
    """Return the position: the rows of the page, the number of results, or the number of the page."""
    start = page.start_index() if total is not None and hasattr(page, "start_index") else 0
    if start:
        where = {"first": rendered(start), "last": rendered(page.end_index()), "total": rendered(total)}
        return mark_safe(_("%(first)s–%(last)s of %(total)s") % where)
    if total is not None:
        return mark_safe(_("Found: %(total)s") % {"total": rendered(total)})
    return mark_safe(_("Page %(number)s") % {"number": rendered(page.number)})
