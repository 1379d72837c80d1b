"""All pages of statistics together fit several sets of people, if the reader has no access to names (N-S3).

For each hidden figure of any page, the tests create another set of people with a different number that fits everything
on all pages. So no combination of pages reveals the figure.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.statistics.columns import GONE, NOT_CONCERNED, NOT_GIVEN, Dimension
from registry.statistics.suppression import Mark, is_small
from registry.statistics.views.hidden import Crossed, hidden_cross, hidden_list
from tests.conftest import examples

STAFF = frozenset({"employed", "pensioner"})
SEX = Dimension("sex", "", dict.fromkeys(("male", "female"), ""))
AGE = Dimension("age", "", dict.fromkeys(("18-24", "25-34", "35-44"), ""))
CATEGORY = Dimension("category", "", dict.fromkeys((*sorted(STAFF), "student", "other"), ""))
WORK = Dimension("worker_category", "", dict.fromkeys(("teaching",), ""), STAFF)
PLACE = Dimension("organization", "", {})
PLACES = ("1", "2", "3")
FIELDS = [CATEGORY, SEX, AGE, WORK]
#: Fields of the lists, and of the tables by sex.
LISTS, TABLES = (SEX, AGE, CATEGORY), (AGE, CATEGORY, PLACE)
Person = dict[str, str]
#: Differences tried for a figure in the other set; one is enough.
STEPS = (0, 1, -1)


def values_of(one: Dimension, people: Sequence[Person]) -> list[str]:
    if one is PLACE:
        return sorted({person["organization"] for person in people})
    return [*one.values, *([GONE] if any(person[one.key] == GONE for person in people) else [])]


class Pages(NamedTuple):
    """Contents of the pages: marks of each list, the tables, and whether a list of work shows the number of staff."""

    lists: dict[str, dict[str, Mark]]
    tables: dict[str, Crossed]
    staff: bool


def pages_of(people: Sequence[Person]) -> Pages:
    lists = {}
    for one in LISTS:
        marks = hidden_list(values_of(one, people), counted(people, one.key), groups(one))
        if marks is not None:
            lists[one.key] = dict(zip(values_of(one, people), marks, strict=True))
    tables = {}
    for one in TABLES:
        found = Counter((person[one.key], person["sex"]) for person in people)
        shown = hidden_cross(one, SEX, (values_of(one, people), values_of(SEX, people)), found, FIELDS, 150)
        if shown is not None:
            tables[one.key] = shown
    staff = sum(person["category"] in STAFF for person in people)
    gone = sum(person["category"] == GONE for person in people)
    others = len(people) - staff - gone
    work = {"teaching": staff, NOT_GIVEN: 0, NOT_CONCERNED: others, GONE: gone}
    return Pages(lists, tables, hidden_list(list(work), work) is not None)


def groups(one: Dimension) -> list[frozenset[str]]:
    return [STAFF | {NOT_GIVEN, GONE}, frozenset({"student", "other"})] if one is CATEGORY else []


def counted(people: Sequence[Person], key: str) -> Counter[str]:
    return Counter(person[key] for person in people)


def fits(pages: Pages, people: Sequence[Person], others: Sequence[Person]) -> bool:
    """Return whether the pages about these people could be about the others."""
    same = [(len(people), len(others), Mark.SHOWN)]
    same += [(n, counted(others, PLACE.key)[at], Mark.SHOWN) for at, n in counted(people, PLACE.key).items()]
    for key, marks in pages.lists.items():
        same += [(counted(people, key)[one], counted(others, key)[one], mark) for one, mark in marks.items()]
    for key, table in pages.tables.items():
        for y, row in enumerate(table.rows):
            for x, column in enumerate(table.columns):
                number = cell(others, key, row, column)
                same.append((table.values[y][x], number, table.marks[y][x]))
            same.append((sum(table.values[y]), sum(cell(others, key, row, one) for one in table.columns), Mark.SHOWN))
        for x, column in enumerate(table.columns):
            number = sum(cell(others, key, row, column) for row in table.rows)
            same.append((sum(row[x] for row in table.values), number, Mark.SHOWN))
    if pages.staff:
        same.append((*(sum(one["category"] in STAFF for one in many) for many in (people, others)), Mark.SHOWN))
    return all(number == other if mark == Mark.SHOWN else in_range(other, mark) for number, other, mark in same)


def in_range(number: int, mark: Mark) -> bool:
    low, high = mark.value
    return low <= number <= high


def cell(people: Sequence[Person], key: str, row: Sequence[str], column: Sequence[str]) -> int:
    return sum(person[key] in row and person["sex"] in column for person in people)


def steps(numbers: Sequence[int], marks: Sequence[Mark]) -> Iterator[tuple[int, ...]]:
    """Yield possible changes of the hidden numbers, each within its range."""
    ways = [
        [step for step in STEPS if (not step if mark == Mark.SHOWN else in_range(number + step, mark))]
        for number, mark in zip(numbers, marks, strict=True)
    ]
    yield from itertools.product(*ways)


def with_numbers(people: Sequence[Person], key: str, wanted: Counter[str], among: Sequence[int]) -> list[Person]:
    """Return the people with the wanted number of each value among some of them; most keep their value."""
    left, changed, waiting = Counter(wanted), [dict(person) for person in people], []
    for at in among:
        if left[changed[at][key]] > 0:
            left[changed[at][key]] -= 1
        else:
            waiting.append(at)
    for at, value in zip(waiting, left.elements(), strict=True):
        changed[at][key] = value
    return changed


def other_for_cell(people: Sequence[Person], key: str, table: Crossed, y: int, x: int) -> list[Person] | None:
    """Return people with a different number in this cell of the table, and the same in all other tables."""
    places = list(itertools.product(range(len(table.rows)), range(len(table.columns))))
    numbers, marks = [table.values[b][a] for b, a in places], [table.marks[b][a] for b, a in places]
    for found in steps(numbers, marks):
        by = dict(zip(places, found, strict=True))
        rows = (sum(by[b, a] for a in range(len(table.columns))) for b in range(len(table.rows)))
        columns = (sum(by[b, a] for b in range(len(table.rows))) for a in range(len(table.columns)))
        if not by[y, x] or any(rows) or any(columns):
            continue
        totals, changed = counted(people, key), [dict(person) for person in people]
        for a, column in enumerate(table.columns):
            among = [at for at, one in enumerate(changed) if one["sex"] in column and one[key] != GONE]
            if key == PLACE.key:
                among = [at for at, one in enumerate(changed) if one["sex"] in column]
            # For combined rows: first as a single value, then divided as before.
            wanted = Counter({row[0]: table.values[b][a] + by[b, a] for b, row in enumerate(table.rows)})
            for at in among:
                changed[at][key] = next(row[0] for row in table.rows if changed[at][key] in row)
            changed = with_numbers(changed, key, wanted, among)
        for row in table.rows:
            among = [at for at, one in enumerate(changed) if one[key] in row]
            changed = with_numbers(changed, key, Counter({one: totals[one] for one in row}), among)
        return changed
    return None


def other_for_value(people: Sequence[Person], pages: Pages, key: str, value: str) -> list[Person] | None:
    """Return people with a different number for the value, and the same for all that the list shows."""
    marks, numbers = pages.lists[key], counted(people, key)
    parts = groups(CATEGORY) if key == "category" and pages.staff else []
    for found in steps([numbers[one] for one in marks], list(marks.values())):
        by = dict(zip(marks, found, strict=True))
        if not by[value] or sum(found) or by.get(GONE) or any(sum(by.get(o, 0) for o in part) for part in parts):
            continue
        among = [at for at, one in enumerate(people) if one[key] != GONE]
        wanted = Counter({one: numbers[one] + by[one] for one in marks if one != GONE})
        hidden = [one for one, mark in marks.items() if mark != Mark.SHOWN]
        among = [at for at in among if people[at][key] in hidden]
        return with_numbers(people, key, Counter({one: wanted[one] for one in hidden if one != GONE}), among)
    return None


COUNTS = st.sampled_from([0, 0, 0, 1, 2, 3, 5, 6, 9])


@st.composite
def members(draw: st.DrawFn) -> list[Person]:
    people: list[Person] = []
    fields = itertools.product(SEX.values, list(AGE.values)[:2], CATEGORY.values)
    for n, (sex, age, category) in enumerate(fields):
        older = draw(st.booleans())
        for at in range(draw(COUNTS)):
            person = {"sex": sex, "age": "35-44" if older else age, "category": category}
            people.append({**person, "organization": PLACES[(n + at // 3) % 3]})
    for at in range(draw(st.sampled_from([0, 0, 2, 6]))):
        people.append({**dict.fromkeys(("sex", "age", "category"), GONE), "organization": PLACES[at % 2]})
    return people


@settings(max_examples=examples(80), deadline=None)
@given(members())
def test_n_s3_each_hidden_figure_of_all_pages_together_could_be_another_number(people: list[Person]) -> None:
    pages = pages_of(people)
    for key, table in pages.tables.items():
        for y, x in itertools.product(range(len(table.rows)), range(len(table.columns))):
            number, mark = table.values[y][x], table.marks[y][x]
            assert not (is_small(number) and mark == Mark.SHOWN)
            if mark != Mark.SHOWN:
                others = other_for_cell(people, key, table, y, x)
                assert others is not None
                assert cell(others, key, table.rows[y], table.columns[x]) != number
                assert fits(pages, people, others)
    for key, marks in pages.lists.items():
        for value, mark in marks.items():
            assert not (is_small(counted(people, key)[value]) and mark == Mark.SHOWN)
            if mark != Mark.SHOWN and value != GONE:
                others = other_for_value(people, pages, key, value)
                assert others is not None
                assert counted(others, key)[value] != counted(people, key)[value]
                assert fits(pages, people, others)
