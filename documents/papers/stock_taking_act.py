"""Act of stock-taking with the difference sheet: expected numbers, counted numbers, differences (V-C1, V-C2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import grouped
from documents.tickets.enums import Place
from documents.tickets.queries.printed import counted_before, moved_by
from documents.tickets.ranges import NumberRange, count_of, merged, without

from .blank_words import counted, head_of, rows_of, spans

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled in by hand."""
    head = head_of(paper, batch)
    if paper is None:
        return [{**head, "differences": [{"number": 1}, {"number": 2}]}]
    known = counted_before(paper)
    missing, found = moved_by(paper, to=(Place.LOST,)), moved_by(paper, to=(Place.STOCK,))
    there = known
    for numbers in missing:
        there = without(there, numbers)
    there = merged([*there, *found])
    return [
        {
            **head,
            "known": grouped(count_of(known)),
            "known_rows": _cells(known),
            "there": grouped(count_of(there)),
            "there_rows": _cells(there),
            "total": counted(there),
            "differences": [
                *({**row, "missing": row["count"]} for row in rows_of(missing)),
                *({**row, "number": len(missing) + row["number"], "found": row["count"]} for row in rows_of(found)),
            ],
            "missing_total": counted(missing) if missing else "",
            "found_total": counted(found) if found else "",
        }
    ]


def _cells(ranges: list[NumberRange]) -> str:
    return spans(ranges) or "нет"


ACT = Paper(
    code="stock_taking_act", title="Акт инвентаризации бланков строгой отчётности", build=build,
    data_classes=frozenset(), stylesheet="blank_act", archived=True,
)  # fmt: skip
