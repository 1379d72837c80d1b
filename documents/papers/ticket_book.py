"""Book of blanks of strict accountability with the columns of form 0504045 (V-C2, practice D8).

It is made only from the movements. Pages are divided here and not by the layout engine, so that a book of any length
has continuous page numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import grouped
from documents.tickets.enums import Place
from documents.tickets.queries.printed import Book, Entry, ShortNames, as_on, book_of, bounds
from documents.tickets.ranges import NumberRange, count_of
from registry.days import day_text

from .blank_words import ground_of, kind_genitive, kind_name, name_of, pages_in, spans
from .card import chair_of

if TYPE_CHECKING:
    from registry.organizations.models import Organization

#: Columns of the book: name of the value, width (mm), alignment.
COLUMNS = (
    ("day", 18, "n"), ("who", 40, ""), ("ground", 33, ""), ("came_count", 18, "n"), ("came", 30, ""),
    ("went_count", 18, "n"), ("went", 30, ""), ("signature", 20, ""), ("left_count", 18, "n"), ("left", 32, ""),
)  # fmt: skip
#: Maximum number of ranges listed as remaining in stock for an entry, and of ranges in a row of the whole stock.
MAX_LEFT, RANGES_OF_ROW = 4, 4
#: Place of numbers → text of the book instead of a receiver.
_GONE = {
    Place.ISSUED: "Членам организации",
    Place.SPOILED: "Испорчены",
    Place.LOST: "Утрачены",
    Place.RETURNED: "Сданы членами организации",
    Place.CANCELLED: "Погашены",
    Place.DESTROYED: "Уничтожены",
}


def build(
    organization: Organization, kind: str, first: dt.date, last: dt.date, batch: Batch
) -> list[Mapping[str, Any]]:
    """Return the values of each page of the book for the period, both days included."""
    book = book_of(organization, kind, first, last)
    _begin, end = bounds(organization, first, last)
    named = as_on(organization, end)
    names = ShortNames(_partners(book))
    rows = _stock_rows("Остаток на начало периода", first, book.opening)
    rows += [_row(entry, organization, names) for entry in book.entries]
    closing = _stock_rows("Итого", None, book.closing)
    came, went = (sum(getattr(entry, name) for entry in book.entries) for name in ("came", "went"))
    closing[0] |= {"came_count": grouped(came), "went_count": grouped(went), "ground": "Обороты и остаток"}
    common = {
        "organization": name_of(named),
        "head": f"Книга учёта {kind_genitive(kind)}: {named.short_name}, {_period(first, last)}",
        "kind": kind_name(kind),
        "title_lines": ("КНИГА УЧЁТА", "бланков строгой отчётности"),
        "form_code": "0504045",
        "ends": "а",
        "chair": chair_of(named),
        "first": first,
        "last": last,
    }
    return pages_in([*rows, *closing], COLUMNS, common, last="В настоящей книге")


def _period(first: dt.date, last: dt.date) -> str:
    return f"{day_text(first)} – {day_text(last)}"


def _partners(book: Book) -> set[int]:
    found: set[int] = set()
    for entry in book.entries:
        ids = (entry.movement.giver_id, entry.movement.taker_id, entry.paper.receiver_id)
        found |= {pk for pk in ids if pk is not None}
    return found


def _stock_rows(title: str, day: dt.date | None, stock: list[NumberRange]) -> list[dict[str, Any]]:
    """Return the whole stock, in as many rows as its ranges need."""
    parts = [stock[n : n + RANGES_OF_ROW] for n in range(0, len(stock), RANGES_OF_ROW)] or [[]]
    rows: list[dict[str, Any]] = [{"left": spans(part)} for part in parts]
    rows[0] |= {"day": day_text(day), "who": title, "left_count": grouped(count_of(stock))}
    return rows


def _row(entry: Entry, organization: Organization, names: ShortNames) -> dict[str, Any]:
    numbers = spans(entry.numbers)
    who = _who(entry, organization, names)
    if not (entry.came or entry.went):
        who = f"{who}: № {numbers}"
    left = spans(entry.left[:MAX_LEFT])
    more = len(entry.left) - MAX_LEFT
    return {
        "day": day_text(entry.movement.made_on),
        "who": who,
        "ground": ground_of(entry.paper),
        "came_count": grouped(entry.came) if entry.came else "",
        "came": numbers if entry.came else "",
        "went_count": grouped(entry.went) if entry.went else "",
        "went": numbers if entry.went else "",
        "left_count": grouped(count_of(entry.left)),
        "left": f"{left} и ещё {more}" if more > 0 else left,
    }


def _who(entry: Entry, organization: Organization, names: ShortNames) -> str:
    """Return the giver of the numbers, their receiver, or their new state."""
    movement, paper = entry.movement, entry.paper
    if movement.giver_id is None:
        return paper.source if movement.to_place == Place.STOCK else "Приняты на учёт выданные ранее"
    if movement.giver_id != organization.pk:
        name = names.on(movement.giver_id, movement.made_at)
        return name if movement.to_place == Place.STOCK else f"{_GONE[Place(movement.to_place)]}, из: {name}"
    if movement.taker_id != organization.pk:
        return f"Переданы: {names.on(movement.taker_id, movement.made_at)}"
    receiver = names.on(paper.receiver_id, movement.made_at) if paper.receiver_id else ""
    if movement.to_place == Place.ON_THE_WAY:
        return receiver
    if movement.to_place == Place.STOCK:
        return f"Возвращены: {receiver}" if receiver else "Найдены"
    return _GONE[Place(movement.to_place)]


BOOK = Paper(
    code="ticket_book", title="Книга учёта бланков строгой отчётности", build=build, data_classes=frozenset(),
    stylesheet="blank_book", archived=True,
)  # fmt: skip
