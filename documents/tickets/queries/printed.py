"""Values of the printed papers of blanks (V-C2, V-C3).

A closed period always prints the same: entries belong to the day on which they were recorded, as in a paper book, and
names are those of that day.
"""

from __future__ import annotations

import copy
import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from registry.organizations.models import Organization

from ..enums import PaperKind, PaperState, Place
from ..models import Blank, BlankMovement, BlankPaper, IssueLine
from ..ranges import NumberRange, merged, without

#: Maximum number of ranges in one entry of a book; a paper with more has several entries.
MAX_RANGES_OF_ENTRY = 4
#: Fields of an organisation on papers, besides its position in the tree.
_PASSPORT = ("full_name", "short_name", "genitive_name", "chair_name", "chair_sex")


@dataclass
class Entry:
    """A line of the ticket book: the movement by one paper, and the stock after it."""

    movement: BlankMovement
    numbers: list[NumberRange]
    #: Quantities received into the stock and given out.
    came: int = 0
    went: int = 0
    left: list[NumberRange] = field(default_factory=list)

    @property
    def paper(self) -> BlankPaper:
        return self.movement.paper


@dataclass(frozen=True)
class Book:
    """The stock at the beginning of a period, and the entries of the period."""

    opening: list[NumberRange]
    entries: list[Entry]

    @property
    def closing(self) -> list[NumberRange]:
        """Return the stock at the end."""
        return self.entries[-1].left if self.entries else self.opening


@dataclass(frozen=True)
class JournalLine:
    """A line of the ticket journal, with the later state of the ticket and its paper."""

    line: IssueLine
    moves: list[tuple[str, BlankPaper]]


