"""The tables of the paper card: what it carries already, and what the next printing adds to it (V-B2).

A line stays in the row where it was printed; new ones go below the last. Lines are known by the ids of their records
and by keyed digests, so that a print record tells nothing about the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from dues.ledger.enums import EntryKind, Fee
from dues.ledger.rules.standing import live
from members.book.enums import EndReason
from registry.days import day_text
from registry.enums import DataClass

if TYPE_CHECKING:
    from documents.printing.core import Batch
    from members.people.models import Member


#: The line that is no table's: the day of the entrance fee.
ENTRANCE = "entrance"


@dataclass(frozen=True)
class Line:
    """A line of a table; `closing` is its second half, known later: deregistration, lifting of a measure."""

    key: int
    opening: Mapping[str, str]
    closing: Mapping[str, str]

    @property
    def marks(self) -> list[Any]:
        """What a print record keeps of the line."""
        return [self.key, digest(self.opening), digest(self.closing) if any(self.closing.values()) else ""]


@dataclass(frozen=True)
class Additions:
    """What the paper card does not carry yet, in its places, and what it carries afterwards."""

    #: Rows of each table as the template takes them; `new` and `closed` say which halves are printed now.
    rows: Mapping[str, list[dict[str, Any]]]
    entrance: bool
    carried: Mapping[str, Any]
    count: int
    #: Something printed earlier is not true any more: it is to be struck out by hand, or the card printed anew.
    outdated: bool
    #: A table is full; only a new card helps.
    no_room: bool


def digest(values: Any) -> str:
    """Keyed digest: equal for equal values, and says nothing about them."""
    plain = sorted(values.items()) if isinstance(values, Mapping) else values
    return salted_hmac("documents.card_lines", repr(plain), algorithm="sha256").hexdigest()[:16]


def tables(member: Member | None, batch: Batch) -> dict[str, list[Line]]:
    """Sections 2, 3 and 4 of the card in their order."""
    if member is None:
        return {"registrations": [], "marks": [], "fees": []}
    return {
        "registrations": [
            Line(
                registration.pk,
                {
                    "organization": registration.organization.short_name,
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


def entrance_paid_on(member: Member | None, batch: Batch) -> Any:
    """The day of the entrance fee, for who reads dues."""
    account = getattr(member, "dues", None)
    return account.entrance_paid_on if account is not None and DataClass.MONEY in batch.reads else None


def _fees(member: Member, batch: Batch) -> list[Line]:
    account = getattr(member, "dues", None)
    if account is None or DataClass.MONEY not in batch.reads:
        return []
    payments = [
        entry for entry in live(account.entries.all()) if entry.kind == EntryKind.PAYMENT and entry.fee == Fee.ANNUAL
    ]
    return [
        Line(
            entry.pk,
            {"date": day_text(entry.made_on), "amount": f"{entry.amount:.2f} руб.".replace(".", ",", 1)},
            {},
        )
        for entry in sorted(payments, key=lambda entry: (entry.made_on, entry.pk))
    ]


def rows_of(lines: Iterable[Line], room: int = 0) -> list[dict[str, Any]]:
    """Rows for the template, with empty ones up to `room`; where there is a room, a full table gets one more."""
    rows: list[dict[str, Any]] = [{**line.opening, **line.closing} for line in lines]
    return [*rows, *({} for _ in range(max(room - len(rows), 1)))] if room else rows


def carried_by_whole(
    found: Mapping[str, Sequence[Line]], room: Mapping[str, int], facts: Any, entrance: Any
) -> dict[str, Any]:
    """What a card printed whole carries: its lines, how many rows its tables have, a digest of section 1."""
    return {
        **{table: [line.marks for line in lines] for table, lines in found.items()},
        "room": {table: len(rows_of(found[table], count)) for table, count in room.items()},
        "facts": digest(facts),
        ENTRANCE: digest(entrance) if entrance else "",
    }


def additions(found: Mapping[str, Sequence[Line]], carried: Mapping[str, Any], facts: Any, entrance: Any) -> Additions:
    """The new lines for a paper that carries these; `carried` is what its last print record says."""
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
                # Its row stays taken on the paper.
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
        room = carried["room"].get(table, 0)
        no_room |= len(rows[table]) > room
        rows[table] += [{} for _ in range(room - len(rows[table]))]
    paid_now = bool(entrance) and not carried.get(ENTRANCE)
    outdated |= bool(carried.get(ENTRANCE)) and carried[ENTRANCE] != (digest(entrance) if entrance else "")
    if paid_now:
        after[ENTRANCE] = digest(entrance)
    return Additions(rows, paid_now, after, count + paid_now, outdated, no_room)
