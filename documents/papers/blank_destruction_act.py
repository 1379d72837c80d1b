"""Act on destroying void tickets and cards by a commission: their owners and the reasons (V-B15, practice D12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.fitting import Column
from documents.tickets.queries.printed import written_off

from .blank_words import NOBODY, counted, head_of, span
from .list_pages import LIST, parts_of

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper

#: Columns of the act: name of the value, width (mm), alignment; the last one is for notes by hand.
COLUMNS: tuple[Column, ...] = (
    ("number", 11, "n"), ("kind", 30, ""), ("numbers", 34, "n"), ("owner", 40, ""), ("reason", 32, ""),
    ("note", 23, ""),
)  # fmt: skip


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled in by hand."""
    head = head_of(paper, batch)
    if paper is None:
        return [{**head, "columns": COLUMNS}]
    found = written_off(paper)
    rows = [
        {
            "number": position,
            "kind": head["kind"],
            "numbers": span(one.numbers),
            "owner": one.owner or NOBODY,
            "reason": one.reason,
        }
        for position, one in enumerate(found, 1)
    ]
    table = {"rows": rows, "columns": COLUMNS, "parts": parts_of(rows, COLUMNS, LIST)}
    return [{**head, **table, "total": counted(one.numbers for one in found)}]


ACT = Paper(
    code="blank_destruction_act", title="Акт об уничтожении членских документов", build=build,
    stylesheet="blank_act", archived=True,
)  # fmt: skip
