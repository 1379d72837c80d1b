"""Act on the destruction of personal data and extract from the journal (order 179 of Roskomnadzor, practice 7.4).

Both identify people by the number of card and ticket, or of the application: a name would preserve destroyed data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from documents.printing.core import Batch, Paper, render
from documents.printing.russian import grouped
from members.movement.enums import Destroyed
from registry.days import day_text, moment_text

from .card import chair_of

if TYPE_CHECKING:
    from members.movement.models import DestructionRecord


def render_act(records: Sequence[DestructionRecord], batch: Batch) -> bytes:
    """Return the PDF of the act on everything an organisation destroyed on one day."""
    return render(ACT, build(records, batch), batch)


def render_extract(records: Sequence[DestructionRecord], batch: Batch) -> bytes:
    """Return the PDF of the extract from the journal for the same day."""
    return render(EXTRACT, build(records, batch), batch)


def build(records: Sequence[DestructionRecord], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the sheet for the records of one organisation and one day; both papers use it."""
    return [_context(records, batch)]


def _context(records: Sequence[DestructionRecord], batch: Batch) -> Mapping[str, Any]:
    first = records[0]
    operator = batch.operator(first.organization)
    return {
        "operator": operator.full_name or operator.short_name,
        "address": operator.legal_address or operator.postal_address,
        "organization": ""
        if operator == first.organization
        else first.organization.full_name or first.organization.short_name,
        "number": f"{first.number}" if len(records) == 1 else f"{first.number}–{records[-1].number}",
        "day": timezone.localdate(first.destroyed_at, first.organization.tz),
        "system": first.system,
        "method": first.method,
        "carriers": _carriers(records),
        "by_hand": any(record.carriers is None for record in records),
        "categories": list(dict.fromkeys(name for record in records for name in record.categories)),
        "who": list(dict.fromkeys(name for one in records for name in (one.destroyed_by, *one.commission))),
        "rows": [
            {
                "number": record.number,
                "member": _number(record),
                "ticket": record.ticket_number or "билета нет",
                "reason": record.reason,
                "at": moment_text(record.destroyed_at, record.organization.tz),
                "records": grouped(record.counts.get("records", 0)),
                "files": grouped(record.counts.get("files", 0)),
            }
            for record in records
        ],
        "kept_until": day_text(max(record.keep_until for record in records)),
        "chair": chair_of(first.organization),
    }


def _carriers(records: Sequence[DestructionRecord]) -> str:
    """Return the destroyed papers with their sheets, those of one kind together; empty if nobody was asked."""
    known = [record.carriers for record in records if record.carriers is not None]
    sheets: dict[str, int] = {}
    for carrier in (carrier for carriers in known for carrier in carriers):
        sheets[carrier["kind"]] = sheets.get(carrier["kind"], 0) + carrier["sheets"]
    if not sheets:
        return "нет" if known else ""
    return "бумага: " + "; ".join(f"{kind} – {grouped(number)} л." for kind, number in sheets.items())


def _number(record: DestructionRecord) -> str:
    return f"заявление {record.member_number}" if record.subject == Destroyed.APPLICATION else str(record.member_number)


ACT = Paper(
    code="destruction_act", title="Акт об уничтожении персональных данных", build=build, stylesheet="destruction",
    archived=True,
)  # fmt: skip
EXTRACT = Paper(
    code="destruction_extract", title="Выгрузка из журнала регистрации событий", build=build,
    stylesheet="destruction", archived=True,
)  # fmt: skip
