"""Issue sheet: tickets handed to members against signature (V-C3, practice D10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.enums import IssueReason, PaperKind, PaperState
from documents.tickets.ranges import merged
from registry.access import usable
from registry.days import day_text

from .blank_words import NUMBER_OF, counted, head_of, kind_genitive, spans
from .list_pages import Layout, divided

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper, IssueLine

#: Measures of sheets with a column for signatures.
SIGNED = Layout(first=18, others=22, ending=7, row=10.4, cell=8.8, size=10.0)
#: Columns of the sheet: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 9, "n"), ("name", 42, ""), ("ticket", 21, "n"), ("ground", 25, ""), ("kind", 25, ""), ("day", 19, "n"),
    ("signature", 29, ""),
)  # fmt: skip
#: Maximum number of ranges that are also printed below the rows.
MAX_RANGES = 6
#: Reasons for a duplicate, as printed.
REASONS = {
    IssueReason.NAME: "изменение данных",
    IssueReason.LOST: "утрата",
    IssueReason.DAMAGED: "непригодность",
}
ERASED = "(данные уничтожены)"


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; a draft has no numbers yet, and without a paper the sheet is filled in by
    hand.
    """
    lines = lines_of(paper) if paper is not None else []
    rows = [_row(line) for line in lines] or SIGNED.empty
    head = head_of(paper, batch)
    kind = paper.blank if paper is not None else "ticket"
    numbers = merged(line.blank.range for line in lines if line.blank is not None)
    common = {**head, "kinds": kind_genitive(kind), "whose": NUMBER_OF[kind]}
    ending = {
        "total": counted(numbers) if numbers else "", "numbers": spans(numbers) if len(numbers) <= MAX_RANGES else "",
    }  # fmt: skip
    return divided(rows, COLUMNS, common, ending, SIGNED)


def lines_of(paper: BlankPaper) -> list[IssueLine]:
    """Return the lines in order. Lines of blocked members are kept on a posted sheet, but not on a draft (N-C1)."""
    lines = paper.lines.filter(usable("member__")) if paper.state == PaperState.DRAFT else paper.lines
    return list(lines.select_related("blank").order_by("position"))


def _row(line: IssueLine) -> dict[str, Any]:
    issued = line.blank is not None
    return {
        "number": line.position,
        "name": line.full_name or ERASED,
        "ticket": line.blank.number_text if line.blank is not None else "",
        "ground": line.ground,
        "kind": first_or_duplicate(line),
        "day": day_text(line.paper.made_on) if issued and line.paper.kind == PaperKind.ISSUE else "",
    }


def first_or_duplicate(line: IssueLine) -> str:
    """Return «первичный», or «дубликат (взамен № 0104512, утрата)»."""
    if line.reason == IssueReason.FIRST and not line.replaces:
        return "первичный"
    facts = [f"взамен № {line.replaces}" if line.replaces else "", REASONS.get(IssueReason(line.reason), "")]
    said = ", ".join(filter(None, facts))
    return f"дубликат ({said})" if said else "дубликат"


SHEET = Paper(code="issue_sheet", title="Ведомость выдачи членских билетов", build=build, archived=True)
