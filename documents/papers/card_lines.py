"""The tables of the paper card: lines printed already and lines to be added by the next printing (V-B2).

A line stays in its printed row; new ones follow below the last. Print records identify lines by the ids of their
records and by keyed digests, so that they reveal nothing about the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from documents.printing.core import Additions, Batch
from dues.ledger.enums import EntryKind, Fee
from dues.ledger.rules.standing import live
from dues.money import on_paper
from members.book.enums import EndReason
from registry.days import day_text
from registry.enums import DataClass

if TYPE_CHECKING:
    from dues.ledger.models import LedgerEntry
    from members.book.models import Registration
    from members.people.models import Member


#: Key of the date of the entrance fee, which is in none of the tables.
ENTRANCE = "entrance"


@dataclass(frozen=True)
class Line:
    """A line of a table; `closing` is its second half, known later: deregistration, end of a measure."""

    key: int
    opening: Mapping[str, str]
    closing: Mapping[str, str]

    @property
    def marks(self) -> list[Any]:
        """Return the data of the line for a print record."""
        return [self.key, digest(self.opening), digest(self.closing) if any(self.closing.values()) else ""]


def digest(values: Any) -> str:
    """Return a keyed digest, equal for equal values, which does not reveal them."""
    plain = sorted(values.items()) if isinstance(values, Mapping) else values
    return salted_hmac("documents.card_lines", repr(plain), algorithm="sha256").hexdigest()[:16]


def tables(member: Member | None, batch: Batch) -> dict[str, list[Line]]:
    """Return the lines of sections 2, 3 and 4 of the card, in order."""
    if member is None:
        return {"registrations": [], "marks": [], "fees": []}
    return {
        "registrations": [
            Line(
                registration.pk,
                {
                    "organization": _place(registration),
                    "started_on": day_text(registration.started_on),
                },
                {"ended_on": day_text(registration.ended_on)},
            )
            for registration in member.registrations.all()
            if registration.end_reason != EndReason.UNDONE
        ],
        "marks": [
            Line(
                mark.pk,
                {"date": day_text(mark.made_on), "text": mark.text},
                {"lifted": " ".join(filter(None, (day_text(mark.lifted_on), mark.lifted_text)))},
            )
            for mark in member.marks.all()
        ],
        "fees": _fees(member, batch),
    }


def _place(registration: Registration) -> str:
    """Return where the member was registered; after an arrival from outside with the former organisation (V-B9)."""
    name = registration.organization.short_name
    return f"{name} (из: {registration.arrived_from})" if registration.arrived_from else name


def entrance_paid_on(member: Member | None, batch: Batch) -> Any:
    """Return the date of the entrance fee, if the reader may see dues."""
    account = getattr(member, "dues", None)
    return account.entrance_paid_on if account is not None and DataClass.MONEY in batch.reads else None


def _fees(member: Member, batch: Batch) -> list[Line]:
    return [
        Line(entry.pk, {"date": day_text(entry.made_on), "amount": f"{on_paper(entry.amount)} руб."}, {})
        for entry in annual_payments(member, batch)
    ]


def annual_payments(member: Member, batch: Batch) -> list[LedgerEntry]:
    """Return the payments of annual fees by date; empty if the reader may not see dues.

    Opening balances are left out: their days are not known, and the former card has them.
    """
    account = getattr(member, "dues", None)
    if account is None or DataClass.MONEY not in batch.reads:
        return []
    payments = [
        entry
        for entry in live(account.entries.all())
        if entry.kind == EntryKind.PAYMENT and entry.fee == Fee.ANNUAL and not entry.is_opening
    ]
    return sorted(payments, key=lambda entry: (entry.made_on, entry.pk))


def rows_of(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the rows of the lines, for the template."""
    return [{**line.opening, **line.closing} for line in lines]


def filled(rows: Sequence[Mapping[str, Any]], room: int, *, continued: bool) -> list[Mapping[str, Any]]:
    """Return the rows of a table, padded with as many empty ones as are printed on card and leaf."""
    return [*rows, *({} for _ in range(_printed(len(rows), room, continued=continued) - len(rows)))]


def _printed(count: int, room: int, *, continued: bool) -> int:
    """Return the number of printed rows for this number of lines, where the card has `room` rows.

    A card that is continued line by line keeps an empty row, and its leaves are as large as the table; on a leaf of
    another card one empty row follows the lines.
    """
    if not room:
        return count
    if continued:
        return room * (count // room + 1)
    return room if count <= room else count + 1


def laid_out(rows: Mapping[str, Sequence[Mapping[str, Any]]], room: Mapping[str, int]) -> dict[str, Any]:
    """Return the numbered rows of each table of the card, and under `leaf` those continued on an inset leaf."""
    numbered = {
        table: [{**row, "number": number} for number, row in enumerate(of_table, start=1)]
        for table, of_table in rows.items()
    }
    own = {table: of_table[: room.get(table) or None] for table, of_table in numbered.items()}
    leaf = {table: of_table[len(own[table]) :] for table, of_table in numbered.items()}
    return {**own, "leaf": leaf if any(leaf.values()) else {}}


def carried_by_whole(
    found: Mapping[str, Sequence[Line]], room: Mapping[str, int], facts: Any, entrance: Any
) -> dict[str, Any]:
    """Return the contents of a fully printed continuable card: lines, rows per table, digest of section 1."""
    return {
        **{table: [line.marks for line in lines] for table, lines in found.items()},
        "room": {table: _printed(len(found[table]), count, continued=True) for table, count in room.items()},
        "facts": digest(facts),
        ENTRANCE: digest(entrance) if entrance else "",
    }


def additions(
    found: Mapping[str, Sequence[Line]],
    carried: Mapping[str, Any],
    room: Mapping[str, int],
    facts: Any,
    entrance: Any,
) -> Additions:
    """Return the lines missing on a paper card; `carried` is from its last print record, `room` that of a new card."""
    rows: dict[str, list[dict[str, Any]]] = {}
    after: dict[str, Any] = {**carried}
    count, no_room = 0, False
    outdated = carried["facts"] != digest(facts)
    for table, lines in found.items():
        before = [tuple(marks) for marks in carried.get(table, [])]
        current = {line.key: line for line in lines}
        known = {key for key, *_digests in before}
        rows[table], after[table] = [], []
        for key, opening, closing in before:
            line = current.get(key)
            if line is None:
                # Its row remains occupied on the paper.
                rows[table].append({})
                after[table].append([key, opening, closing])
                outdated = True
                continue
            _key, opening_now, closing_now = line.marks
            closes = bool(closing_now) and not closing
            outdated |= opening_now != opening or (bool(closing) and closing_now != closing)
            rows[table].append({**line.opening, **line.closing, "closed": closes})
            after[table].append([key, opening, closing_now if closes else closing])
            count += closes
        for line in lines:
            if line.key not in known:
                rows[table].append({**line.opening, **line.closing, "new": True, "closed": True})
                after[table].append(line.marks)
                count += 1
        printed = carried["room"].get(table, 0)
        # Cards printed before there were leaves have other numbers of rows.
        no_room |= len(rows[table]) > printed or bool(room.get(table) and printed % room[table])
        rows[table] += [{} for _ in range(printed - len(rows[table]))]
    paid_now = bool(entrance) and not carried.get(ENTRANCE)
    outdated |= bool(carried.get(ENTRANCE)) and carried[ENTRANCE] != (digest(entrance) if entrance else "")
    if paid_now:
        after[ENTRANCE] = digest(entrance)
    return Additions(rows, paid_now, after, count + paid_now, outdated, no_room)
