"""Tables: cells of a row, the choice of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .base import NOTHING, shown
from .boxes import pill


def cells(items: Iterable[tuple[Any, Any]]) -> SafeString:
    """Cells of a row in a table with `stack`, from pairs of a label and a cell with `text` and `tone`.

    A cell whose tone is not None is a pill, unless it is empty.
    """
    return format_html_join("", "{}", ((_cell(label, cell.text, cell.tone),) for label, cell in items))


def _cell(label: Any, text: Any, tone: str | None) -> SafeString:
    return format_html('<td data-label="{}">{}</td>', label, text if tone is None or not text else pill(text, tone))


def selection(content: str, total: int | str | None = None) -> SafeString:
    """The bar over a table with chosen rows; its content are the buttons of bulk actions."""
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
    """The header cell that chooses every row of the page."""
    return format_html(
        '<th class="check-cell" scope="col"><label data-text="{text}">'
        '<input type="checkbox" data-select-page autocomplete="off" aria-label="{text}"></label></th>',
        text=_("Select all on this page"),
    )


def select_row(pk: int | str, label: Any) -> SafeString:
    """The cell that chooses a row: field `selected`, value `pk`."""
    return format_html(
        '<td class="check-cell"><label><input type="checkbox" name="selected" value="{}" aria-label="{}"></label></td>',
        pk,
        mark_safe(_("Select: %(label)s") % {"label": shown(label)}),
    )
