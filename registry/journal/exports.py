"""The journal as a workbook (N-S1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from registry.days import moment_text
from registry.spreadsheets.writing import Workbook


def journal_workbook(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the events as a workbook, with the columns of the page."""
    headings = [
        (_("When"), 18), (_("Action"), 44), (_("Record"), 18), (_("Who"), 32), (_("Acting as"), 32), (_("Where"), 32),
    ]  # fmt: skip
    with Workbook(constant_memory=True) as book:
        page = book.add_page(_("Journal"), headings, frozen=1)
        for number, row in enumerate(rows, start=1):
            place = row["organization"]
            values = (
                moment_text(row["at"]), row["action"], row["object"], row["who"],
                row["capacity"], place.short_name if place is not None else "",
            )  # fmt: skip
            for at, value in enumerate(values):
                book.write(page, number, at, value)
    return book.data
