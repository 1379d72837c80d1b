"""Tables: cells of a row and selection of rows.

Cells of long tables have no end tags, which HTML allows before the next cell and at the end of a row. In a list of
fifty people they would be two of its sixty kilobytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.template.context import Context
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .base import NOTHING, classes, element, markup, markup_join, rendered
from .boxes import pill

_EMPTY = mark_safe("<td>")


def cells(items: Iterable[Any]) -> SafeString:
    """Return the cells of a row; an item has `text` and `tone`. Items whose tone is not None are shown as pills."""
    return SafeString("".join([_cell(item.text, item.tone) for item in items]))


def _cell(text: Any, tone: str | None) -> SafeString:
    if text is None or text == "":
        return _EMPTY
    return markup("<td>{}", text if tone is None else pill(text, tone))


def table_rows(rows: Iterable[tuple[int, str, Any, Iterable[Any]]], selectable: bool = False) -> SafeString:
    """Return the rows of a table from id, address, title and items of `cells`; `selectable` rows have a checkbox."""
    return SafeString("\n".join([_row(*row, selectable) for row in rows]))


def _row(pk: int, url: str, title: Any, items: Iterable[Any], selectable: bool) -> SafeString:
    box, name = (select_row(pk, heading="r"), f' id="r{pk}"') if selectable else (NOTHING, "")
    return markup('<tr>{}<th scope="row"{}><a href="{}">{}</a>{}</tr>', box, SafeString(name), url, title, cells(items))


def column_labels(context: Context, labels: Iterable[Any], table: str, selectable: bool = False) -> SafeString:
    """Return the style that labels the cells of a `labelled` table on a narrow page.

    `labels` has one for every column, an empty one for the heading of the row; this way the page contains each once.
    `table` is the class of the table; `selectable` says whether its rows begin with a checkbox.
    """
    rules = [
        f".{table} td:nth-child({number}){{--label:{_css_string(label)}}}"
        for number, label in enumerate(labels, 2 if selectable else 1)
        if label
    ]
    return markup('<style nonce="{}">{}</style>', context.get("CSP_NONCE", ""), mark_safe("".join(rules)))


def _css_string(text: Any) -> str:
    """Return the text as a CSS string; characters with a meaning in CSS or HTML are escaped by number."""
    return '"' + re.sub(r"[^\w .,№-]", lambda found: f"\\{ord(found[0]):06x}", str(text)) + '"'


def selection(content: str, total: int | str | None = None) -> SafeString:
    """Return the bar above a table with selectable rows; its content is the buttons of bulk actions."""
    everything = NOTHING
    if total:
        count = number_format(total, force_grouping=True) if isinstance(total, int) else total
        everything = markup(
            '<label><input type="checkbox" name="all" value="1" data-select-found data-total="{}" autocomplete="off">'
            " <span>{}</span></label>\n",
            count,
            _("All found: %(total)s") % {"total": count},
        )
    return markup(
        '<div class="selection" data-selection-bar>\n<span>{} <output data-selected-count>0</output></span>\n'
        '<button class="button quiet" type="button" data-select-none hidden>{}</button>\n'
        '{}<div class="actions">{}</div>\n</div>',
        _("Selected:"),
        _("Clear the choice"),
        everything,
        content,
    )


def select_all() -> SafeString:
    """Return the header cell that selects all rows of the page; its text begins the labels of their checkboxes."""
    return markup(
        '<th class="check-cell" scope="col"><label data-text="{text}">'
        '<input type="checkbox" data-select-page autocomplete="off" aria-label="{text}"></label>'
        '<span hidden id="s">{select}</span></th>',
        text=_("Select all on this page"),
        select=_("Select:"),
    )


def select_row(pk: int | str, label: Any = "", *, heading: str = "", state: str = "") -> SafeString:
    """Return the cell that selects a row: field `selected`, value `pk`; `state` is `checked`, `autofocus` or empty.

    The checkbox is labelled by `label`, or by the element with the id `heading` followed by `pk`, which avoids sending
    a name twice. The text of `select_all` precedes it.
    """
    if heading:
        name = markup('aria-labelledby="s {}{}"', heading, pk)
    else:
        name = markup('aria-label="{}"', mark_safe(_("Select: %(label)s") % {"label": rendered(label)}))
    return markup(
        '<td class="check-cell"><label><input type="checkbox" name="selected" value="{}" {}{}></label>',
        pk,
        name,
        element(" {}", state),
    )


def figures_row(items: Iterable[Any]) -> SafeString:
    """Return the cells of figures; an item has `text`, `url` of the list behind it, and `share`, the percentage of its
    bar.
    """
    return SafeString("".join([_figure(item.text, item.url, item.share) for item in items]))


def figures_table(table: Any) -> SafeString:
    """Return a table of figures with its caption, or only its note if it has no rows.

    `table` has `key` (its class), `title`, `heading`, `columns`, `rows` of name, address and figures, the figures of
    the `total`, and a `note`.
    """
    note = element('<footer><p class="soft">{}</p></footer>', table.note)
    if not table.rows:
        return note
    head = markup_join("", '<th scope="col" class="n">{}</th>', ((capfirst(name),) for name in table.columns))
    lines = [_figures_line(capfirst(name), url, figures) for name, url, figures in table.rows]
    # One or two figures fit beside their name on narrow pages too.
    css = classes("table dense shares", "stack labelled" if len(table.columns) > 2 else "", table.key)
    total = markup("<tfoot>{}</tfoot>", _figures_line(_("Total"), "", table.total)) if table.total else NOTHING
    return markup(
        '<div class="table-wrap"><table class="{}">\n'
        '<caption class="visually-hidden">{}</caption>\n<thead><tr><th scope="col">{}</th>{}</tr></thead>\n'
        "<tbody>{}</tbody>\n{}</table></div>{}",
        css, table.title, capfirst(table.heading), head, SafeString("\n".join(lines)), total, note,
    )  # fmt: skip


def _figures_line(name: str, url: str, figures: Iterable[Any]) -> SafeString:
    shown_name = markup('<a href="{}">{}</a>', url, name) if url else name
    return markup('<tr><th scope="row">{}</th>{}</tr>', shown_name, figures_row(figures))


def _figure(text: str, url: str, share: int | None) -> SafeString:
    rendered = markup('<a href="{}">{}</a>', url, text) if url else text
    if share is None:
        return markup('<td class="n">{}</td>', rendered)
    bar = markup('<meter class="bar" min="0" max="100" value="{}">{} %</meter>', share, share)
    return markup('<td class="n">{}<span class="of">{}{} %</span></td>', rendered, bar, share)
