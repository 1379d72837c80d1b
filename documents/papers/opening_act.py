"""Opening act: tickets issued before the ledger existed, entered into it as issued (V-C1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from registry.days import day_text

from .blank_words import counted, head_of
from .issue_sheet import ERASED, SIGNED
from .list_pages import divided

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper, IssueLine

#: Columns of the act: name of the value, width (mm), alignment.
COLUMNS = (("number", 11, "n"), ("name", 86, ""), ("ticket", 40, "n"), ("joined", 33, "n"))


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; without a paper, the values of an empty act to be filled in by hand."""
    lines = list(paper.lines.select_related("blank").order_by("position")) if paper is not None else []
    rows = [_row(line) for line in lines] or SIGNED.empty
    numbers = [line.blank.range for line in lines if line.blank is not None]
    ending = {"total": counted(numbers) if numbers else ""}
    return divided(rows, COLUMNS, head_of(paper, batch), ending, SIGNED)


def _row(line: IssueLine) -> dict[str, Any]:
    return {
        "number": line.position,
        "name": line.full_name or ERASED,
        "ticket": line.blank.number_text if line.blank is not None else "",
        "joined": day_text(line.joined_on),
    }


ACT = Paper(
    code="opening_act", title="Акт о начальных остатках членских билетов", build=build, stylesheet="issue_sheet",
    archived=True,
)  # fmt: skip
