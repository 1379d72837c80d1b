"""The rows of a list with what is to be said of them, as a workbook that is corrected and loaded again (U-5)."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from registry.models import Organization

from ..models import ImportBatch, ImportRow
from ..models.imports import decode
from .batches import issues_of
from .issues import Kind
from .source import as_text

#: A heading that recognition leaves out; the words of the remarks never come back as data.
HEADING = "Замечания реестра"


def remarks_workbook(batch: ImportBatch, rows: Sequence[ImportRow], label: Callable[[str, Organization], str]) -> bytes:
    """The columns of the file as they were, and behind them the remarks on each row; no cell is a formula."""
    target = io.BytesIO()
    settings = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {"in_memory": True, **settings}) as book:
        whole = book.add_format({"num_format": "0", "align": "left", "valign": "top"})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        tones = {
            Kind.ERROR: book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#fde8e6"}),
            Kind.WARNING: book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#fdf3dc"}),
        }
        page = book.add_worksheet(_("List"))
        page.freeze_panes(1, 1)
        page.set_column(0, len(batch.headings), 18)
        page.set_column(len(batch.headings), len(batch.headings), 80)
        page.write_row(0, 0, [*batch.headings, HEADING], bold)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row.cells):
                value = decode(cell)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    # A number stays one: that its zeros were lost, or that it is a day, is read from it again.
                    page.write_number(at, column, value, whole if isinstance(value, int) else wrap)
                elif text := as_text(value):
                    page.write_string(at, column, text, wrap)
            issues = issues_of(row)
            lines = [_line(issue.field, issue.message, batch, label) for issue in issues]
            tone = next((tones[issue.kind] for issue in issues if issue.kind in tones), wrap)
            page.write_string(at, len(batch.headings), "\n".join(lines), tone)
    return target.getvalue()


def _line(field: str, message: str, batch: ImportBatch, label: Callable[..., str]) -> Any:
    name = label(field, batch.organization)
    return f"{name}: {message}" if name else message
