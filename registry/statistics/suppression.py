"""Hiding small figures of a table, and others that would reveal them by subtraction (N-S3).

Figures from 1 to 4 are hidden; zero never is. A reader knows the sums of rows and columns, and the range of each hidden
figure (`Mark`). More figures are hidden until each hidden one could also be another number: there is a chain of hidden
figures, alternating between rows and columns, along which 1 can be added and subtracted in turn without any of them
leaving its range. ADR 25 explains why all pages together reveal no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

#: The smallest figure that is shown to everybody.
LEAST = 5
_NO_LIMIT = 10**12
#: Maximum number of figures of a table in which the smallest rectangle is searched.
MAX_SEARCHED = 300


class Mark(Enum):
    """The range in which a reader knows a figure to be: smallest and largest number."""

    SHOWN = (0, 0)
    #: Shown as «<5».
    SMALL = (1, LEAST - 1)
    #: Hidden to protect a small figure.
    LARGE = (LEAST, _NO_LIMIT)
    #: Hidden in a table that does not distinguish small figures from others.
    HIDDEN = (1, _NO_LIMIT)


def is_small(value: int) -> bool:
    """Return whether the figure is too small to be shown."""
    return 0 < value < LEAST


def hide_list(
    values: Sequence[int], *, shared: Collection[int] = (), groups: Sequence[Collection[int]] = ()
) -> tuple[Mark, ...] | None:
    """Return the marks of figures that are shown with their sum, or None if none of them can be shown.

    That is the case if the sum is small, or if the hidden figures of at least 1 add up to their number. `shared` are
    the indexes of figures that other lists have too: they are hidden if they are small themselves, and are not used to
    hide others. `groups` partition the indexes into groups whose sums another list shows; each is treated as its own
    list.
    """
    if is_small(sum(values)):
        return None
    if groups := known_groups(values, groups):
        return _hide_groups(values, shared, groups)
    # All figures are in one row; nothing is known of their columns.
    cells = {_Cell(_ROW, str(at)): value for at, value in enumerate(values)}
    found = _hide(cells, {_Cell(_ROW, str(at)) for at in shared}, joined=True)
    return None if found is None else tuple(found[cell] for cell in cells)


def known_groups(values: Sequence[int], groups: Sequence[Collection[int]]) -> Sequence[Collection[int]]:
    """Return the groups of indexes whose sums the other list shows."""
    small = any(is_small(sum(values[at] for at in group)) for group in groups)
    # The other list hides so small a sum. With more than two groups it may show other sums.
    return () if small and len(groups) == 2 else groups


def _hide_groups(
    values: Sequence[int], shared: Collection[int], groups: Sequence[Collection[int]]
) -> tuple[Mark, ...] | None:
    found: dict[int, Mark] = {}
    for group in groups:
        marks = hide_list([values[at] for at in group], shared=[n for n, at in enumerate(group) if at in shared])
        if marks is None:
            return None
        found |= dict(zip(group, marks, strict=True))
    return tuple(found[at] for at in range(len(values)))


def hide_table(values: Sequence[Sequence[int]]) -> tuple[tuple[Mark, ...], ...] | None:
    """Return the marks of a table with known sums of rows and columns, or None if it cannot be shown.

    Each hidden figure could be another number with the same sums, whatever other tables of the same rows or the same
    columns show.
    """
    cells = {_Cell(str(y), str(x)): value for y, row in enumerate(values) for x, value in enumerate(row)}
    found = _hide(cells, ())
    if found is None:
        return None
    return tuple(tuple(found[_Cell(str(y), str(x))] for x in range(len(row))) for y, row in enumerate(values))


#: Name of the only row of a list.
_ROW = "row"


class _Cell(NamedTuple):
    """A cell of the table."""

    row: str
    column: str


def _hide(cells: Mapping[_Cell, int], shared: Collection[_Cell], *, joined: bool = False) -> dict[_Cell, Mark] | None:
    """Return the marks of the cells. `joined` columns have no sums.

    Knowing the `shared` figures from another page reveals none of the hidden ones.
    """
    own = {cell: value for cell, value in cells.items() if cell not in shared}
    for distinct in (True, False):
        small, other = (Mark.SMALL, Mark.LARGE) if distinct else (Mark.HIDDEN, Mark.HIDDEN)
        marks = {
            cell: (small if cell in own else Mark.SMALL) if is_small(value) else Mark.SHOWN
            for cell, value in cells.items()
        }
        while True:
            hidden = {cell: (cells[cell], mark) for cell, mark in marks.items() if mark != Mark.SHOWN}
            known = recomputed(hidden, joined=joined)
            if shared and not known:
                known = recomputed({cell: pair for cell, pair in hidden.items() if cell not in shared}, joined=joined)
            if not known:
                return marks
            if not _hide_more(known, marks, own, other):
                break
    return None


def _hide_more(known: Sequence[_Cell], marks: dict[_Cell, Mark], cells: Mapping[_Cell, int], other: Mark) -> bool:
    """Hide more figures for each revealed one; return whether there were any.

    The smallest possible rectangle is hidden; without one, and in a large table, the smallest figure of the row or
    column, or of the table. Zeros cannot be hidden.
    """
    shown = {cell: value for cell, value in cells.items() if value and marks[cell] == Mark.SHOWN}
    first = _beside(known[0], shown)
    # Figures that are already hidden cost nothing.
    cost = {cell: shown.get(cell, 0) for cell, value in cells.items() if value}
    for cell in known:
        corners = _rectangle(cell, cost) if len(cells) <= MAX_SEARCHED else ()
        for one in corners or _beside(cell, {at: value for at, value in cost.items() if value}):
            if one in shown:
                marks[one], cost[one] = other, 0
    if all(marks[cell] == Mark.SHOWN for cell in shown):
        marks |= dict.fromkeys(first, other)
    return any(marks[cell] != Mark.SHOWN for cell in shown)


def _rectangle(cell: _Cell, cost: Mapping[_Cell, int]) -> Sequence[_Cell]:
    """Return the other corners of the rectangle with the smallest figures; empty if there is none."""
    found = (
        (one, _Cell(cell.row, one.column), _Cell(one.row, cell.column))
        for one in cost
        if one.row != cell.row and one.column != cell.column
    )
    whole = [corners for corners in found if all(corner in cost for corner in corners)]
    return min(whole, key=lambda corners: sum(cost[one] for one in corners), default=())


def _beside(cell: _Cell, shown: Mapping[_Cell, int]) -> Sequence[_Cell]:
    """Return the smallest figure of the row or column, or of the table if these have none to hide."""
    near = [one for one in shown if one.row == cell.row or one.column == cell.column] or list(shown)
    return [min(near, key=lambda one: shown[one])] if near else []


def recomputed(hidden: Mapping[_Cell, tuple[int, Mark]], *, joined: bool = False) -> list[_Cell]:
    """Return the hidden cells, given with their numbers, that can only be one number."""
    steps: defaultdict[str, list[tuple[str, _Cell]]] = defaultdict(list)
    moves: dict[_Cell, list[tuple[str, str]]] = {}
    for cell, (value, mark) in hidden.items():
        low, high = mark.value
        row, column = f"row {cell.row}", "column" if joined else f"column {cell.column}"
        moves[cell] = [way for way, free in (((row, column), value < high), ((column, row), value > low)) if free]
        for start, end in moves[cell]:
            steps[start].append((end, cell))
    return [cell for cell in hidden if not any(_leads(end, start, cell, steps) for start, end in moves[cell])]


def _leads(start: str, end: str, without: _Cell, steps: Mapping[str, Iterable[tuple[str, _Cell]]]) -> bool:
    """Return whether the steps connect start and end without the cell."""
    seen, waiting = {start}, [start]
    while waiting:
        for place, cell in steps.get(waiting.pop(), ()):
            if cell == without or place in seen:
                continue
            if place == end:
                return True
            seen.add(place)
            waiting.append(place)
    return False
