"""No section of a page of statistics reveals figures that another section hides (N-S3)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.enums import DataClass
from registry.statistics.columns import GONE, NOT_CONCERNED, NOT_GIVEN, Dimension
from registry.statistics.suppression import LEAST, Mark, hide_list, is_small
from registry.statistics.views.hidden import groups_of, hidden_cross, hidden_list
from tests.conftest import examples

STAFF = frozenset({"employed", "pensioner", "unemployed"})
CATEGORY = Dimension("category", "", dict.fromkeys((*sorted(STAFF), "student", "other"), ""))
WORK = Dimension("worker_category", "", dict.fromkeys(("teaching", "technical"), ""), STAFF)
PARTS = groups_of(CATEGORY, [CATEGORY, WORK])
FIGURES = st.integers(0, 9)
Known = tuple[dict[str, int], dict[str, Mark]]


def shown(one: Dimension, values: Sequence[str], numbers: dict[str, int]) -> Known | None:
    marks = hidden_list(values, numbers, groups_of(one, [CATEGORY, WORK]))
    return None if marks is None else (numbers, dict(zip(values, marks, strict=True)))


def readings(section: Known, total: int) -> Iterator[dict[str, int]]:
    """Yield the possible numbers of the section for a reader who knows these sums and ranges."""
    numbers, marks = section
    ranges = []
    for value, mark in marks.items():
        low, high = (numbers[value], numbers[value]) if mark == Mark.SHOWN else mark.value
        ranges.append(range(low, min(high, total) + 1))
    *first, last = ranges
    for found in itertools.product(*first):
        if (rest := total - sum(found)) in last:
            yield dict(zip(marks, (*found, rest), strict=True))


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(FIGURES, min_size=5, max_size=5), FIGURES, st.integers(0, 3))
@example([20, 3, 0, 6, 4], 8, 0)
@example([20, 3, 0, 10, 0], 8, 0)
@example([9, 9, 9, 3, 0], 2, 0)
@example([9, 0, 0, 6, 2], 9, 1)
def test_n_s3_no_hidden_figure_of_a_page_can_be_computed_from_its_other_sections(
    categories: list[int], teaching: int, unread: int
) -> None:
    by_category = {**dict(zip(CATEGORY.values, categories, strict=True)), GONE: unread}
    staff, total = sum(by_category[one] for one in STAFF), sum(by_category.values())
    teaching = min(teaching, staff)
    by_work = {
        "teaching": teaching, "technical": 0, NOT_GIVEN: staff - teaching,
        NOT_CONCERNED: by_category["student"] + by_category["other"], GONE: unread,
    }  # fmt: skip
    sections = [shown(CATEGORY, list(by_category), by_category), shown(WORK, list(by_work), by_work)]
    page = [(at, section) for at, section in enumerate(sections) if section is not None]
    hidden = {(at, value) for at, (_n, marks) in page for value, mark in marks.items() if mark != Mark.SHOWN}
    small = {(at, v) for at, (numbers, _m) in page for v, number in numbers.items() if is_small(number)}
    assert small <= hidden
    # Possible values for a reader: the readings of the sections that are consistent with each other.
    seen: dict[tuple[int, str], set[int]] = {one: set() for one in hidden}
    kept: dict[tuple[int, int], list[list[tuple[int, dict[str, int]]]]] = {}
    for at, section in page:
        for reading in readings(section, total):
            others = reading[NOT_CONCERNED] if at else reading["student"] + reading["other"]
            kept.setdefault((others, reading[GONE]), [[], []])[at].append((at, reading))
    for both in kept.values():
        if all(both[at] for at, _section in page):
            for at, reading in itertools.chain(*both):
                for value, number in reading.items():
                    if (at, value) in seen:
                        seen[at, value].add(number)
    assert [one for one, numbers in seen.items() if len(numbers) < 2] == []


def test_n_s3_categories_are_divided_by_the_people_of_other_fields() -> None:
    assert {frozenset(one) for one in PARTS} == {STAFF | {NOT_GIVEN, GONE}, frozenset({"student", "other"})}
    assert groups_of(WORK, [CATEGORY, WORK]) == groups_of(CATEGORY, [CATEGORY]) == []
    # Readers without access to names see no health data on any page.
    assert groups_of(CATEGORY, [Dimension("mobility", "", {}, STAFF, DataClass.HEALTH)]) == []


def test_n_s3_a_field_is_not_shown_where_its_sums_tell_a_small_category() -> None:
    for others, teaching, shows in ((LEAST, 40, True), (LEAST - 1, 40, False), (40, LEAST - 1, False), (0, 40, True)):
        numbers = {"teaching": teaching, "technical": 0, NOT_CONCERNED: others}
        assert (hidden_list(list(numbers), numbers) is not None) == shows


def test_n_s3_values_that_the_section_hides_stand_together_in_a_cross_table() -> None:
    numbers = {"employed": 40, "pensioner": 3, "unemployed": 0, "student": 10, "other": 20}
    values = list(numbers)
    men = {"employed": 20, "pensioner": 3, "student": 5, "other": 10}
    crossed = Counter({(value, "male"): men.get(value, 0) for value in values})
    crossed += Counter({(value, "female"): number - men.get(value, 0) for value, number in numbers.items()})
    table = hidden_cross(CATEGORY, Dimension("sex", "", {}), (values, ["male", "female"]), crossed, [CATEGORY, WORK])
    assert table is not None
    hidden = (Mark.LARGE, Mark.SMALL, Mark.SHOWN, Mark.SHOWN, Mark.SHOWN)
    assert hidden_list(values, numbers, PARTS) == hidden
    assert table.rows == [("employed", "pensioner"), ("unemployed",), ("student",), ("other",)]
    assert table.values == [[23, 20], [0, 0], [5, 5], [10, 10]]
    assert {mark for row in table.marks for mark in row} == {Mark.SHOWN}
    # Without the other field, the smallest figure would be hidden here, although the other field shows it.
    assert hide_list(list(numbers.values())) == (Mark.SHOWN, Mark.SMALL, Mark.SHOWN, Mark.LARGE, Mark.SHOWN)


def test_n_s3_hidden_values_of_two_parts_stand_together_in_two_rows() -> None:
    numbers = {"employed": 40, "pensioner": 3, "unemployed": 0, "student": 10, "other": 2}
    crossed = Counter({(value, "male"): number for value, number in numbers.items()})
    sex = Dimension("sex", "", {"male": ""})
    table = hidden_cross(CATEGORY, sex, (list(numbers), ["male"]), crossed, [CATEGORY, WORK])
    assert table is not None
    assert table.rows == [("employed", "pensioner"), ("unemployed",), ("student", "other")]
    # If the other field hides such small numbers, the parts are unknown, and all are in one row.
    numbers = {"employed": 40, "pensioner": 3, "unemployed": 0, "student": 1, "other": 2}
    crossed = Counter({(value, "male"): number for value, number in numbers.items()})
    table = hidden_cross(CATEGORY, sex, (list(numbers), ["male"]), crossed, [CATEGORY, WORK])
    assert table is not None
    assert table.rows == [("employed",), ("pensioner", "student", "other"), ("unemployed",)]
