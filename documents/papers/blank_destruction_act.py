"""Act by which a commission destroyed void tickets and cards: whose they were and why (V-B15, practice D12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.queries.printed import written_off

from .blank_words import counted, head_of, span

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled by hand."""
    head = head_of(paper, batch)
    if paper is None:
        return [head]
    found = written_off(paper)
    rows = [
        {"number": position, "numbers": span(one.numbers), "owner": one.owner, "reason": one.reason}
        for position, one in enumerate(found, 1)
    ]
    return [{**head, "rows": rows, "total": counted(one.numbers for one in found)}]


ACT = Paper(
    code="blank_destruction_act", title="Акт об уничтожении членских документов", build=build,
    stylesheet="blank_act", archived=True,
)  # fmt: skip
