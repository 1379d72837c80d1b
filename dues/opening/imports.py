"""Opening balances from a spreadsheet: the last paid year, or the debt, of each member (V-D1)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dues.payments.queries import members_of
from dues.rates.models import Rate
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry.access import Actor
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.spreadsheets.files import Cell, ReadBefore, Row, check_sheet, read_at_once, visible
from registry.text import search_key

from .queries import previewed
from .rules import check_columns, check_number_of_rows, paid_to_of

#: Kind of the job that reads large lists.
READ = "dues.read_openings"
#: The row with the headings is searched among the first rows, below titles.
_MAX_HEADING_ROW = 30
#: Column → headings as search keys; a longer heading with this beginning matches too.
HEADINGS: dict[str, tuple[str, ...]] = {
    "ticket": (
        "билет",
        "билета",
        "членский билет",
        "членского билета",
        "номер билета",
        "номер членского билета",
        "ticket",
    ),
    "name": ("фамилия имя отчество", "фио", "ф и о", "член вои", "name"),
    "year": ("уплачено по", "уплачены по", "взносы уплачены по", "оплачено по", "последний оплаченный год", "paid to"),
    "debt": ("задолженность", "долг", "не уплачено", "debt"),
}


@dataclass
class Planned:
    """A row of the list: its number in the file, its contents, and its member."""

    number: int
    told: str
    member: Member | None = None
    paid_to: int | None = None
    #: Whether it would record something; the same balance again does not.
    changes: bool = False
    wrong: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not self.wrong


def read_openings(data: bytes | ReadBefore, place: Organization, actor: Actor, today: dt.date) -> list[Planned]:
    """Return the plan of every row with all of its errors, without writing anything.

    Raises `Unreadable`, and `RuleViolation` (V-D1) if the columns are missing or there are too many rows.
    """
    columns, rows = check_columns(_table(data))
    check_number_of_rows(len(rows))
    rates = rates_of(place.federation)
    found = [_planned(row, columns, rates, today) for row in rows]
    _find_members(found, [_cells(row, columns) for row in rows], place, actor)
    for row in _repeated(found):
        row.wrong.append(_("The member is in the list more than once."))
    ready = {row.member.pk: row for row in found if row.ready and row.member is not None}
    paid_to = {pk: row.paid_to for pk, row in ready.items() if row.paid_to is not None}
    plans, refused = previewed(place, paid_to, actor, today)
    for pk, row in ready.items():
        row.changes = pk in plans
        if pk in refused:
            row.wrong.append(str(refused[pk].message))
    return found


def _table(data: bytes | ReadBefore) -> tuple[dict[str, int], list[Row]] | None:
    """Return the columns and the rows below the headings, from the first sheet that has them, or None."""
    for sheet in visible(read_at_once(data)):
        for index, row in enumerate(sheet.rows[:_MAX_HEADING_ROW]):
            columns = _columns(row.cells)
            if columns.keys() & {"ticket", "name"} and columns.keys() & {"year", "debt"}:
                return columns, [one for one in check_sheet(sheet).rows[index + 1 :] if _is_member(one, columns)]
    return None


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    headings = [search_key(str(cell)).replace("№", " ").strip() if cell is not None else "" for cell in cells]
    found: dict[str, int] = {}
    for name, known in HEADINGS.items():
        for at, heading in enumerate(headings):
            if at not in found.values() and any(heading == text or heading.startswith(f"{text} ") for text in known):
                found.setdefault(name, at)
    return found


def _cells(row: Row, columns: dict[str, int]) -> dict[str, str]:
    """Return the texts of the known columns; numbers are written without a fraction of zero."""
    texts = {}
    for name, at in columns.items():
        cell = row.cells[at] if at < len(row.cells) else None
        whole = isinstance(cell, float) and cell.is_integer()
        texts[name] = "" if cell is None else str(int(cell) if whole else cell).strip()  # type: ignore[arg-type]
    return texts


def _is_member(row: Row, columns: dict[str, int]) -> bool:
    """Return whether the row is about a member, as opposed to totals or empty rows; one without a name is shown as an
    error.
    """
    filled = [search_key(str(cell)).strip() for cell in row.cells if cell is not None]
    if any(text.startswith(("итого", "всего")) for text in filled):
        return False
    return any(_cells(row, columns).values())


def _planned(row: Row, columns: dict[str, int], rates: Sequence[Rate], today: dt.date) -> Planned:
    texts = _cells(row, columns)
    told = ", ".join(texts[name] for name in ("name", "ticket") if texts.get(name))
    found = Planned(row.number, told[:150])
    try:
        found.paid_to = paid_to_of(texts.get("year", ""), texts.get("debt", ""), rates, today)
    except RuleViolation as violation:
        found.wrong.append(str(violation.message))
    return found


def _find_members(found: Sequence[Planned], texts: Sequence[dict[str, str]], place: Organization, actor: Actor) -> None:
    """Find the members by ticket number, or by the full name if only one has it; both must agree."""
    by_ticket: defaultdict[str, list[Member]] = defaultdict(list)
    by_name: defaultdict[str, list[Member]] = defaultdict(list)
    wanted = {search_key(text.get("name", "")) for text in texts}
    fields: tuple[Any, ...] = ("surname", "given_name", "patronymic", "ticket_number", "joined_on")
    for member in members_of(place, Member.objects.visible_to(actor)).only(*fields).iterator():
        if member.ticket_number:
            by_ticket[member.ticket_number].append(member)
        key = search_key(member.full_name)
        if key in wanted:
            by_name[key].append(member)
    for row, text in zip(found, texts, strict=True):
        ticket, name = text.get("ticket", "").removeprefix("№").strip(), search_key(text.get("name", ""))
        candidates = by_ticket[ticket] if ticket else by_name[name]
        if ticket and name:
            candidates = [one for one in candidates if search_key(one.full_name) == name]
        if len(candidates) == 1:
            row.member = candidates[0]
        elif candidates:
            row.wrong.append(_("Several members have this name. Add the ticket number."))
        elif ticket and by_ticket[ticket]:
            row.wrong.append(_("This ticket number belongs to somebody else. Compare the name."))
        else:
            row.wrong.append(_("Nobody with this name or ticket number is registered here."))


def _repeated(found: Sequence[Planned]) -> list[Planned]:
    by_member: defaultdict[int, list[Planned]] = defaultdict(list)
    for row in found:
        if row.member is not None:
            by_member[row.member.pk].append(row)
    return [row for rows in by_member.values() if len(rows) > 1 for row in rows]