def bounds(organization: Organization, first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return the moment at which the period begins at the organisation, and the one after its end."""
    after = last + dt.timedelta(days=1) if last < dt.date.max else last
    begin, end = (dt.datetime.combine(day, dt.time.min, organization.tz) for day in (first, after))
    return begin, end


def book_of(organization: Organization, kind: str, first: dt.date, last: dt.date) -> Book:
    """Return the book of one kind of blank for the period, both days included, computed from the movements."""
    begin, end = bounds(organization, first, last)
    movements = BlankMovement.objects.of(organization.pk).filter(kind=kind).order_by("pk")
    stock: list[NumberRange] = []
    for movement in movements.filter(made_at__lt=begin):
        stock, _came, _went = _moved(stock, movement, organization.pk)
    opening, entries = merged(stock), list[Entry]()
    for movement in movements.filter(made_at__gte=begin, made_at__lt=end).select_related("paper"):
        if movement.taker_id != organization.pk and movement.from_place != Place.STOCK:
            # Numbers that others confirm left the stock when they were passed on.
            continue
        stock, came, went = _moved(stock, movement, organization.pk)
        entry = entries[-1] if entries and _continues(entries[-1], movement) else None
        if entry is None:
            entry = Entry(movement, [])
            entries.append(entry)
        entry.numbers.append(movement.range)
        entry.came, entry.went, entry.left = entry.came + came, entry.went + went, merged(stock)
    return Book(opening, entries)


def _moved(stock: list[NumberRange], movement: BlankMovement, pk: int) -> tuple[list[NumberRange], int, int]:
    """Return the stock after the movement, and the quantities received and given out."""
    numbers = movement.range
    out = movement.giver_id == pk and movement.from_place == Place.STOCK
    into = movement.taker_id == pk and movement.to_place == Place.STOCK
    # Taken over as issued: they are received and given out in one line.
    through = movement.giver_id is None and not into
    if out:
        stock = without(stock, numbers)
    if into:
        stock = [*stock, numbers]
    return stock, numbers.count * (into or through), numbers.count * (out or through)


def _continues(entry: Entry, movement: BlankMovement) -> bool:
    before = entry.movement
    same = all(
        getattr(before, name) == getattr(movement, name)
        for name in ("paper_id", "from_place", "to_place", "giver_id", "taker_id")
    )
    return same and len(entry.numbers) < MAX_RANGES_OF_ENTRY


def journal_of(organization: Organization, kind: str, first: dt.date, last: dt.date) -> list[JournalLine]:
    """Return the tickets issued in the period, in the order of the sheets, with their state at its end."""
    begin, end = bounds(organization, first, last)
    movements = BlankMovement.objects.of(organization.pk).filter(kind=kind, made_at__lt=end).order_by("pk")
    issued = movements.filter(to_place=Place.ISSUED, made_at__gte=begin).values_list("paper", flat=True)
    order = {pk: at for at, pk in enumerate(dict.fromkeys(issued))}
    found = IssueLine.objects.filter(paper__in=order, paper__organization=organization, blank__isnull=False)
    lines = sorted(found.select_related("paper", "blank"), key=lambda line: (order[line.paper_id], line.position))
    moves: dict[tuple[str, int], list[tuple[str, BlankPaper]]] = defaultdict(list)
    after = movements.exclude(from_place__in=["", Place.STOCK, Place.ON_THE_WAY]).select_related("paper")
    for movement in after if lines else ():
        for number in range(movement.first, movement.last + 1):
            moves[movement.series, number].append((movement.to_place, movement.paper))
    return [JournalLine(line, moves[line.blank.series, line.blank.number]) for line in lines if line.blank is not None]


def moment_of(paper: BlankPaper) -> dt.datetime | None:
    """Return when the paper was posted; None if it never was."""
    moved = paper.movements.order_by("pk").values_list("made_at", flat=True).first()
    if moved is not None or paper.state != PaperState.POSTED:
        return moved
    return paper.history.order_by("history_date").values_list("history_date", flat=True).first()


def counted_before(paper: BlankPaper) -> list[NumberRange]:
    """Return the stock before the stock-taking was posted."""
    movements = BlankMovement.objects.of(paper.organization_id).filter(kind=paper.blank).order_by("pk")
    own = paper.movements.order_by("pk").first()
    moment = moment_of(paper)
    if own is not None:
        movements = movements.filter(pk__lt=own.pk)
    elif moment is not None:
        movements = movements.filter(made_at__lte=moment)
    stock: list[NumberRange] = []
    for movement in movements:
        stock, _came, _went = _moved(stock, movement, paper.organization_id)
    return merged(stock)


def moved_by(paper: BlankPaper, *, to: Collection[str] = (), by_receiver: bool | None = None) -> list[NumberRange]:
    """Return the numbers that the paper moved to these places; with `by_receiver`, to another organisation or not."""
    found = [
        one.range
        for one in paper.movements.all()
        if (not to or one.to_place in to) and by_receiver in {None, one.giver_id != one.taker_id}
    ]
    return merged(found)


@dataclass(frozen=True)
class WrittenOff:
    """Numbers of a paper that belong together: one that a member had, or several of the stock."""

    numbers: NumberRange
    owner: str
    reason: str


def written_off(paper: BlankPaper) -> list[WrittenOff]:
    """Return the numbers moved by the paper: those of members one by one with name and reason, others as ranges."""
    ranges = merged(movement.range for movement in paper.movements.all())
    kept = {"federation": paper.organization.federation_id, "kind": paper.blank}
    blanks = Blank.objects.filter(**kept, number__in=[n for one in ranges for n in range(one.first, one.last + 1)])
    known = {(blank.series, blank.number): blank for blank in blanks.select_related("issue_line")}
    found: list[WrittenOff] = []
    for one in ranges:
        for number in range(one.first, one.last + 1):
            blank = known.get((one.series, number))
            line = getattr(blank, "issue_line", None)
            owner = line.full_name if line else ""
            # A later paper sets another reason for the blank; nothing follows the destruction.
            reason = blank.reason if blank is not None and paper.kind == PaperKind.DESTRUCTION else ""
            last = found[-1] if found else None
            if last and not line and not last.owner and last.reason == reason and _follows(last.numbers, one, number):
                found[-1] = WrittenOff(NumberRange(one.series, last.numbers.first, number, one.width), "", reason)
            else:
                found.append(WrittenOff(one.part(number, number), owner, reason))
    return found


def _follows(before: NumberRange, one: NumberRange, number: int) -> bool:
    return (before.series, before.width, before.last + 1) == (one.series, one.width, number)


def as_on(organization: Organization, moment: dt.datetime | None) -> Organization:
    """Return a copy of the organisation with the names of that moment, or with today's names."""
    found = copy.copy(organization)
    if moment is not None:
        history = Organization.history.filter(id=organization.pk, history_date__lte=moment)
        row = history.order_by("-history_date", "-history_id").values(*_PASSPORT).first() or {}
        for name, value in row.items():
            setattr(found, name, value)
    return found


class ShortNames:
    """Short names of organisations on past days, in two queries."""

    def __init__(self, ids: Iterable[int]) -> None:
        wanted = set(ids)
        self._now = dict(Organization.objects.filter(pk__in=wanted).values_list("pk", "short_name"))
        self._then: dict[int, list[tuple[dt.datetime, str]]] = defaultdict(list)
        history = Organization.history.filter(id__in=wanted).order_by("history_date", "history_id")
        for pk, moment, name in history.values_list("id", "history_date", "short_name"):
            self._then[pk].append((moment, name))

    def on(self, pk: int, moment: dt.datetime) -> str:
        """Return the name that the organisation had at the moment."""
        names = self._then[pk]
        at = bisect_right(names, moment, key=lambda pair: pair[0])
        return names[at - 1][1] if at else self._now.get(pk, "")
