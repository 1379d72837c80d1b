"""Act of blanks that are spoiled, lost, handed in by members or void (V-C1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.enums import PaperKind
from documents.tickets.queries.printed import written_off

from .blank_words import counted, head_of, span

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper

#: Paper → its heading, and the statement of the commission.
KINDS = {
    PaperKind.SPOILED: ("об испорченных бланках строгой отчётности", "испорчено"),
    PaperKind.LOST: ("об утраченных бланках строгой отчётности", "утрачено"),
    PaperKind.RETURN: ("о сдаче членских документов", "сдано"),
    PaperKind.CANCELLATION: ("о погашении членских документов", "погашено"),
}


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled by hand."""
    head = head_of(paper, batch)
    if paper is None:
        return [{**head, "heading": "о списании бланков строгой отчётности", "done": "списано"}]
    heading, done = KINDS[PaperKind(paper.kind)]
    found = written_off(paper)
    rows = [
        {
            "number": position,
            "numbers": span(one.numbers),
            "count": one.numbers.count,
            "owner": one.owner,
            "reason": one.reason or paper.note,
        }
        for position, one in enumerate(found, 1)
    ]
    return [{**head, "heading": heading, "done": done, "rows": rows, "total": counted(one.numbers for one in found)}]


ACT = Paper(
    code="write_off_act", title="Акт о списании бланков строгой отчётности", build=build, stylesheet="blank_act",
    archived=True,
)  # fmt: skip
