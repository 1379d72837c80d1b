"""Member card: appendix 4 of the instruction (V-B2, V-B6) and the union's form (practice U4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from documents.printing.core import Additions, Batch, Form
from registry.enums import DataClass

from .card import card_of, chair_of, photo_of, written
from .card_lines import additions, carried_by_whole, entrance_paid_on, filled, laid_out, rows_of, tables

if TYPE_CHECKING:
    from members.people.models import Member


#: Fields of section 1; a change of one makes the printed card wrong.
SECTION_1 = (
    "surname", "given_name", "patronymic", "birth_date", "region", "postcode", "city", "street", "house", "flat",
    "phones", "education", "profession", "workplace", "marital_status", "disability_group", "certificate_series",
    "certificate_number", "disability_cause", "certificate_issued_on", "certificate_expires_on", "joined_on",
    "ticket_number",
)  # fmt: skip


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the card, with empty rows to be filled in by hand."""
    room, continued = batch.charter.card_rows, batch.charter.card_continued
    rows = {name: rows_of(lines) for name, lines in tables(member, batch).items()} | _entries(member, batch)
    whole = {name: filled(of_table, room.get(name, 0), continued=continued) for name, of_table in rows.items()}
    return {
        **_frame(member, batch),
        **laid_out(whole, room),
        "entrance_paid_on": entrance_paid_on(member, batch),
    }


def _frame(member: Member | None, batch: Batch) -> dict[str, Any]:
    keeper = batch.keeper(member)
    return {
        "card": card_of(member, batch, "health"),
        # Read only if the template shows it.
        "photo": cache(partial(photo_of, member, batch)),
        "organization": keeper,
        "filled_on": batch.today if member else None,
        "chair": chair_of(keeper) if keeper and member else "",
        "current": next((r for r in reversed(member.registrations.all()) if r.ended_on is None), None)
        if member
        else None,
    }


def carried(member: Member, batch: Batch) -> Mapping[str, Any]:
    """Return the contents of the fully printed card, for its print record."""
    if not batch.charter.card_continued:
        return {}
    room = batch.charter.card_rows
    return carried_by_whole(tables(member, batch), room, _facts(member, batch), entrance_paid_on(member, batch))


def additions_for(member: Member, batch: Batch, paper: Mapping[str, Any]) -> Additions | None:
    """Return the lines missing on the paper card, or None if no paper is known."""
    if not batch.charter.card_continued or not paper:
        return None
    facts, entrance = _facts(member, batch), entrance_paid_on(member, batch)
    return additions(tables(member, batch), paper, batch.charter.card_rows, facts, entrance)


def build_additions(member: Member, batch: Batch, new: Additions) -> Mapping[str, Any]:
    """Return the values of a card that shows only the new lines, each in its place (V-B2)."""
    rows = laid_out({**new.rows, **_entries(member, batch)}, batch.charter.card_rows)
    if not any(row.get("new") or row.get("closed") for of_table in rows["leaf"].values() for row in of_table):
        rows["leaf"] = {}
    return {
        **_frame(member, batch),
        **rows,
        "entrance_paid_on": entrance_paid_on(member, batch) if new.entrance else None,
        "only_new": True,
    }


def _facts(member: Member, batch: Batch) -> list[str]:
    card = card_of(member, batch, "health")
    return [card.get(name, "") for name in SECTION_1]


def _entries(member: Member | None, batch: Batch) -> dict[str, list[dict[str, str]]]:
    """Return the entries of the card by kind; kinds that the reader may not see are empty."""
    charter = batch.charter
    readable = {entry.key: entry for entry in charter.entries if entry.data_class in batch.reads}
    rows: dict[str, list[dict[str, str]]] = defaultdict(list, {entry.key: [] for entry in charter.entries})
    for entry in member.entries.all() if member else ():
        if entry.kind in readable:
            columns = readable[entry.kind].columns
            rows[entry.kind].append({column: written(charter, column, getattr(entry, column)) for column in columns})
    return dict(rows)


FORM = Form(
    code="member_card",
    title="Учётная карточка",
    build=build,
    data_classes=frozenset({DataClass.GENERAL, DataClass.HEALTH, DataClass.MONEY}),
    related=("health", "photo"),
    prefetched=("registrations__organization", "marks", "entries", "dues__entries"),
    carries=carried,
    additions_for=additions_for,
    build_additions=build_additions,
    fields=(
        "surname",
        "given_name",
        "birth_date",
        "sex",
        "category",
        "city",
        "street",
        "house",
        "phone_mobile",
        "education",
        "profession",
        "workplace",
        "position",
        "marital_status",
        "disability_group",
        "disability_cause",
        "certificate_number",
        "certificate_issued_on",
        "joined_on",
        "ticket_number",
        "dues_form",
    ),
    keeper_fields=("chair_name",),
)
