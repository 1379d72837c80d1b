"""Hiding figures from actors who see no people, so that all pages together reveal nothing (N-S3, ADR 25).

They see the list of each field, and tables of sex with one other field. Values hidden in a list are joined in one row
or column of the tables, so that readers know the sums of each, and each hidden figure of a table could be another
number with the same sums. Tables that share only one field reveal no more together than separately.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..columns import GONE, NOT_CONCERNED, NOT_GIVEN, ORGANIZATION, Dimension
from ..counting import sums_of
from ..suppression import LEAST, Mark, hide_list, hide_table, is_small, known_groups


class Crossed(NamedTuple):
    """A cross-table with hidden figures: the values joined in each row and column, numbers and marks.

    `left_out` is the number of people whose cards cannot be read; they are in no row.
    """

    rows: list[tuple[str, ...]]
    columns: list[tuple[str, ...]]
    values: list[list[int]]
    marks: tuple[tuple[Mark, ...], ...]
    left_out: int = 0

    def turned(self) -> Crossed:
        """Return the transposed table."""
        values = [list(column) for column in zip(*self.values, strict=True)]
        return Crossed(self.columns, self.rows, values, tuple(zip(*self.marks, strict=True)), self.left_out)


def hidden_cross(
    rows: Dimension,
    columns: Dimension,
    keys: tuple[Sequence[str], Sequence[str]],
    found: Mapping[tuple[str, ...], int],
    others: Sequence[Dimension] = (),
    most: int = 0,
) -> Crossed | None:
    """Return the cross-table of these values in rows and columns, or None if it cannot be shown.

    It is the same in both orientations: two pages that hid different figures would reveal both. Numbers of members by
    organisation are known, because the pages of organisations show them; at most `most` organisations have their own
    row. `others` are all fields of the composition, whose page has the same sums.
    """
    if rows.key > columns.key:
        turned: dict[tuple[str, ...], int] = {key[::-1]: number for key, number in found.items()}
        other = hidden_cross(columns, rows, keys[::-1], turned, others, most)
        return other.turned() if other is not None else None
    sums = sums_of(found)
    left_out = 0
    if rows.key != ORGANIZATION:
        # They are the same people in each table, so only the lists have their number.
        left_out = sums[0].get(GONE, 0)
        if is_small(left_out):
            return None
    together = [
        _places_together(values, counts, most) if one.key == ORGANIZATION else _together(one, values, counts, others)
        for one, values, counts in zip((rows, columns), keys, sums, strict=True)
    ]
    of_rows, of_columns = ([key for key in many or () if not left_out or key != (GONE,)] for many in together)
    if not of_rows or not of_columns:
        return None
    values = [
        [sum(found.get((row, column), 0) for row in many for column in beside) for beside in of_columns]
        for many in of_rows
    ]
    marks = hide_table(values)
    return None if marks is None else Crossed(of_rows, of_columns, values, marks, left_out)


def _together(
    one: Dimension, values: Sequence[str], found: Mapping[str, int], others: Sequence[Dimension]
) -> list[tuple[str, ...]] | None:
    """Return the values of each row: one that the field's list shows, or all that it hides."""
    groups = groups_of(one, others)
    marks = hidden_list(values, found, groups)
    if marks is None:
        return None
    numbers = [found.get(value, 0) for value in values]
    parts = known_groups(numbers, _places(values, groups)) or [range(len(values))]
    keys: dict[int, tuple[str, ...]] = {at: (value,) for at, value in enumerate(values) if marks[at] == Mark.SHOWN}
    for part in parts:
        hidden = sorted(at for at in part if marks[at] != Mark.SHOWN)
        if hidden:
            keys[hidden[0]] = tuple(values[at] for at in hidden)
    return [keys[at] for at in sorted(keys)]


def _places_together(values: Sequence[str], found: Mapping[str, int], most: int) -> list[tuple[str, ...]]:
    """Return the organisations of each row: one, the largest first, or all those with few people in the last one."""
    ordered = sorted(values, key=lambda value: -found.get(value, 0))
    kept = [value for value in ordered[:most] if found.get(value, 0) >= LEAST]
    rest = ordered[len(kept) :]
    while kept and is_small(sum(found.get(value, 0) for value in rest)):
        rest.insert(0, kept.pop())
    return [*((value,) for value in kept), *([tuple(rest)] if rest else [])]


def hidden_list(
    values: Sequence[str], found: Mapping[str, int], groups: Sequence[Collection[str]] = ()
) -> Sequence[Mark] | None:
    """Return the marks of the numbers of people with the values, or None if they cannot be shown.

    `groups` are those of `groups_of`.
    """
    if tells_categories(found):
        return None
    numbers = [found.get(value, 0) for value in values]
    return hide_list(numbers, shared=_shared(values), groups=_places(values, groups))


def tells_categories(found: Mapping[str, int]) -> bool:
    """Return whether a field applies to few people, or to all but a few, and their number reveals a category."""
    others = found.get(NOT_CONCERNED, 0)
    concerned = sum(found.values()) - others - found.get(GONE, 0)
    return bool(others) and (is_small(others) or is_small(concerned))


def groups_of(one: Dimension, others: Iterable[Dimension]) -> list[frozenset[str]]:
    """Return the values of the categories, grouped by the people of the other fields; empty for another field.

    Those fields have the sum of each group, so no category may be computable from it.
    """
    limits = [other.concerns for other in others if other.concerns and not other.of_health]
    if one.key != "category" or not limits:
        return []
    parts: dict[tuple[bool, ...], set[str]] = {}
    for value in one.values:
        parts.setdefault(tuple(value in concerns for concerns in limits), set()).add(value)
    # The fields include people without a category, and count unreadable cards separately.
    parts.setdefault((True,) * len(limits), set()).update((NOT_GIVEN, GONE))
    return [frozenset(part) for part in parts.values()]


def _places(values: Sequence[str], groups: Sequence[Collection[str]]) -> list[list[int]]:
    """Return the indexes of the values of each group."""
    found = [[at for at, value in enumerate(values) if value in group] for group in groups]
    return [part for part in found if part]


def _shared(values: Sequence[str]) -> list[int]:
    """Return the indexes of people whose cards cannot be read or whose category does not have the field: other tables
    have their numbers too.
    """
    return [at for at, value in enumerate(values) if value in {GONE, NOT_CONCERNED}]
