"""Act of passing blanks to a subordinate organisation, which confirms all or a part of them (V-C1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.enums import PaperState, Place
from documents.tickets.queries.printed import as_on, moment_of, moved_by

from .blank_words import counted, head_of, name_of, rows_of, spans
from .card import chair_of

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper


def build(paper: BlankPaper | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act; without a paper it is filled in by hand."""
    head = head_of(paper, batch)
    if paper is None or paper.receiver is None:
        return [head]
    receiver = as_on(paper.receiver, moment_of(paper))
    sent = moved_by(paper, to=(Place.ON_THE_WAY,))
    sheet = {
        **head,
        "receiver": name_of(receiver),
        "receiver_chair": chair_of(receiver),
        "rows": rows_of(sent),
        "total": counted(sent),
    }
    if paper.state == PaperState.POSTED:
        accepted, returned = (moved_by(paper, to=(Place.STOCK,), by_receiver=by) for by in (True, False))
        sheet |= {
            "confirmed_on": paper.confirmed_on,
            "result": "" if not returned else "принято частично" if accepted else "не принято, бланки возвращены",
            "accepted": counted(accepted) if accepted else "", "accepted_numbers": spans(accepted),
            "returned": counted(returned) if returned else "", "returned_numbers": spans(returned),
        }  # fmt: skip
    return [sheet]


ACT = Paper(
    code="hand_down_act", title="Акт передачи бланков строгой отчётности", build=build, data_classes=frozenset(),
    stylesheet="blank_act", archived=True,
)  # fmt: skip
