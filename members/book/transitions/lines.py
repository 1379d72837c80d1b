"""The registration book: a line for each stay in a cell, or in an organisation that keeps cards without cells (V-B7).

Called by transitions that register or move people or end their registration, within their change.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from members.people.models import Member
from members.people.rules.marks import is_renamed
from members.people.search import book_search_key
from registry.organizations.models import Figures
from registry.organizations.transitions.figures import add_to_figures
from registry.text import sort_key
from registry.transitions import Act

from ..enums import EndReason
from ..models import BookLine

_SNAPSHOT = (
    "full_name", "sort_key", "birth_year", "ticket_number", "joined_year", "former_names", "former_tickets",
)  # fmt: skip
_LEAVING = ["left_on", "left_recorded_at", "reason", "destination"]


def add_lines(act: Act, members: Sequence[Member], *, on: dt.date | Mapping[int, dt.date], first: bool = False) -> None:
    """Add a line to the book of each member's unit; `on` is the day, for all or by member id.

    With `first`, the members cannot have a line yet, because this change has created their cards.
    """
    numbers = _numbers(members)
    before = {} if first else _last_lines(members)
    lines = []
    for member in members:
        if member.unit_id is None:
            continue
        numbers[member.unit_id] += 1
        line = BookLine(
            unit_id=member.unit_id,
            number=numbers[member.unit_id],
            member=member,
            entered_on=on[member.pk] if isinstance(on, Mapping) else on,
            recorded_at=act.now,
        )
        if earlier := before.get(member.pk):
            line.full_name, line.ticket_number = earlier.full_name, earlier.ticket_number
            line.former_names, line.former_tickets = earlier.former_names, earlier.former_tickets
        _copy(member, line)
        lines.append(line)
    act.create_many(BookLine, lines)


def close_lines(act: Act, members: Iterable[Member], *, on: dt.date, reason: str, destination: str = "") -> None:
    """Close the members' open lines; their contents stay as on that day (V-B10)."""
    lines = list(BookLine.objects.filter(member__in=[member.pk for member in members], left_on__isnull=True))
    for line in lines:
        line.left_on = max(on, line.entered_on)
        line.left_recorded_at = act.now
        line.reason, line.destination = reason, destination
    act.update_many(BookLine, lines, _LEAVING)


def reopen_lines(act: Act, members: Iterable[Member]) -> None:
    """Reopen the last line of each member, because the leaving was a mistake or was undone."""
    last: dict[int | None, BookLine] = {}
    found = BookLine.objects.filter(member__in=[member.pk for member in members]).exclude(reason=EndReason.UNDONE)
    for line in found.order_by("entered_on", "pk"):
        last[line.member_id] = line
    lines = [line for line in last.values() if line.left_on is not None]
    for line in lines:
        line.left_on = line.left_recorded_at = None
        line.reason = line.destination = ""
    act.update_many(BookLine, lines, _LEAVING)


def first_line(member: Member) -> BookLine | None:
    """Return the line that began the present registration; moves between cells have added others since."""
    first = None
    for line in BookLine.objects.filter(member=member).order_by("-pk"):
        if line.left_on is not None and line.reason != EndReason.OTHER_CELL:
            break
        first = line
    return first


def correct_day(act: Act, line: BookLine, day: dt.date) -> None:
    """Set a corrected day of registration."""
    line.entered_on = day
    act.save(line)


def refresh_lines(act: Act, members: Sequence[Member]) -> None:
    """Copy name, ticket and years from the cards to their open lines."""
    lines = _open_lines(members)
    changed: list[BookLine] = []
    names = {"search_key"}
    for member in members:
        line = lines.get(member.pk)
        if line is None:
            continue
        before = {name: getattr(line, name) for name in _SNAPSHOT}
        _copy(member, line)
        if other := {name for name, value in before.items() if value != getattr(line, name)}:
            changed.append(line)
            names |= other
    act.update_many(BookLine, changed, sorted(names))


def former(members: Sequence[Member]) -> dict[int, tuple[list[str], list[str]]]:
    """Return the former names and ticket numbers of each member, including those in the open line."""
    lines, found = _open_lines(members), {}
    for member in members:
        line = lines.get(member.pk)
        names, tickets = _former(member, line) if line is not None else ("", "")
        found[member.pk] = (names.splitlines(), tickets.splitlines())
    return found


def forget_name(act: Act, member: Member, name: str) -> None:
    """Remove a former name from the open line, because it was only misspelt."""
    line = _open_line(member)
    if line is None or name not in line.formerly:
        return
    line.former_names = "\n".join(former for former in line.formerly if former != name)
    _copy(member, line)
    act.save(line)


def move_lines(act: Act, members: Sequence[Member], *, on: dt.date, reason: str, destination: str = "") -> None:
    """Move members to another unit: close the line in the former book and add one to the new book."""
    close_lines(act, members, on=on, reason=reason, destination=destination)
    add_lines(act, members, on=on)


def _numbers(members: Sequence[Member]) -> dict[int, int]:
    """Reserve numbers in each unit's book and return the last number before them.

    The update locks the row of figures.
    """
    wanted = Counter(member.unit_id for member in members if member.unit_id is not None)
    before = {}
    # In the order of ids, so that two transactions cannot deadlock.
    for unit, count in sorted(wanted.items()):
        add_to_figures(unit, last_book_line=count)
        before[unit] = Figures.objects.values_list("last_book_line", flat=True).get(organization_id=unit) - count
    return before


def _last_lines(members: Sequence[Member]) -> dict[int | None, BookLine]:
    """Return each member's last line, if any: former names and tickets are copied to the next book."""
    found = BookLine.objects.filter(member__in=[member.pk for member in members]).exclude(reason=EndReason.UNDONE)
    return {line.member_id: line for line in found.order_by("entered_on", "pk")}


def _copy(member: Member, line: BookLine) -> None:
    """Copy the card to the line; its earlier values are kept as former names and tickets (V-B5)."""
    line.former_names, line.former_tickets = _former(member, line)
    line.full_name = member.full_name
    line.sort_key = sort_key(member.surname, member.given_name, member.patronymic)[:420]
    line.birth_year = member.birth_date.year if member.birth_date else None
    line.ticket_number = member.ticket_number
    line.joined_year = member.joined_on.year if member.joined_on else None
    line.search_key = book_search_key(line)


def _open_line(member: Member) -> BookLine | None:
    return _open_lines([member]).get(member.pk)


def _open_lines(members: Iterable[Member]) -> dict[int | None, BookLine]:
    found = BookLine.objects.filter(member__in=[member.pk for member in members], left_on__isnull=True)
    return {line.member_id: line for line in found.order_by("-pk")}


def _former(member: Member, line: BookLine) -> tuple[str, str]:
    """Return former names and ticket numbers, one per line, including those of the line that the card no longer has."""
    names, tickets = line.former_names, line.former_tickets
    if line.full_name and is_renamed(line.full_name, member.full_name):
        names = _with(names, line.full_name, now=member.full_name)
    if line.ticket_number and line.ticket_number != member.ticket_number:
        tickets = _with(tickets, line.ticket_number, now=member.ticket_number)
    return names, tickets


def _with(known: str, former: str, *, now: str) -> str:
    """Return the former values, oldest first, without repetitions and without the present one."""
    kept = [value for value in known.splitlines() if value not in {former, now}]
    return "\n".join([*kept, former])
