"""Hiding small figures of a table, and what would give them away by subtraction (N-S3).

Figures from 1 to 4 are hidden; zero never is. A reader knows the sums of rows and columns, and in which range each
hidden figure is (`Mark`). Further figures are hidden until each hidden one could be another number as well: there is a
chain of hidden figures, from row to column and back, along which 1 can be added and taken away in turn without any of
them leaving its range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

#: The smallest figure that is shown to everybody.
LEAST = 5
_NO_LIMIT = 10**12
#: Figures of the largest table in which the smallest rectangle is looked for.
MAX_SEARCHED = 300


class Mark(Enum):
    """The range in which a reader knows a figure to be: the smallest and the largest number."""

    SHOWN = (0, 0)
    #: Shown as «<5».
    SMALL = (1, LEAST - 1)
    #: Hidden because of a small one.
    LARGE = (LEAST, _NO_LIMIT)
    #: Hidden in a table that does not tell small figures from others.
    HIDDEN = (1, _NO_LIMIT)


@dataclass(frozen=True)
class HiddenTable:
    """Marks of the figures of a table by row and column, and of the sums of its rows and columns."""

    cells: tuple[tuple[Mark, ...], ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]

    def turned(self) -> HiddenTable:
        """Return the marks of the same figures with rows as columns."""
        return HiddenTable(tuple(zip(*self.cells, strict=True)), self.columns, self.rows)


def is_small(value: int) -> bool:
    """Return whether the figure is too small to be shown."""
    return 0 < value < LEAST


def hide_list(
    values: Sequence[int], *, shared: Collection[int] = (), groups: Sequence[Collection[int]] = ()
) -> tuple[Mark, ...] | None:
    """Return the marks of figures that are shown with their sum, or None if none of them can be shown.

    So it is where the sum is small, or where hidden figures of at least 1 add up to their number. `shared` are the
    places of figures that other lists have too: they are hidden where they are small alone, and hide no others.
    `groups` are the places, each in one of them, of figures whose sum another list shows: each is a list of its own.
    """
    if is_small(sum(values)):
        return None
    if any(is_small(sum(values[at] for at in group)) for group in groups):
        # The other list does not show so small a sum. With more than two groups it may show other sums.
        groups = () if len(groups) == 2 else groups
    if groups:
        return _hide_groups(values, shared, groups)
    # All figures stand in one row; nothing is known of their columns.
    cells = {_Cell(_ROW, str(at)): value for at, value in enumerate(values)}
    found = _hide(cells, {}, {_Cell(_ROW, str(at)) for at in shared}, joined=True)
    return None if found is None else tuple(found[cell] for cell in cells)


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


def hide_table(
    values: Sequence[Sequence[int]], *, shared: tuple[Collection[int], Collection[int]] = ((), ()),
    known_rows: bool = False, groups: tuple[Sequence[Collection[int]], Sequence[Collection[int]]] = ((), ()),
    parts: Sequence[Collection[int]] = (),
) -> HiddenTable | None:  # fmt: skip
    """Return the marks of a table that is shown with the sums of its rows and columns, or None if it cannot be shown.

    The sums are hidden as `hide_list` hides them, because they stand as lists on other pages. With `known_rows` readers
    know the sums of the rows from elsewhere, whatever is hidden of them here. `shared` are the rows and the columns
    that other tables have too, `groups` those whose sums other lists show. `parts` of the columns are those whose sums
    another table shows row by row, but where they are small.
    """
    of_rows = [sum(row) for row in values]
    of_columns = [sum(column) for column in zip(*values, strict=True)]
    rows = hide_list(of_rows, shared=shared[0], groups=groups[0])
    columns = hide_list(of_columns, shared=shared[1], groups=groups[1])
    if rows is None or columns is None:
        return None
    known = [Mark.SHOWN] * len(rows) if known_rows else rows
    sums = {_Cell(str(y), _SUM): pair for y, pair in enumerate(zip(of_rows, known, strict=True))}
    sums |= {_Cell(_SUM, str(x)): pair for x, pair in enumerate(zip(of_columns, columns, strict=True))}
    if len(parts) == 2 and any(is_small(sum(of_columns[x] for x in part)) for part in parts):
        # The other table is not shown with so small a sum.
        parts = ()
    part_of = {x: f"{_PART}{n}" for n, part in enumerate(parts) for x in part}
    for n, part in enumerate(parts):
        for y, row in enumerate(values):
            number = sum(row[x] for x in part)
            sums[_Cell(f"{y}{_PART}{n}", f"{_WHOLE}{y}")] = (number, Mark.SMALL if is_small(number) else Mark.SHOWN)
    places = {
        (y, x): _Cell(f"{y}{part_of.get(x, '')}", str(x)) for y, row in enumerate(values) for x in range(len(row))
    }
    cells = {cell: values[y][x] for (y, x), cell in places.items()}
    found = _hide(
        cells,
        sums,
        {
            one
            for one in (*cells, *sums)
            if one.row.partition(_PART)[0] in map(str, shared[0]) or one.column in map(str, shared[1])
        },
    )
    if found is None:
        return None
    marks = tuple(tuple(found[places[y, x]] for x in range(len(row))) for y, row in enumerate(values))
    return HiddenTable(marks, rows, columns)


#: Names of the only row of a list, of the row of sums and the column of sums.
_ROW, _SUM = "row", "sum"
#: What stands before the number of a part of a row, and before the number of the row to which the part's sum belongs.
_PART, _WHOLE = "/", "row "


class _Cell(NamedTuple):
    """A place of the table."""

    row: str
    column: str

    @property
    def is_sum(self) -> bool:
        """True where the figure stands on the other side of the equation of its row or column."""
        return _SUM in {self.row, self.column} or self.column.startswith(_WHOLE)


def _hide(
    cells: Mapping[_Cell, int], sums: Mapping[_Cell, tuple[int, Mark]], shared: Collection[_Cell], *,
    joined: bool = False,
) -> dict[_Cell, Mark] | None:  # fmt: skip
    """Return the marks of the cells; those of the sums are given. `joined` columns have no sums.

    A reader who knows the `shared` ones from another page learns none of them either.
    """
    own = {cell: value for cell, value in cells.items() if cell not in shared}
    for distinct in (True, False):
        small, other = (Mark.SMALL, Mark.LARGE) if distinct else (Mark.HIDDEN, Mark.HIDDEN)
        marks = {
            cell: (small if cell in own else Mark.SMALL) if is_small(value) else Mark.SHOWN
            for cell, value in cells.items()
        }
        while True:
            hidden: dict[_Cell, tuple[int, Mark]] = {
                cell: (cells[cell], mark) for cell, mark in marks.items() if mark != Mark.SHOWN
            }
            hidden |= {cell: pair for cell, pair in sums.items() if pair[1] != Mark.SHOWN}
            known = recomputed(hidden, joined=joined)
            if shared and not known:
                known = recomputed({cell: pair for cell, pair in hidden.items() if cell not in shared}, joined=joined)
            if not known:
                return marks
            if not _hide_more(known, marks, own, other):
                break
    return None


def _hide_more(known: Sequence[_Cell], marks: dict[_Cell, Mark], cells: Mapping[_Cell, int], other: Mark) -> bool:
    """Hide further figures beside each known one; return whether there were any.

    Those of a rectangle are hidden, the smallest ones; without a rectangle, and in a large table, the smallest of the
    row or column, or of all. Zeros cannot be hidden.
    """
    shown = {cell: value for cell, value in cells.items() if value and marks[cell] == Mark.SHOWN}
    if any(_PART in cell.row for cell in cells):
        # A figure of the part often frees the sums as well, for which one of another part would be hidden in vain.
        known = [cell for cell in known if not cell.is_sum] or known
    first = _beside(known[0], shown)
    # What is hidden already costs nothing more.
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
    """Return the other corners of the rectangle with the smallest figures; nothing without one."""
    found = (
        (one, _Cell(cell.row, one.column), _Cell(one.row, cell.column))
        for one in cost
        if one.row != cell.row and one.column != cell.column
    )
    whole = [corners for corners in found if all(corner in cost for corner in corners)]
    return min(whole, key=lambda corners: sum(cost[one] for one in corners), default=())


def _beside(cell: _Cell, shown: Mapping[_Cell, int]) -> Sequence[_Cell]:
    """Return the smallest figure of the row or column, or of all where these have none to hide."""
    near = [one for one in shown if one.row == cell.row or one.column == cell.column] or list(shown)
    return [min(near, key=lambda one: shown[one])] if near else []


def recomputed(hidden: Mapping[_Cell, tuple[int, Mark]], *, joined: bool = False) -> list[_Cell]:
    """Return those hidden cells, given with their numbers, that can be one number alone."""
    steps: defaultdict[str, list[tuple[str, _Cell]]] = defaultdict(list)
    moves: dict[_Cell, list[tuple[str, str]]] = {}
    for cell, (value, mark) in hidden.items():
        low, high = mark.value
        row, column = f"row {cell.row}", "column" if joined else f"column {cell.column}"
        if cell.column.startswith(_WHOLE):
            # The sum of a part is one of the figures of the whole row.
            column = cell.column
        more, less = ((column, row), (row, column)) if cell.is_sum else ((row, column), (column, row))
        moves[cell] = [way for way, free in ((more, value < high), (less, value > low)) if free]
        for start, end in moves[cell]:
            steps[start].append((end, cell))
    return [cell for cell in hidden if not any(_leads(end, start, cell, steps) for start, end in moves[cell])]


def _leads(start: str, end: str, without: _Cell, steps: Mapping[str, Iterable[tuple[str, _Cell]]]) -> bool:
    """Return whether the steps lead from the start to the end without the cell."""
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
