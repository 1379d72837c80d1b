"""Membership ticket: appendix 5 of the instruction, a booklet of eight pages on one sheet (V-B3, V-B5).

New marks are printed into their rows on the existing ticket, as on the member card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Additions, Batch, Form
from documents.printing.imposition import imposed
from dues.money import on_paper
from members.book.enums import EndReason
from registry.days import day_text
from registry.enums import DataClass

from .card import card_of, photo_of
from .card_lines import Line, additions, annual_payments, carried_by_whole, digest

if TYPE_CHECKING:
    from members.book.models import Registration
    from members.people.models import Member

#: Table → number of rows on each of its two pages.
ROWS = {"fees": 11, "registrations": 6}
ROOM = {table: 2 * rows for table, rows in ROWS.items()}
#: Fields of the holder on the ticket; a change of one makes the ticket outdated.
_FACTS = ("surname", "given_name", "patronymic", "joined_on")


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the booklet; if there are more marks than rows, it has the latest marks and free rows."""
    return {**_holder(member, batch), "sides": imposed(_pages(_rows_of(member, batch)))}


def build_values(member: Member, batch: Batch) -> Mapping[str, Any]:
    """Return the values for the spreads of a bought blank, which already has labels and lines."""
    spreads = _spreads(_pages(_rows_of(member, batch)))
    first, *others = spreads
    written = [spread for spread in others if any(row for page in spread for row in page["rows"])]
    return {**_holder(member, batch), "spreads": [first, *written], "onto": "values"}


def build_additions(member: Member, batch: Batch, new: Additions) -> Mapping[str, Any]:
    """Return the values for the spreads with new marks, each in its row."""
    spreads = _spreads(_pages(new.rows))[1:]
    written = [spread for spread in spreads if any(row.get("new") for page in spread for row in page["rows"])]
    return {**_holder(member, batch), "spreads": written, "onto": "additions"}


def tables(member: Member | None, batch: Batch) -> dict[str, list[Line]]:
    """Return all marks of both tables, sorted by date."""
    if member is None:
        return {table: [] for table in ROWS}
    return {"fees": _fees(member, batch), "registrations": _registrations(member)}


def _fees(member: Member, batch: Batch) -> list[Line]:
    return [
        Line(entry.pk, {"year": str(entry.year or entry.made_on.year), "amount": f"{on_paper(entry.amount)} руб."}, {})
        for entry in annual_payments(member, batch)
    ]


def _registrations(member: Member) -> list[Line]:
    """Return a mark for each registration and each deregistration."""
    marks: list[tuple[Any, int, Registration, str]] = []
    for one in member.registrations.all():
        if one.end_reason == EndReason.UNDONE:
            continue
        marks.append((one.started_on, 2 * one.pk, one, "Принятие на учет"))
        if one.ended_on:
            marks.append((one.ended_on, 2 * one.pk + 1, one, "Снятие с учета"))
    marks.sort(key=lambda mark: mark[:2])
    return [
        Line(key, {"date": day_text(day), "organization": f"{what}: {one.organization.short_name}"}, {})
        for day, key, one, what in marks
    ]


def _shown(found: Mapping[str, Sequence[Line]]) -> dict[str, list[Line]]:
    """Return the marks for a new ticket: only the latest, if all of them would leave no free rows."""
    return {
        table: list(lines) if len(lines) < ROOM[table] else list(lines[-ROWS[table] :])
        for table, lines in found.items()
    }


def _rows_of(member: Member | None, batch: Batch) -> dict[str, list[Mapping[str, Any]]]:
    return {table: [line.opening for line in lines] for table, lines in _shown(tables(member, batch)).items()}


def _holder(member: Member | None, batch: Batch) -> dict[str, Any]:
    return {
        "card": card_of(member, batch),
        "photo": photo_of(member, batch),
        "organization": batch.keeper(member),
    }


def _pages(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the eight pages of the booklet; tables are padded with empty rows."""
    whole = {table: [*of_table, *({} for _ in range(ROOM[table] - len(of_table)))] for table, of_table in rows.items()}
    halves = {table: (of_table[: ROWS[table]], of_table[ROWS[table] :]) for table, of_table in whole.items()}
    marks = [_page(table, rows=half) for table in ROWS for half in halves[table]]
    return [_page("cover"), _page("holder"), _page("issued"), *marks, _page("back")]


def _page(kind: str, **values: Any) -> dict[str, Any]:
    return {"kind": kind, f"is_{kind}": True, **values}


def _spreads(pages: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the pairs of pages of the open booklet: 2 and 3, 4 and 5, 6 and 7."""
    return [(pages[number], pages[number + 1]) for number in range(1, len(pages) - 1, 2)]


def carried(member: Member, batch: Batch) -> Mapping[str, Any]:
    """Return the contents of a new ticket, for its print record."""
    found = tables(member, batch)
    shown = _shown(found)
    return {
        **carried_by_whole(shown, ROOM, _facts(member, batch), None),
        "room": ROOM,
        "ticket": digest(member.ticket_number),
        "earlier": {table: [line.key for line in found[table] if line not in shown[table]] for table in ROWS},
    }


def additions_for(member: Member, batch: Batch, paper: Mapping[str, Any]) -> Additions | None:
    """Return the marks missing on the printed ticket, or None if the member has another ticket now."""
    if not paper or paper["ticket"] != digest(member.ticket_number):
        return None
    earlier = paper["earlier"]
    found = {
        table: [line for line in lines if line.key not in earlier[table]]
        for table, lines in tables(member, batch).items()
    }
    return additions(found, paper, ROOM, _facts(member, batch), None)


def _facts(member: Member, batch: Batch) -> list[str]:
    card = card_of(member, batch)
    return [card.get(name, "") for name in _FACTS]


FORM = Form(
    code="membership_ticket",
    title="Членский билет",
    build=build,
    data_classes=frozenset({DataClass.GENERAL, DataClass.MONEY}),
    related=("photo",),
    prefetched=("registrations__organization", "dues__entries"),
    carries=carried,
    additions_for=additions_for,
    build_additions=build_additions,
    build_values=build_values,
    onto_sides=False,
    fields=("surname", "given_name", "joined_on", "ticket_number"),
)
