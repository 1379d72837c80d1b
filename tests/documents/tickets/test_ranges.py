"""Numbers as ranges (V-C1)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.tickets.ranges import (
    BadNumbers,
    NumberRange,
    count_of,
    listed,
    merged,
    parse_number,
    parse_range,
    parse_ranges,
    without,
)

RANGES = st.builds(
    lambda series, first, length: NumberRange(series, first, first + length, 6),
    st.sampled_from(["", "А", "АБ"]), st.integers(0, 60), st.integers(0, 20),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "series", "number", "width"),
    [
        ("0000123", "", 123, 7), ("№ 0000123", "", 123, 7), ("АБ 000123", "АБ", 123, 6), ("аб000123", "АБ", 123, 6),
        ("АБ-000123", "АБ", 123, 6), ("  № АБ  1 ", "АБ", 1, 1), ("77 А 05", "77 А", 5, 2), ("0", "", 0, 1),
        ("123456789012", "", 123456789012, 12),
    ],
)  # fmt: skip
def test_a_number_has_series_digits_and_width(typed: str, series: str, number: int, width: int) -> None:
    found = parse_number(typed)
    assert found == NumberRange(series, number, number, width)


@pytest.mark.parametrize("typed", ["", "АБ", "12 34", "12-34", "1234567890123", "АБВГДЕЖЗИКЛ 1", "0001а"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadNumbers):
        parse_number(typed)


def test_the_series_and_the_end_of_a_range_may_be_left_out() -> None:
    assert parse_range("АБ 000101", "000200") == NumberRange("АБ", 101, 200, 6)
    assert parse_range("АБ 000101", "аб 000101") == NumberRange("АБ", 101, 101, 6)
    assert parse_range("000101", " ") == NumberRange("", 101, 101, 6)


@pytest.mark.parametrize(
    ("first", "last"),
    [("000200", "000199"), ("000101", "0000200"), ("АБ 000101", "АВ 000200"), ("000101", "АБ 000200")],
)
def test_ends_that_do_not_fit_are_refused(first: str, last: str) -> None:
    with pytest.raises(BadNumbers):
        parse_range(first, last)


@pytest.mark.parametrize(
    "typed",
    [
        "АБ 000101–000200", "АБ 000101 - АБ 000200", "с АБ 000101 по 000200", "№ АБ 000101-000200",
        "АБ 000101 … 000200", "АБ000101 до 000200", "АБ 000101–000200 (100)", " \n АБ 000101–000200;\n",
    ],
)  # fmt: skip
def test_a_line_is_a_range_as_people_write_it(typed: str) -> None:
    assert parse_ranges(typed) == [NumberRange("АБ", 101, 200, 6)]


def test_a_text_has_several_ranges_and_an_error_names_its_line() -> None:
    assert parse_ranges("0001–0005; 0007\nА-09") == [
        NumberRange("", 1, 5, 4), NumberRange("", 7, 7, 4), NumberRange("А", 9, 9, 2),
    ]  # fmt: skip
    assert parse_ranges(" \n") == []
    with pytest.raises(BadNumbers, match=r"^«0009–0008»: "):
        parse_ranges("0001–0005\n0009–0008")


@given(st.lists(RANGES, min_size=1, max_size=5))
def test_what_the_registry_writes_it_reads(ranges: list[NumberRange]) -> None:
    assert parse_ranges("\n".join(map(str, ranges))) == ranges


def test_a_range_reads_as_on_paper() -> None:
    assert str(NumberRange("АБ", 101, 200, 6)) == "АБ 000101–000200 (100)"
    assert str(NumberRange("", 7, 7, 6)) == "000007"
    assert list(NumberRange("АБ", 9, 11, 3).numbers()) == ["АБ 009", "АБ 010", "АБ 011"]


def test_a_part_lies_in_its_range() -> None:
    whole = NumberRange("", 5, 9, 4)
    assert whole.part(5, 9) == whole
    for first, last in [(4, 6), (6, 10), (7, 6)]:
        with pytest.raises(ValueError, match="is no part of"):
            whole.part(first, last)


def _set(ranges: list[NumberRange]) -> set[tuple[str, int]]:
    return {(one.series, number) for one in ranges for number in range(one.first, one.last + 1)}


@given(RANGES, RANGES)
def test_without_leaves_exactly_the_other_numbers(one: NumberRange, other: NumberRange) -> None:
    left = one.without(other)
    assert _set(left) == _set([one]) - _set([other])
    assert one.overlaps(other) == bool(_set([one]) & _set([other]))
    assert count_of(left) == len(_set(left))


@given(st.lists(RANGES, max_size=6))
def test_merged_ranges_are_the_same_numbers_in_the_fewest_ranges(ranges: list[NumberRange]) -> None:
    apart: list[NumberRange] = []
    for one in ranges:
        apart += [one] if not any(one.overlaps(other) for other in apart) else []
    found = merged(apart)
    assert _set(found) == _set(apart)
    assert all((a.series, a.last + 1) != (b.series, b.first) for a, b in itertools.pairwise(found))
    for one in apart:
        assert _set(without(found, one)) == _set(apart) - _set([one])


def test_a_line_of_ranges_says_that_there_are_more() -> None:
    ranges = [NumberRange("", 1, 5, 3), NumberRange("", 7, 7, 3)]
    assert [listed(ranges, most) for most in (None, 2, 1)] == ["001–005 (5), 007", "001–005 (5), 007", "001–005 (5) …"]
    assert listed([], 1) == ""
