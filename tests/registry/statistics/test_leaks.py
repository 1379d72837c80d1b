"""No page of statistics reveals figures that another page hides from readers without access to names (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from django.http import Http404
from django.utils.translation import override

from registry.access import Actor
from registry.enums import Level, Role
from registry.statistics import rules
from registry.statistics.columns import AGE, GONE, Dimension
from registry.statistics.counting import Asked, Numbers, Question, questions
from registry.statistics.exports import Report
from registry.statistics.suppression import Mark, hide_table
from registry.statistics.views import charts as of_charts
from registry.statistics.views.charts import charts
from registry.statistics.views.cross import cross
from registry.statistics.views.hidden import hidden_cross, hidden_list
from registry.statistics.views.movement import movement
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .test_composition import YEAR

#: A table whose hidden figures differ after transposing, because several rectangles are equally small.
TIED = [[6, 6], [6, 3], [6, 6], [3, 30]]
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
    # They are fewer than any other figure, but cannot be used to hide the small one.
    assert hidden_list(["a", "b", GONE], {"a": 100, "b": 2, GONE: 6}) == (large, small, shown)
    # A reader who knows their small number from another list could compute a single hidden figure.
    assert hidden_list(["a", "b", "c", GONE], {"a": 100, "b": 60, "c": 9, GONE: 2}) == (shown, large, large, small)
    assert hidden_list(["a", GONE], {"a": 100, GONE: 2}) is None


def test_n_s3_people_whose_cards_cannot_be_read_stand_in_no_cross_table() -> None:
    age, sex = Dimension("age", "", {}), Dimension("sex", "", {})
    keys = ["a", "b", GONE], ["c", "d", GONE]
    numbers = {("a", "c"): 40, ("a", "d"): 2, ("b", "c"): 50, ("b", "d"): 60, (GONE, GONE): 5}
    found = hidden_cross(age, sex, keys, numbers)
    assert found is not None
    assert (found.rows, found.columns, found.left_out) == ([("a",), ("b",)], [("c",), ("d",)], 5)
    # Few enough to be revealed by the sum of the table.
    assert hidden_cross(age, sex, keys, {**numbers, (GONE, GONE): 4}) is None
    # In a table by organisation, they are an ordinary sex.
    places = hidden_cross(Dimension("organization", "", {}), sex, keys, {**numbers, ("a", GONE): 5}, (), 9)
    assert places is not None
    assert (places.columns, places.left_out) == ([("c",), ("d",), (GONE,)], 0)


def test_n_s3_a_cross_table_hides_the_same_figures_whichever_field_is_in_its_rows() -> None:
    first, second = Dimension("age", "", {}), Dimension("sex", "", {})
    turned = [list(column) for column in zip(*TIED, strict=True)]
    plain, other = hide_table(TIED), hide_table(turned)
    assert plain is not None
    assert other is not None
    assert plain != tuple(zip(*other, strict=True))
    numbers = numbered(TIED, GROUPS, SEXES)
    found = hidden_cross(first, second, (GROUPS, SEXES), numbers)
    assert found is not None
    again = hidden_cross(second, first, (SEXES, GROUPS), numbered(turned, SEXES, GROUPS))
    assert again is not None
    assert again.turned() == found


def test_n_s3_organisations_with_few_people_stand_together_in_a_cross_table() -> None:
    values = [[3, 0], [1, 2], [80, 90], [30, 40]]
    place, sex = Dimension("organization", "", {}), Dimension("sex", "", {})
    keys = ["1", "2", "3", "4"], ["male", "female"]
    found = hidden_cross(place, sex, keys, numbered(values, *keys), (), 9)
    assert found is not None
    # Numbers by organisation are known from other pages: alone, the first one's people would be known to be of one sex.
    assert found.rows == [("3",), ("4",), ("1", "2")]
    assert (found.values[2], [mark == Mark.SHOWN for mark in found.marks[2]]) == ([4, 2], [False, False])
    # A single organisation with few people is combined with the next one.
    keys = ["1", "3", "4"], ["male", "female"]
    found = hidden_cross(place, sex, keys, numbered([values[0], *values[2:]], *keys), (), 9)
    assert found is not None
    assert found.rows == [("3",), ("4", "1")]
    found = hidden_cross(place, sex, keys, numbered([[5, 0], *values[2:]], *keys), (), 9)
    assert found is not None
    assert found.rows == [("3",), ("4",), ("1",)]
    # The same applies to organisations beyond the maximum number of rows.
    found = hidden_cross(place, sex, keys, numbered([[5, 0], *values[2:]], *keys), (), 1)
    assert found is not None
    assert found.rows == [("3",), ("4", "1")]


@pytest.mark.django_db
def test_n_s3_who_sees_no_persons_crosses_sex_with_another_field() -> None:
    place = places.union()
    actor = administrator(place)
    for chosen, told in (
        ({"rows": "age", "columns": "category"}, True), ({"rows": "organization", "columns": "age"}, True),
        ({"rows": "age", "columns": "sex"}, False), ({"rows": "sex", "columns": "organization"}, False),
    ):  # fmt: skip
        report = cross(actor, place.region, {**chosen, "day": f"01.01.{YEAR}"})
        assert (chosen, report.form.errors.get("columns") is not None, report.tables == []) == (chosen, told, told)
        assert cross(place.region_chair, place.region, chosen).form.errors == {}
    with refused("N-S3", field="columns"):
        rules.check_crossed("age", "category", by=actor)
    # A field that exists only in some categories would reveal these.
    with pytest.raises(Http404):
        cross(actor, place.region, {"rows": "worker_category", "columns": "sex"})
    assert cross(place.region_chair, place.region, {"rows": "worker_category", "columns": "sex"}).form.errors == {}


@pytest.mark.django_db
def test_n_s3_values_that_the_composition_hides_have_one_row_and_are_not_drawn_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = places.voi()
    actor = administrator(place)
    found = Counter[tuple[str, ...]](
        {("male", "18-24"): 2, ("female", "25-34"): 7, ("male", "35-44"): 40, ("female", "35-44"): 50, (GONE, GONE): 6}
    )

    def counts(_asked: Asked, chosen: list[Dimension]) -> Counter[tuple[str, ...]]:
        return Counter({tuple(key[one.key == AGE] for one in chosen): n for key, n in found.items()})

    monkeypatch.setattr(questions, "counts", counts)
    query = {"day": f"01.01.{YEAR}"}
    with override("en"):
        report = cross(actor, place.region, {**query, "rows": "age", "columns": "sex"})
        drawn = texts(charts(actor, place.region, query), "ages")
    (table,) = report.tables
    rows = {name: [one.text for one in row] for name, _url, row in table.rows}
    assert rows["18–24, 25–34"] == ["<5", "…", "9"]
    assert [one.text for one in table.total] == ["42", "57", "99"]
    assert table.note == "People whose cards cannot be read now are not in this table: 6."
    assert (drawn["18–24"], drawn["25–34"]) == (["…", "…"], ["…", "…"])


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
    # The days before and after are those shown on other pages.
    assert asked == [(dt.date(YEAR - 1, 1, 2), dt.date(YEAR, 1, 1))]
    assert movement(place.region_chair, place.region, {}).tiles != []
