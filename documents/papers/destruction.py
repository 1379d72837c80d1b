"""Act on the destruction of personal data and extract from the journal (order 179 of Roskomnadzor, practice 7.4).

Both identify people by the number of card and ticket, or of the application: a name would preserve destroyed data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from documents.printing.core import Batch, Paper, render
from documents.printing.fitting import Column
from documents.printing.russian import grouped
from members.movement.enums import Destroyed
from members.movement.rules.erasing import OF_PAPERS
from registry.days import day_text, moment_text

from .card import chair_of
from .list_pages import LIST, parts_of

if TYPE_CHECKING:
    from members.movement.models import DestructionRecord


#: Columns of the act and of the extract: name of the value, width (mm), alignment.
ACT_COLUMNS: tuple[Column, ...] = (
    ("number", 14, "n"), ("member", 30, "n"), ("ticket", 32, "n"), ("reason", 64, ""), ("at", 30, "n"),
)  # fmt: skip
EXTRACT_COLUMNS: tuple[Column, ...] = (
    ("number", 14, "n"), ("member", 28, "n"), ("ticket", 30, "n"), ("reason", 42, ""), ("gone", 28, "n"),
    ("at", 28, "n"),
)  # fmt: skip


def render_act(records: Sequence[DestructionRecord], batch: Batch) -> bytes:
    """Return the PDF of the act on everything an organisation destroyed on one day."""
    return render(ACT, build_act(records, batch), batch)


def render_extract(records: Sequence[DestructionRecord], batch: Batch) -> bytes:
    """Return the PDF of the extract from the journal for the same day."""
    return render(EXTRACT, build_extract(records, batch), batch)


def build_act(records: Sequence[DestructionRecord], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the act for the records of one organisation and one day."""
    return [_context(records, ACT_COLUMNS, batch)]


def build_extract(records: Sequence[DestructionRecord], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the extract for the records of one organisation and one day."""
    return [_context(records, EXTRACT_COLUMNS, batch)]


def _context(records: Sequence[DestructionRecord], columns: Sequence[Column], batch: Batch) -> Mapping[str, Any]:
    first = records[0]
    operator = batch.operator(first.organization)
    rows = [_row(record) for record in records]
    return {
        "operator": operator.full_name or operator.short_name,
        "address": operator.legal_address or operator.postal_address,
        "organization": ""
        if operator == first.organization
        else first.organization.full_name or first.organization.short_name,
        "number": f"{first.number}" if len(records) == 1 else f"{first.number}–{records[-1].number}",
        "day": timezone.localdate(first.destroyed_at, first.organization.tz),
        "system": first.system,
        "method": _method(records),
        "carriers": _carriers(records),
        "by_hand": any(record.carriers is None for record in records),
        "categories": list(dict.fromkeys(name for record in records for name in record.categories)),
        "who": list(dict.fromkeys(name for one in records for name in (one.destroyed_by, *one.commission))),
        "rows": rows,
        "columns": columns,
        "parts": parts_of(rows, columns, LIST),
        "kept_until": day_text(max(record.keep_until for record in records)),
        "chair": chair_of(first.organization),
    }


def _carriers(records: Sequence[DestructionRecord]) -> str:
    """Return the destroyed papers with their sheets, grouped by kind; empty if they were not asked for."""
    known = [record.carriers for record in records if record.carriers is not None]
    sheets: dict[str, int] = {}
    for carrier in (carrier for carriers in known for carrier in carriers):
        sheets[carrier["kind"]] = sheets.get(carrier["kind"], 0) + carrier["sheets"]
    if not sheets:
        return "нет" if known else ""
    return "бумага: " + "; ".join(f"{kind} – {grouped(number)} л." for kind, number in sheets.items())


def _method(records: Sequence[DestructionRecord]) -> str:
    """Return how electronic data were destroyed, then how papers were, without repetitions."""
    said = [record.method.partition(OF_PAPERS) for record in records]
    data, papers = (dict.fromkeys(one[part] for one in said if one[part]) for part in (0, 2))
    return "; ".join(data) + (OF_PAPERS + ", ".join(papers) if papers else "")


def _row(record: DestructionRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "member": _number(record),
        "ticket": record.ticket_number or "билета нет",
        "reason": record.reason,
        "gone": ", ".join(grouped(record.counts.get(name, 0)) for name in ("records", "files")),
        "at": moment_text(record.destroyed_at, record.organization.tz),
    }


def _number(record: DestructionRecord) -> str:
    if record.subject == Destroyed.LIST:
        first, last, cards = (record.counts[name] for name in ("first", "last", "cards"))
        return f"список {record.member_number}: карточки {first}–{last}, всего {grouped(cards)}"
    return f"заявление {record.member_number}" if record.subject == Destroyed.APPLICATION else str(record.member_number)


ACT = Paper(
    code="destruction_act", title="Акт об уничтожении персональных данных", build=build_act, stylesheet="destruction",
    archived=True,
)  # fmt: skip
EXTRACT = Paper(
    code="destruction_extract", title="Выгрузка из журнала регистрации событий", build=build_extract,
    stylesheet="destruction", archived=True,
)  # fmt: skip
