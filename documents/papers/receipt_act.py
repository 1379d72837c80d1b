"""Act of the commission that received blanks and compared them with the accompanying paper (V-C1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.queries.printed import moved_by

from .blank_words import counted, head_of, rows_of

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper, the values of an empty act to be filled in by hand.

    The paper has the sender's number, so the act has an empty line for its own.
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
