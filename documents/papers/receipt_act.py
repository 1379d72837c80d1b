"""Act of the commission that received blanks from outside and compared them with the paper they came with (V-C1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.queries.printed import moved_by

from .blank_words import counted, head_of, rows_of

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled by hand.

    The number of the paper is the sender's, so the act has a line for its own.
    """
    head = head_of(paper, batch)
    if paper is None:
        return [head]
    received = moved_by(paper)
    return [{**head, "source": paper.source, "rows": rows_of(received), "total": counted(received)}]


ACT = Paper(
    code="receipt_act", title="Акт приёмки бланков строгой отчётности", build=build, data_classes=frozenset(),
    stylesheet="blank_act", archived=True,
)  # fmt: skip
