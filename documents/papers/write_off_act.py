"""Act of blanks that are spoiled, lost, handed in by members or void (V-C1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.fitting import Column
from documents.tickets.enums import PaperKind
from documents.tickets.queries.printed import written_off

from .blank_words import NOBODY, counted, head_of, span
from .list_pages import LIST, parts_of

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper

#: Columns of the act: name of the value, width (mm), alignment.
COLUMNS: tuple[Column, ...] = (
    ("number", 11, "n"), ("kind", 30, ""), ("numbers", 36, "n"), ("count", 14, "n"), ("owner", 39, ""),
    ("reason", 40, ""),
)  # fmt: skip
#: Paper → its heading, and the statement of the commission.
KINDS = {
    PaperKind.SPOILED: ("об испорченных бланках строгой отчётности", "испорчено"),
    PaperKind.LOST: ("об утраченных бланках строгой отчётности", "утрачено"),
    PaperKind.RETURN: ("о сдаче членских документов", "сдано"),
    PaperKind.HANDED_BACK: ("о возврате членских документов владельцам", "возвращено"),
    PaperKind.CANCELLATION: ("о погашении членских документов", "погашено"),
}


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled in by hand."""
    head = head_of(paper, batch)
    if paper is None:
        return [{**head, "heading": "о списании бланков строгой отчётности", "done": "списано", "columns": COLUMNS}]
    heading, done = KINDS[PaperKind(paper.kind)]
    found = written_off(paper)
    rows = [
        {
            "number": position,
            "kind": head["kind"],
            "numbers": span(one.numbers),
            "count": one.numbers.count,
            "owner": one.owner or NOBODY,
            "reason": one.reason or paper.note,
        }
        for position, one in enumerate(found, 1)
    ]
    table = {"rows": rows, "columns": COLUMNS, "parts": parts_of(rows, COLUMNS, LIST)}
    return [{**head, **table, "heading": heading, "done": done, "total": counted(one.numbers for one in found)}]


ACT = Paper(
    code="write_off_act", title="Акт о списании бланков строгой отчётности", build=build, stylesheet="blank_act",
    archived=True,
)  # fmt: skip
