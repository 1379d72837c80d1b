"""Report of a cell on the year-end reconciliation of its questionnaires (V-B8, practice D13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from documents.printing.core import Batch, Paper
from documents.printing.fitting import Column
from documents.printing.russian import grouped
from members.people.rules.fields import label_of
from registry.days import from_iso
from registry.enums import DataClass

from .card import chair_of, written
from .list_pages import Layout, parts_of

if TYPE_CHECKING:
    from members.meetings.models import AgendaItem
    from members.reconciliation.models import ChangeProposal, Reconciliation


#: Rows of the changes on separate pages.
LAYOUT = Layout(first=20, others=20, ending=0, row=11.6, cell=11.0, size=10.0)
#: Columns of the changes: name of the value, width (mm), alignment.
COLUMNS: tuple[Column, ...] = (
    ("number", 9, "n"), ("name", 46, ""), ("field", 30, ""), ("before", 29, ""), ("after", 29, ""), ("ground", 27, ""),
)  # fmt: skip
#: Text beside a change that was not accepted.
_STATES = {"declined": " (отклонено)"}


def build(
    reconciliation: Reconciliation,
    counts: Mapping[str, int],
    proposals: Iterable[ChangeProposal],
    item: AgendaItem | None,
    batch: Batch,
) -> list[Mapping[str, Any]]:
    """Return the values of the sheet: counts, all changes, and the decision of the collegial body, if any."""
    unit, charter = reconciliation.unit, batch.charter
    keeper = unit.card_keeper
    meeting = item.meeting if item is not None else None
    changes = [
        {
            "number": number,
            "name": proposal.member.full_name,
            "field": capfirst(str(label_of(proposal.field, charter))) + _STATES.get(proposal.state, ""),
            "before": _written(charter, proposal.field, proposal.before),
            "after": _written(charter, proposal.field, proposal.after),
            "ground": proposal.ground,
        }
        for number, proposal in enumerate(proposals, 1)
    ]
    sheet = {
        "unit": unit.full_name or unit.short_name,
        "keeper": (keeper.full_name or keeper.short_name) if keeper is not None and keeper != unit else "",
        "draft": reconciliation.is_draft,
        "year": reconciliation.year,
        "whose": charter.wording["of_members"],
        "counts": {name: grouped(count) for name, count in counts.items()},
        "difference": grouped(counts["by_book"] - counts["questionnaires"]),
        "differs": counts["by_book"] != counts["questionnaires"],
        "note": reconciliation.note,
        "reported_on": batch.day_of(reconciliation.reported_at) if reconciliation.reported_at else None,
        "chair": chair_of(unit),
        "changes": changes,
        "columns": COLUMNS,
        "parts": parts_of(changes, COLUMNS, LAYOUT),
        "accepted_on": reconciliation.accepted_on,
        "minutes_number": meeting.number if meeting is not None else "",
        "minutes_date": meeting.held_on if meeting is not None and reconciliation.accepted_on else None,
        "keeper_chair": chair_of(keeper) if keeper is not None else "",
    }
    return [sheet]


def _written(charter: Any, field: str, value: Any) -> str:
    day = from_iso(value) if isinstance(value, str) else None
    return written(charter, field, day or value)


REPORT = Paper(
    code="reconciliation_report",
    title="Отчёт о сверке анкет",
    build=build,
    # The disability group is one of the reconciled fields.
    data_classes=frozenset({DataClass.GENERAL, DataClass.HEALTH}),
)
