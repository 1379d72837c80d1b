"""No page of statistics gives away what another one hides from those who see no persons (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils.translation import override

from registry.access import Actor
from registry.enums import Level, Role
from registry.statistics.columns import AGE, GONE, Dimension
from registry.statistics.counting import Asked, Numbers, Question, questions
from registry.statistics.exports import Report
from registry.statistics.suppression import Mark, hide_table
from registry.statistics.views import charts as of_charts
from registry.statistics.views.charts import charts
from registry.statistics.views.composition import hidden_cross, hidden_list
from registry.statistics.views.cross import cross
from registry.statistics.views.movement import movement
from tests.members import places
from tests.registry import trees

from .test_composition import YEAR

#: Hidden figures of this table differ when its rows are its columns: several rectangles are as small.
TIED = [[6, 6], [30, 6], [6, 6], [0, 3]]
GROUPS, SEXES = ["18-24", "25-34", "35-44", "45-54"], ["male", "female"]


def administrator(place: places.Place) -> Actor:
    return trees.officer(place.region, Role.ADMINISTRATOR, "Админова")


def texts(report: Report, key: str) -> dict[str, list[str]]:
    (table,) = [table for table in report.tables if table.key == key]
    return {name: [one.text for one in row] for name, _url, row in table.rows}


def numbered(values: list[list[int]], rows: list[str], columns: list[str]) -> dict[tuple[str, ...], int]:
    return {(row, column): values[y][x] for y, row in enumerate(rows) for x, column in enumerate(columns)}


def test_n_s3_people_whose_cards_cannot_be_read_are_a_shown_number_in_all_lists_or_in_none() -> None:
    shown, small, large = Mark.SHOWN, Mark.SMALL, Mark.LARGE
    # They are fewer than any other figure, and still do not hide the small one.
    assert hidden_list(["a", "b", GONE], {"a": 100, "b": 2, GONE: 6}) == (large, small, shown)
    # A reader who knows their small number from another list would know a single other figure.
    assert hidden_list(["a", "b", "c", GONE], {"a": 100, "b": 60, "c": 9, GONE: 2}) == (shown, large, large, small)
    assert hidden_list(["a", GONE], {"a": 100, GONE: 2}) is None
    found = hidden_cross(
        Dimension("age", "", {}), Dimension("sex", "", {}), (["a", "b", GONE], ["c", "d", GONE]),
        {("a", "c"): 40, ("a", "d"): 2, ("b", "c"): 50, ("b", "d"): 60, (GONE, GONE): 6},
    )  # fmt: skip
    assert found is not None
    assert found.cells == ((large, small, shown), (large, large, shown), (shown, shown, shown))


def test_n_s3_a_cross_table_hides_the_same_figures_whichever_field_is_in_its_rows() -> None:
    first, second = Dimension("age", "", {}), Dimension("sex", "", {})
    turned = [list(column) for column in zip(*TIED, strict=True)]
    plain, other = hide_table(TIED), hide_table(turned)
    assert plain is not None
    assert other is not None
    assert plain != other.turned()
    assert hidden_cross(first, second, (GROUPS, SEXES), numbered(TIED, GROUPS, SEXES)) == plain
    found = hidden_cross(second, first, (SEXES, GROUPS), numbered(turned, SEXES, GROUPS))
    assert found is not None
    assert found.turned() == plain


def test_n_s3_numbers_of_organisations_are_known_in_a_cross_table() -> None:
    values = [[3, 0], [1, 2], [80, 90]]
    place, sex = Dimension("organization", "", {}), Dimension("sex", "", {})
    keys = ["1", "2", "3"], ["male", "female"]
    assert hidden_cross(place, sex, keys, numbered(values, *keys)) is None
    assert hidden_cross(Dimension("education", "", {}), sex, keys, numbered(values, *keys)) is not None


@pytest.mark.django_db
def test_n_s3_the_pyramid_hides_what_the_cross_table_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    actor = administrator(place)
    found = Counter[tuple[str, ...]]()
    for (group, sex), number in numbered(TIED, GROUPS, SEXES).items():
        found[sex, group] = number

    def counts(_asked: Asked, chosen: list[Dimension]) -> Counter[tuple[str, ...]]:
        return Counter({tuple(key[one.key == AGE] for one in chosen): n for key, n in found.items()})

    monkeypatch.setattr(questions, "counts", counts)
    query = {"day": f"01.01.{YEAR}"}
    with override("en"):
        drawn = texts(charts(actor, place.region, query), "ages")
        in_rows = texts(cross(actor, place.region, {**query, "rows": "age", "columns": "sex"}), "cross")
        in_columns = texts(cross(actor, place.region, {**query, "rows": "sex", "columns": "age"}), "cross")
    names = [group.replace("-", "–") for group in GROUPS]
    assert drawn == {name: in_rows[name][:2] for name in names}
    assert [list(row) for row in zip(*in_columns.values(), strict=True)][1:5] == [drawn[name] for name in names]
    assert sum(text in {"<5", "…"} for row in drawn.values() for text in row) > 1


@pytest.mark.django_db
def test_n_s3_the_other_organisations_are_hidden_as_one_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    actor = administrator(place)
    below = [trees.below(place.region, Level.LOCAL, f"МО № {n}") for n in range(4)]
    numbers = dict(zip((str(one.pk) for one in below), (40, 30, 2, 1), strict=True))
    monkeypatch.setattr(questions, "by_organization", lambda _asked: Counter(numbers))
    monkeypatch.setattr(of_charts, "MAX_PLACES", 2)
    query = {"day": f"01.01.{YEAR}"}
    with override("en"):
        shown = texts(charts(actor, place.region, query), "organizations")
        seen = texts(charts(place.region_chair, place.region, query), "organizations")
    assert shown == {"МО № 0": ["40"], "МО № 1": ["…"], "Others": ["<5"]}
    assert seen == {"МО № 0": ["40"], "МО № 1": ["30"], "Others": ["3"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "came", "left", "shows"),
    [(5, 5, 5, True), (0, 5, 0, True), (4, 5, 0, False), (9, 5, 10, False), (20, 4, 0, False), (20, 0, 4, False)],
)
def test_n_s3_movement_gives_away_no_small_number_of_a_day(
    before: int, came: int, left: int, shows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = places.voi()
    numbers = {
        ("before",): before, ("came", "application"): came, ("left", "death"): left, ("after",): before + came - left,
    }  # fmt: skip
    asked: list[tuple[dt.date, dt.date]] = []

    def counted(question: Question) -> Numbers:
        asked.append((question.first, question.asked.day))
        return Counter(numbers)

    monkeypatch.setattr(Question, "numbers", counted)
    query: Mapping[str, Any] = {"first": f"01.01.{YEAR - 1}"}
    report = movement(administrator(place), place.region, query)
    assert (bool(report.tiles), bool(report.tables), len(report.notes) > 0) == (shows, shows, True)
    # The days before and after are those of the other pages.
    assert asked == [(dt.date(YEAR - 1, 1, 2), dt.date(YEAR, 1, 1))]
    assert movement(place.region_chair, place.region, {}).tiles != []
