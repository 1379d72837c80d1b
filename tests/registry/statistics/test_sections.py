"""No section of a page of statistics gives away what another one hides (N-S3)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.enums import DataClass
from registry.statistics.columns import GONE, NOT_CONCERNED, NOT_GIVEN, Dimension
from registry.statistics.suppression import LEAST, Mark, hide_list, is_small
from registry.statistics.views.composition import groups_of, hidden_cross, hidden_list
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
    """Yield the numbers that the section may have, as its reader knows them: with these sums and ranges."""
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
    # What a reader takes the figures for: those readings of the sections that agree with each other.
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
    # Who sees no persons has no health data on any page.
    assert groups_of(CATEGORY, [Dimension("mobility", "", {}, STAFF, DataClass.HEALTH)]) == []


def test_n_s3_a_field_is_not_shown_where_its_sums_tell_a_small_category() -> None:
    for others, teaching, shows in ((LEAST, 40, True), (LEAST - 1, 40, False), (40, LEAST - 1, False), (0, 40, True)):
        numbers = {"teaching": teaching, "technical": 0, NOT_CONCERNED: others}
        assert (hidden_list(list(numbers), numbers) is not None) == shows
        crossed = Counter({(value, "male"): number for value, number in numbers.items()})
        sex = Dimension("sex", "", {})
        assert (hidden_cross(WORK, sex, (list(numbers), ["male"]), crossed) is not None) == shows


def test_n_s3_the_sums_of_a_cross_table_are_hidden_as_the_section_hides_them() -> None:
    numbers = {"employed": 40, "pensioner": 3, "unemployed": 0, "student": 10, "other": 20}
    values = list(numbers)
    men = {"employed": 20, "pensioner": 3, "student": 5, "other": 10}
    crossed = Counter({(value, "male"): men.get(value, 0) for value in values})
    crossed += Counter({(value, "female"): number - men.get(value, 0) for value, number in numbers.items()})
    table = hidden_cross(CATEGORY, Dimension("sex", "", {}), (values, ["male", "female"]), crossed, [CATEGORY, WORK])
    assert table is not None
    hidden = (Mark.LARGE, Mark.SMALL, Mark.SHOWN, Mark.SHOWN, Mark.SHOWN)
    assert table.rows == hidden_list(values, numbers, PARTS) == hidden
    # Without the other field the smallest figure would be hidden beside it, which the other field shows.
    assert hide_list(list(numbers.values())) == (Mark.SHOWN, Mark.SMALL, Mark.SHOWN, Mark.LARGE, Mark.SHOWN)


SEX = Dimension("sex", "", {"male": "", "female": ""})
Tables = dict[str, tuple[list[list[int]], list[list[Mark]], list[Mark], list[Mark]]]


def both_tables(people: Sequence[Sequence[int]]) -> Tables:
    """Return the cross-tables of a field with categories and with work, as far as they are shown.

    A row has: teachers, other employed people, pensioners of the staff, students, others.
    """
    sexes = [str(n) for n in range(len(people))]
    by_category = {
        (sex, key): number
        for sex, (teach, rest, old, student, other) in zip(sexes, people, strict=True)
        for key, number in (("employed", teach + rest), ("pensioner", old), ("student", student), ("other", other))
    }
    by_work = {
        (sex, key): number
        for sex, (teach, rest, old, student, other) in zip(sexes, people, strict=True)
        for key, number in (("teaching", teach), (NOT_GIVEN, rest + old), (NOT_CONCERNED, student + other))
    }
    found: Tables = {}
    for one, keys, numbers in (
        (CATEGORY, ["employed", "pensioner", "student", "other"], by_category),
        (WORK, ["teaching", NOT_GIVEN, NOT_CONCERNED], by_work),
    ):
        crossed = Counter({key[::-1]: number for key, number in numbers.items()})
        # As the page asks: the fields in the order of their names, and turned back.
        marks = hidden_cross(one, SEX, (keys, sexes), crossed, [CATEGORY, WORK, SEX])
        if marks is not None:
            values = [[numbers[sex, key] for key in keys] for sex in sexes]
            turned = marks.turned()
            found[one.key] = (
                values, [list(row) for row in turned.cells], list(turned.rows), list(turned.columns),
            )  # fmt: skip
    return found


def steps(values: Sequence[int], marks: Sequence[Mark]) -> list[tuple[int, ...]]:
    """Return by how much, at most one, hidden numbers of a row may be others, each within its range."""
    ways = []
    for value, mark in zip(values, marks, strict=True):
        low, high = (value, value) if mark == Mark.SHOWN else mark.value
        ways.append([step for step in (0, 1, -1) if low <= value + step <= high])
    return list(itertools.product(*ways))


def could_be_others(found: Tables) -> set[tuple[str, int, int]]:
    """Return the hidden cells of both tables that could be another number, as a reader of both knows them."""
    (categories, of_categories, sums, category_sums), (work, of_work, _sums, work_sums) = found.values()
    rows = []
    for y, row in enumerate(categories):
        agreeing = []
        for one in steps(row, of_categories[y]):
            if sums[y] == Mark.SHOWN and sum(one):
                continue
            for two in steps(work[y], of_work[y]):
                # Who is not concerned by work are the students and the others; the staff are the rest.
                if sum(one[2:]) == two[2] and sum(one[:2]) == sum(two[:2]):
                    agreeing.append((one, two))
        rows.append(agreeing)
    told = set()
    for chosen in itertools.product(*rows):
        first = [sum(column) for column in zip(*(one for one, _two in chosen), strict=True)]
        second = [sum(column) for column in zip(*(two for _one, two in chosen), strict=True)]
        if any(step and mark == Mark.SHOWN for step, mark in zip(first, category_sums, strict=True)):
            continue
        if any(step and mark == Mark.SHOWN for step, mark in zip(second, work_sums, strict=True)) or sum(first):
            continue
        for y, pair in enumerate(chosen):
            for key, changes in zip(found, pair, strict=True):
                told |= {(key, y, x) for x, step in enumerate(changes) if step}
    return told


PEOPLE = st.lists(st.lists(FIGURES, min_size=5, max_size=5), min_size=2, max_size=2)


@settings(max_examples=examples(150), deadline=None)
@given(PEOPLE)
@example([[20, 9, 9, 3, 10], [20, 9, 9, 8, 10]])
@example([[20, 9, 9, 3, 0], [20, 9, 9, 8, 10]])
@example([[20, 9, 9, 3, 0], [20, 9, 9, 2, 10]])
@example([[30, 9, 2, 30, 9], [9, 9, 9, 9, 9]])
def test_n_s3_no_hidden_cell_of_a_cross_table_can_be_computed_from_another_cross_table(
    people: list[list[int]],
) -> None:
    found = both_tables(people)
    if len(found) < 2:
        return
    hidden = {
        (key, y, x)
        for key, (_values, marks, _rows, _columns) in found.items()
        for y, row in enumerate(marks)
        for x, mark in enumerate(row)
        if mark != Mark.SHOWN
    }
    assert hidden - could_be_others(found) == set()
