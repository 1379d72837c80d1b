"""Hidden figures of a table cannot be computed from the shown ones (N-S3)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.statistics.suppression import LEAST, Mark, hide_list, hide_table, is_small
from tests.conftest import examples

FIGURES = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9])


def possible(values: Sequence[int], marks: Sequence[Mark]) -> list[set[int]]:
    """Return the possible numbers of each hidden figure in a list with this sum, found by trying all."""
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


@settings(max_examples=examples(60))
@given(st.integers(2, 3).flatmap(lambda n: st.lists(st.lists(FIGURES, min_size=2, max_size=2), min_size=n, max_size=n)))
def test_n_s3_a_hidden_figure_of_a_table_may_be_several_numbers_with_the_same_sums(values: list[list[int]]) -> None:
    found = hide_table(values)
    if found is None:
        return
    flat = list(itertools.chain(*found))
    numbers = list(itertools.chain(*values))
    assert [n for n, mark in zip(numbers, flat, strict=True) if is_small(n) and mark == Mark.SHOWN] == []
    assert [n for n, mark in zip(numbers, flat, strict=True) if not n and mark != Mark.SHOWN] == []
    seen: list[set[int]] = [set() for _each in numbers]
    of_rows, of_columns = list(map(sum, values)), list(map(sum, zip(*values, strict=True)))
    # The second number of a row is the rest of its sum.
    pairs = list(zip(values, found, strict=True))
    for first in itertools.product(*(_range(row[0], marks[0], sum(row)) for row, marks in pairs)):
        rows = [(number, total - number) for number, total in zip(first, of_rows, strict=True)]
        fits = all(row[1] in _range(of[1], marks[1], sum(of)) for row, (of, marks) in zip(rows, pairs, strict=True))
        if fits and list(map(sum, zip(*rows, strict=True))) == of_columns:
            for known, number in zip(seen, itertools.chain(*rows), strict=True):
                known.add(number)
    assert [n for n, known in enumerate(seen) if (len(known) > 1) != (flat[n] != Mark.SHOWN)] == []


def _range(value: int, mark: Mark, most: int) -> range:
    """Return the possible numbers of the figure for a reader."""
    low, high = (value, value) if mark == Mark.SHOWN else mark.value
    return range(low, min(high, most) + 1)


def test_n_s3_small_figures_and_their_complement_are_hidden() -> None:
    shown, small, large = Mark.SHOWN, Mark.SMALL, Mark.LARGE
    assert hide_list([20, 9, 3, 0]) == (shown, large, small, shown)
    assert hide_list([20, LEAST, 0]) == (shown, shown, shown)
    assert hide_list([20, LEAST - 1, 2]) == (shown, small, small)


def test_n_s3_figures_that_are_known_anyway_are_not_shown_at_all() -> None:
    # Five hidden figures of at least one would be known if the sum is five; a sum below five reveals no parts.
    assert hide_list([1, 1, 1, 1, 1]) is None
    assert hide_list([2, 0]) is None
    assert hide_table([[2, 0], [0, 1]]) is None


def test_n_s3_a_table_without_small_figures_is_shown_whole() -> None:
    found = hide_table([[5, 0], [7, 30]])
    assert found == ((Mark.SHOWN, Mark.SHOWN), (Mark.SHOWN, Mark.SHOWN))


def test_n_s3_one_small_figure_hides_a_rectangle_of_four() -> None:
    found = hide_table([[3, 40, 50], [60, 20, 70], [80, 90, 99]])
    assert found is not None
    hidden = {(y, x) for y, row in enumerate(found) for x, mark in enumerate(row) if mark != Mark.SHOWN}
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_n_s3_a_row_with_few_people_of_one_kind_is_not_shown() -> None:
    # A reader who knows that the row has three people would know that all of them are in the same column.
    assert hide_table([[3, 0], [1, 2], [80, 90]]) is None
    assert hide_table([[3, 4], [1, 2], [80, 90]]) is not None
