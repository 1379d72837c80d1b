"""Hidden figures of a table cannot be recomputed from what is shown (N-S3)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.statistics.suppression import LEAST, Mark, hide_list, hide_table, is_small
from tests.conftest import examples

FIGURES = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9])


def possible(values: Sequence[int], marks: Sequence[Mark]) -> list[set[int]]:
    """Return the numbers that each hidden figure of a list with this sum may be, found by trying all."""
    hidden = [at for at, mark in enumerate(marks) if mark != Mark.SHOWN]
    rest = sum(values[at] for at in hidden)
    ranges = [range(marks[at].value[0], min(marks[at].value[1], rest) + 1) for at in hidden]
    found: list[set[int]] = [set() for _at in hidden]
    for numbers in itertools.product(*ranges):
        if sum(numbers) == rest:
            for kept, number in zip(found, numbers, strict=True):
                kept.add(number)
    return found


@given(st.lists(FIGURES, min_size=2, max_size=5))
def test_n_s3_no_hidden_figure_is_known_from_a_shared_one(values: list[int]) -> None:
    marks = hide_list(values, shared=[0])
    if marks is None:
        return
    assert (marks[0] == Mark.SMALL) == is_small(values[0])
    assert marks[0] in {Mark.SMALL, Mark.SHOWN}
    assert all(len(numbers) > 1 for numbers in possible(values, marks))
    assert all(len(numbers) > 1 for numbers in possible(values, [Mark.SHOWN, *marks[1:]]))


@given(st.lists(FIGURES, min_size=1, max_size=5))
def test_n_s3_a_hidden_figure_of_a_list_may_be_several_numbers(values: list[int]) -> None:
    marks = hide_list(values)
    if marks is None:
        return
    assert [mark for mark, value in zip(marks, values, strict=True) if is_small(value) and mark == Mark.SHOWN] == []
    assert [mark for mark, value in zip(marks, values, strict=True) if not value and mark != Mark.SHOWN] == []
    assert all(len(numbers) > 1 for numbers in possible(values, marks))


@settings(max_examples=examples(40))
@given(st.lists(st.lists(FIGURES, min_size=2, max_size=2), min_size=2, max_size=2), st.booleans())
def test_n_s3_a_hidden_figure_of_a_table_may_be_several_numbers(values: list[list[int]], known_rows: bool) -> None:
    found = hide_table(values, known_rows=known_rows)
    if found is None:
        return
    places = list(itertools.product(range(2), repeat=2))
    assert [(y, x) for y, x in places if is_small(values[y][x]) and found.cells[y][x] == Mark.SHOWN] == []
    seen: dict[tuple[int, int], set[int]] = {(y, x): set() for y, x in places if found.cells[y][x] != Mark.SHOWN}
    total = sum(map(sum, values))
    for numbers in itertools.product(*(_range(values[y][x], found.cells[y][x], 11) for y, x in places)):
        a, b, c, d = numbers
        rows = [Mark.SHOWN] * 2 if known_rows else found.rows
        sums = [*zip(rows, (a + b, c + d), map(sum, values), strict=True)]
        sums += zip(found.columns, (a + c, b + d), map(sum, zip(*values, strict=True)), strict=True)
        if sum(numbers) == total and all(number in _range(real, mark, total) for mark, number, real in sums):
            for place, number in zip(places, numbers, strict=True):
                if place in seen:
                    seen[place].add(number)
    assert all(len(known) > 1 for known in seen.values())


def _range(value: int, mark: Mark, most: int) -> range:
    """Return the numbers that a reader takes the figure for."""
    low, high = (value, value) if mark == Mark.SHOWN else mark.value
    return range(low, min(high, most) + 1)


def test_n_s3_small_figures_and_their_complement_are_hidden() -> None:
    shown, small, large = Mark.SHOWN, Mark.SMALL, Mark.LARGE
    assert hide_list([20, 9, 3, 0]) == (shown, large, small, shown)
    assert hide_list([20, LEAST, 0]) == (shown, shown, shown)
    assert hide_list([20, LEAST - 1, 2]) == (shown, small, small)


def test_n_s3_figures_that_are_known_anyway_are_not_shown_at_all() -> None:
    # Five hidden figures of at least one add up to five; and a sum below five tells nothing of its parts.
    assert hide_list([1, 1, 1, 1, 1]) is None
    assert hide_list([2, 0]) is None
    assert hide_table([[2, 0], [0, 1]]) is None


def test_n_s3_a_table_without_small_figures_is_shown_whole() -> None:
    found = hide_table([[5, 0], [7, 30]])
    assert found is not None
    assert {mark for row in found.cells for mark in row} | {*found.rows} | {*found.columns} == {Mark.SHOWN}


def test_n_s3_one_small_figure_hides_a_rectangle_of_four() -> None:
    found = hide_table([[3, 40, 50], [60, 20, 70], [80, 90, 99]])
    assert found is not None
    hidden = {(y, x) for y, row in enumerate(found.cells) for x, mark in enumerate(row) if mark != Mark.SHOWN}
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_n_s3_known_sums_of_rows_hide_more() -> None:
    values = [[3, 0, 40], [4, 60, 70], [80, 90, 99]]
    found, known = hide_table(values), hide_table(values, known_rows=True)
    assert found is not None
    assert known is not None
    assert known.rows == found.rows
    # A reader who knows that the organisation has three people would know that they are all of one kind.
    alone = [[3, 0], [1, 2], [80, 90]]
    assert hide_table(alone) is not None
    assert hide_table(alone, known_rows=True) is None


def test_n_s3_a_turned_table_has_the_marks_of_the_same_figures() -> None:
    found = hide_table([[3, 40, 50], [60, 20, 70]])
    assert found is not None
    turned = found.turned()
    assert (turned.rows, turned.columns) == (found.columns, found.rows)
    assert [[row[y] for row in turned.cells] for y in range(2)] == [list(row) for row in found.cells]
