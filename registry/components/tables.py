"""Tables: the cells of a row and the selection of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .base import NOTHING, shown
from .boxes import pill

_EMPTY = mark_safe("<td></td>")


def cells(items: Iterable[tuple[Any, Any]]) -> SafeString:
    """Return the cells of a row of a `stack` table from pairs of label and cell; a cell has `text` and `tone`.

    Non-empty cells whose tone is not None are shown as pills. Empty cells need no label: a narrow page hides them.
    """
    return format_html_join("", "{}", ((_cell(label, cell.text, cell.tone),) for label, cell in items))


def _cell(label: Any, text: Any, tone: str | None) -> SafeString:
    if text is None or text == "":
        return _EMPTY
    return format_html('<td data-label="{}">{}</td>', label, text if tone is None else pill(text, tone))


def selection(content: str, total: int | str | None = None) -> SafeString:
    """Return the bar above a table with selected rows; its content is the buttons of bulk actions."""
    everything = NOTHING
    if total:
        count = number_format(total, force_grouping=True) if isinstance(total, int) else total
        everything = format_html(
            '<label><input type="checkbox" name="all" value="1" data-select-found data-total="{}" autocomplete="off">'
            " <span>{}</span></label>\n",
            count,
            _("All found: %(total)s") % {"total": count},
        )
    return format_html(
        '<div class="selection" data-selection-bar>\n<span>{} <output data-selected-count>0</output></span>\n'
        '<button class="button quiet" type="button" data-select-none hidden>{}</button>\n'
        '{}<div class="actions">{}</div>\n</div>',
        _("Selected:"),
        _("Clear the choice"),
        everything,
        content,
    )


def select_all() -> SafeString:
    """Return the header cell that selects all rows of the page; the word in it begins the names of their checkboxes."""
    return format_html(
        '<th class="check-cell" scope="col"><label data-text="{text}">'
        '<input type="checkbox" data-select-page autocomplete="off" aria-label="{text}"></label>'
        '<span hidden id="s">{select}</span></th>',
        text=_("Select all on this page"),
        select=_("Select:"),
    )


def select_row(pk: int | str, label: Any = "", *, heading: str = "") -> SafeString:
    """Return the cell that selects a row: field `selected`, value `pk`.

    The checkbox is named by `label`, or by the element whose id is `heading` followed by `pk`; a name that the row shows
    anyway is then sent once. `select_all` has the word before it.
    """
    if heading:
        name = format_html('aria-labelledby="s {}{}"', heading, pk)
    else:
        name = format_html('aria-label="{}"', mark_safe(_("Select: %(label)s") % {"label": shown(label)}))
    return format_html(
        '<td class="check-cell"><label><input type="checkbox" name="selected" value="{}" {}></label></td>', pk, name
    )
