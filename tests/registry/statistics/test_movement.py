"""Movement by reason, past days with organisations that have moved, and limits of lists (N-S3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.on_day import count_on
from members.movement.transitions.organizations import move_organization
from members.people.models import Member
from members.people.transitions.cells import assign_cell
from registry.days import day_text
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.statistics.counting import OTHER_CELL, UNKNOWN, Asked, by_organization, movement, trend
from registry.statistics.views import asking, composition, cross, people
from registry.statistics.views import charts as of_charts
from tests.members.places import signed_in
from tests.registry import trees

from .test_composition import DAY, YEAR, society
from .test_pages import address

TODAY = timezone.localdate()


def lines_of(surname: str) -> list[BookLine]:
    return list(BookLine.objects.filter(full_name__startswith=surname).order_by("pk"))


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_reasons_of_coming_and_leaving_are_those_of_the_book() -> None:
    place = society()
    first, second = place.cells
    assign_cell([Member.objects.get(surname="Белов").pk], cell=second, by=place.chair)
    # Абрамова was entered by mistake, and the card of Громова is destroyed.
    BookLine.objects.filter(full_name__startswith="Абрамова").update(
        left_on=TODAY, left_recorded_at=timezone.now(), reason=EndReason.UNDONE
    )
    BookLine.objects.filter(full_name__startswith="Громова").update(member=None)
    since = dt.date(YEAR - 2, 1, 1)
    assert [line.reason for line in lines_of("Белов")] == [EndReason.OTHER_CELL, ""]
    whole = movement(place.region, since, TODAY)
    assert dict(whole.came) == {"existing": 4, OTHER_CELL: 1, UNKNOWN: 1}
    assert dict(whole.left) == {"death": 1, "other_cell": 1}
    assert [dict(movement(cell, TODAY, TODAY).came) for cell in (first, second)] == [{}, {OTHER_CELL: 1}]
    assert [dict(movement(cell, TODAY, TODAY).left) for cell in (first, second)] == [{"other_cell": 1}, {}]


@pytest.mark.django_db
def test_n_h3_an_organisation_that_was_moved_counts_where_it_stood() -> None:
    place = society()
    other = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    past = timezone.now() - dt.timedelta(days=1500)
    BookLine.objects.update(recorded_at=past)
    Organization.history.update(history_date=past)  # type: ignore[attr-defined]
    move_organization(place.keeper.pk, other.pk, on=TODAY, by=trees.officer(place.head, Role.CHAIR, "Сомов"))
    region, other = trees.again(place.region), trees.again(other)
    yesterday = TODAY - dt.timedelta(days=1)
    chair = place.region_chair
    assert dict(by_organization(Asked(region, yesterday, chair))) == {"elsewhere": 6}
    assert by_organization(Asked(region, TODAY, chair)) == {}
    assert trend(region, [DAY, TODAY]) == [6, 0] == [count_on(region, day).now for day in (DAY, TODAY)]
    assert trend(other, [DAY, TODAY]) == [0, 5]
    brought, taken = movement(other, TODAY, TODAY), movement(region, TODAY, TODAY)
    assert (brought.before, brought.moved, brought.after) == (0, 6, 5)
    assert (taken.before, taken.moved, taken.after) == (6, -6, 0)


@pytest.mark.django_db
def test_n_s3_who_has_left_since_is_counted_and_not_listed() -> None:
    place = society()
    query = f"education=vocational&day={day_text(DAY)}"
    page = signed_in(place.region_chair).get(address("people", place.region, query))
    assert (page.context["rows"], page.context["unlisted"]) == ([], 1)


@pytest.mark.django_db
def test_n_s3_an_address_with_something_else_beside_a_field_is_not_found() -> None:
    place = society()
    client = signed_in(place.region_chair)
    assert client.get(address("people", place.region, "education=higher&page=1")).status_code == 200
    for query in ("education=higher&other=1", f"education=higher&day={day_text(TODAY + dt.timedelta(1))}",
                  "organization=" + "9" * 40, f"organization=0{place.keeper.pk}"):  # fmt: skip
        assert client.get(address("people", place.region, query)).status_code == 404, query


@pytest.mark.django_db
@pytest.mark.parametrize("most", [4, 5])
def test_n_s3_people_behind_health_data_are_listed_where_they_are_few(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = society()
    for module in (asking, people):
        monkeypatch.setattr(module, "MAX_PEOPLE_BY_HEALTH", most)
    client = signed_in(place.region_chair)
    (table, *_others) = client.get(address("health", place.region)).context["report"].tables
    assert any(figure.url for _name, _url, row in table.rows for figure in row) == (most == 5)
    listed = client.get(address("people", place.region, "disability_group=II")).status_code
    assert listed == (200 if most == 5 else 404)
    assert client.get(address("people", place.region, "sex=male")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("most", [4, 5])
def test_n_s3_figures_of_more_people_are_not_linked(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    place = society()
    monkeypatch.setattr(asking, "MAX_PEOPLE", most)
    report = composition.composition(place.region_chair, place.region, {})
    assert any(row[0].url for table in report.tables for _name, _url, row in table.rows) == (most == 5)


@pytest.mark.django_db
def test_n_s3_organisations_that_are_too_many_are_summed_up_in_a_cross_table(monkeypatch: pytest.MonkeyPatch) -> None:
    place = society()
    monkeypatch.setattr(cross, "MAX_PLACES", 1)
    monkeypatch.setattr(of_charts, "MAX_PLACES", 1)
    with override("en"):
        (table,) = cross.cross(place.region_chair, place.keeper, {"rows": "organization", "columns": "sex"}).tables
        drawn = {one.key: one for one in of_charts.charts(place.region_chair, place.keeper, {}).tables}
    rows = {name: [one.value for one in row] for name, _url, row in table.rows}
    assert rows == {"ПО № 1": [1, 1, 2], "Others": [1, 2, 3]}
    assert [one.value for one in table.total] == [2, 3, 5]
    assert {name: row[0].value for name, _url, row in drawn["organizations"].rows} == {"ПО № 1": 2, "Others": 3}
    assert [one.url for name, _url, row in table.rows for one in row if name == "Others"] == ["", "", ""]


@pytest.mark.django_db
def test_n_s3_a_field_cannot_be_crossed_with_itself() -> None:
    place = society()
    page = signed_in(place.region_chair).get(address("cross", place.region, "rows=sex&columns=sex"))
    assert (page.status_code, list(page.context["report"].form.errors)) == (200, ["columns"])


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["01.01.1800", "31.12.9999", "01.01.0001", "31.02.2020", "wrong"])
def test_n_s3_days_out_of_the_books_are_answered_in_words(day: str) -> None:
    place = society()
    client = signed_in(place.region_chair)
    for page in ("composition", "health", "charts", "cross"):
        answer = client.get(address(page, place.region, f"day={day}"))
        assert (answer.status_code, list(answer.context["report"].form.errors)) == (200, ["day"])
        assert answer.context["report"].tables == []
    answer = client.get(address("movement", place.region, f"first={day}&last={day}"))
    assert (answer.status_code, answer.context["report"].tables) == (200, [])
    empty = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    client = signed_in(trees.officer(empty, Role.CHAIR, "Ланин"))
    for page in ("composition", "health", "movement", "charts", "cross"):
        # An organisation without members, on a day before it was founded.
        answer = client.get(address(page, empty, "day=01.01.1900"))
        assert (answer.status_code, bool(answer.context["report"].form.errors)) == (200, False)
