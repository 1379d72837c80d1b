"""Russian words and values shared by the papers of blanks: kinds, papers, numbers, heads and signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, bundle, render_all, sheets_for
from documents.printing.fitting import Column, fit_cells, pages_of, rows_needed
from documents.printing.russian import blanks_in_words, count_in_words
from documents.tickets.enums import BlankKind, PaperKind, PaperState
from documents.tickets.queries.printed import as_on, moment_of
from documents.tickets.ranges import NumberRange, count_of
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper
    from registry.organizations.models import Organization

#: Kind of blank → its name, and its genitive plural.
KINDS: dict[str, tuple[str, str]] = {
    BlankKind.TICKET: ("членский билет", "членских билетов"),
    BlankKind.CARD: ("учётная карточка", "учётных карточек"),
}
#: Kind of blank → the thing that its number identifies.
NUMBER_OF: dict[str, str] = {BlankKind.TICKET: "билета", BlankKind.CARD: "карточки"}
#: Papers as the basis of an entry.
PAPERS: dict[str, str] = {
    PaperKind.OPENING: "акт о начальных остатках",
    PaperKind.RECEIPT: "документ",
    PaperKind.HAND_DOWN: "акт передачи",
    PaperKind.ISSUE: "ведомость выдачи",
    PaperKind.SPOILED: "акт об испорченных бланках",
    PaperKind.LOST: "акт об утраченных бланках",
    PaperKind.RETURN: "акт о сдаче",
    PaperKind.HANDED_BACK: "акт о возврате владельцам",
    PaperKind.CANCELLATION: "акт о погашении",
    PaperKind.STOCK_TAKING: "акт инвентаризации",
    PaperKind.DESTRUCTION: "акт об уничтожении",
}
#: Text of an act instead of the owner, for a blank that no member had.
NOBODY = "—"
#: Numbers of empty rows in an act filled in by hand, and of empty lines for signatures.
EMPTY_ROWS, SIGNERS = 10, 3
#: Number of pages in one run of the layout engine.
PAGES = 40
#: Number of rows on a page of a book, height of a row and of its cells (mm), size of the letters (points).
ROWS, ROW, CELL, SIZE = 15, 9.2, 8.7, 9.0


def kind_name(kind: str) -> str:
    """Return «членский билет»."""
    return KINDS[kind][0] if kind else ""


def kind_genitive(kind: str) -> str:
    """Return «членских билетов», of any blanks «бланков»."""
    return KINDS[kind][1] if kind else "бланков"


def span(numbers: NumberRange) -> str:
    """Return the range without its count: «АБ 000101–000200»."""
    first = numbers.text_of(numbers.first)
    return first if numbers.first == numbers.last else f"{first}–{numbers.last:0{numbers.width}}"


def spans(ranges: Iterable[NumberRange]) -> str:
    """Return the ranges in one line."""
    return ", ".join(map(span, ranges))


def ground_of(paper: BlankPaper) -> str:
    """Return «акт передачи № 3 от 01.02.2026»."""
    number = f"№ {paper.number}" if paper.number else ""
    return " ".join(part for part in (PAPERS[paper.kind], number, "от", day_text(paper.made_on)) if part)


def counted(ranges: Iterable[NumberRange]) -> str:
    """Return «100 (сто) бланков»."""
    return blanks_in_words(count_of(ranges))


def row_of(position: int, numbers: NumberRange) -> Mapping[str, Any]:
    """Return a range as a row of an act."""
    return {"number": position, "numbers": span(numbers), "count": numbers.count}


def rows_of(ranges: Iterable[NumberRange]) -> list[Mapping[str, Any]]:
    """Return ranges as rows of an act, numbered from 1."""
    return [row_of(position, numbers) for position, numbers in enumerate(ranges, 1)]


def name_of(organization: Organization) -> str:
    """Return the full name of the organisation, or the short one."""
    return organization.full_name or organization.short_name


def pages_in(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    common: Mapping[str, Any],
    *,
    last: str,
) -> list[Mapping[str, Any]]:
    """Return the pages of a book: cover, rows, and the final leaf for the seal with the text `last`.

    `columns` are the columns of the `grid` tag.
    """
    cells = [fit_cells(row, columns, height=ROW, cell=CELL, size=SIZE) for row in rows]
    taken = [rows_needed(one.values(), ROW) for one in cells]
    pages: list[Mapping[str, Any]] = [{**common, "cover": True, "page": 1}]
    for part in pages_of(taken, first=ROWS, others=ROWS, ending=0):
        one = cells[part.start : part.stop]
        pages.append({**common, "rows": one, "columns": columns, "page": len(pages) + 1})
    total = len(pages) + 1
    pages.append({**common, "seal": last, "page": total, "total": count_in_words(total)})
    return pages


def render_pages(paper: Paper, pages: Sequence[Mapping[str, Any]], batch: Batch) -> bytes:
    """Return one PDF of the pages; long ones are laid out by several processes."""
    parts = (sheets_for(paper, pages[n : n + PAGES], batch) for n in range(0, len(pages), PAGES))
    return bundle(paper, render_all(parts))


def head_of(paper: BlankPaper | None, batch: Batch) -> dict[str, Any]:
    """Return the values at the head and end of every act, with the names of the day on which it was posted.

    Without a paper the act is filled in by hand.
    """
    if paper is None:
        return {
            "organization": name_of(batch.organization),
            "short": batch.organization.short_name,
            "chair": chair_of(batch.organization),
            "signed_by": [""] * SIGNERS,
            "rows": [{"number": number} for number in range(1, EMPTY_ROWS + 1)],
            "empty": True,
        }
    organization = as_on(paper.organization, moment_of(paper))
    return {
        "organization": name_of(organization),
        "short": organization.short_name,
        "chair": chair_of(organization),
        "kind": kind_name(paper.blank),
        "draft": paper.state == PaperState.DRAFT,
        "number": paper.number,
        "day": paper.made_on,
        "note": paper.note,
        "signed_by": paper.signed_by or [""] * SIGNERS,
    }
