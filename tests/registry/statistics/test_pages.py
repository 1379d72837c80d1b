"""The pages of statistics, their files, and responses to invalid addresses (N-S3)."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from documents.printing.models import PrintRecord
from registry.access import Actor
from registry.days import day_text
from registry.enums import Level, Role
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.statistics import rules
from registry.statistics.counting import movement, trend
from registry.statistics.exports import Figure
from registry.statistics.views.charts import charts
from registry.statistics.views.composition import composition
from registry.statistics.views.cross import cross
from registry.statistics.views.movement import movement as movement_page
from tests.documents.pdfs import text_of
from tests.refusals import refused
from tests.registry import trees

from .test_composition import YEAR, society

PAGES = ("composition", "health", "movement", "charts", "cross")
TODAY = timezone.localdate


def client_of(actor: Actor) -> Client:
    assert actor.account is not None
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(page: str, place: Organization, query: str = "") -> str:
    return reverse(f"statistics:{page}", args=[place.pk]) + (f"?{query}" if query else "")


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_n_s3_each_page_opens_prints_and_downloads(page: str) -> None:
    place = society()
    client = client_of(place.region_chair)
    assert client.get(address(page, place.region)).status_code == 200
    paper = client.post(reverse("statistics:print", args=[place.region.pk, page]))
    assert "Тульская РО ВОИ" in text_of(paper.content)
    assert PrintRecord.objects.get().form == ("screen_list" if page == "cross" else "statistics")
    book = openpyxl.load_workbook(
        io.BytesIO(client.post(reverse("statistics:download", args=[place.region.pk, page])).content)
    )
    assert len(book.sheetnames) >= 2
    assert Event.objects.get(action="statistics.exported").facts["report"] == page


@pytest.mark.django_db
def test_n_s3_what_is_not_in_scope_or_not_there_is_not_found() -> None:
    place = society()
    other = trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    client, reader = client_of(place.region_chair), client_of(place.reviewer)
    for page in PAGES:
        assert client.get(address(page, other)).status_code == 404
    for query in (
        "education=wrong", "wrong=higher", "", "education=gone", "disability_group=IV", "organization=0",
        f"organization={other.pk}", "education=higher&day=99.99.2020",
    ):  # fmt: skip
        assert client.get(address("people", place.region, query)).status_code == 404, query
    assert client.get(address("people", place.region, "disability_group=II")).status_code == 200
    for page, query in (
        ("people", "disability_group=II"), ("cross", "rows=disability_group"), ("cross", "columns=wrong"),
        ("moves", "came=wrong"), ("health", ""),
    ):  # fmt: skip
        assert reader.get(address(page, place.keeper, query)).status_code == 404, page
    assert client.post(reverse("statistics:download", args=[place.region.pk, "wrong"])).status_code == 404


@pytest.mark.django_db
def test_n_s1_listing_people_by_health_data_is_recorded() -> None:
    place = society()
    client = client_of(place.region_chair)
    client.get(address("people", place.region, "education=higher"))
    assert Event.objects.filter(action="statistics.people_listed").count() == 0
    answer = client.get(address("people", place.region, "disability_group=II"))
    assert [row["name"].split()[0] for row in answer.context["rows"]] == ["Белов", "Власова"]
    event = Event.objects.get(action="statistics.people_listed")
    assert (event.organization_id, event.facts["fields"]) == (place.region.pk, "disability_group")


@pytest.mark.django_db
def test_n_s3_days_are_bounded() -> None:
    place = society()
    administrator = trees.officer(place.region, Role.ADMINISTRATOR, "Админова")
    today = place.region.today
    rules.check_day(today, place.region, by=place.region_chair)
    rules.check_day(dt.date(1900, 1, 1), place.region, by=place.region_chair)
    rules.check_day(today.replace(month=1, day=1), place.region, by=administrator)
    for day, by in (
        (today + dt.timedelta(1), place.region_chair),
        (dt.date(1899, 12, 31), place.region_chair),
        (dt.date(today.year, 1, 2), administrator),
    ):
        with refused("N-S3", field="day"):
            rules.check_day(day, place.region, by=by)
    rules.check_period(today, today, place.region, by=place.region_chair)
    for first, last, field in (
        (today, today - dt.timedelta(1), "last"),
        (today, today + dt.timedelta(1), "last"),
        (dt.date(1899, 12, 31), today, "first"),
    ):
        with refused("N-S3", field=field):
            rules.check_period(first, last, place.region, by=place.region_chair)
    rules.check_period(dt.date(YEAR - 1, 1, 2), dt.date(YEAR, 1, 1), place.region, by=administrator)
    for period in (
        (dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 30)),
        (dt.date(YEAR - 1, 1, 1), dt.date(YEAR, 1, 1)),
        (dt.date(YEAR - 1, 1, 2), dt.date(YEAR - 1, 12, 31)),
        (dt.date(YEAR - 2, 1, 2), dt.date(YEAR, 1, 1)),
        (dt.date(YEAR - 1, 2, 2), dt.date(YEAR, 1, 1)),
    ):
        with refused("N-S3", field="last"):
            rules.check_period(*period, place.region, by=administrator)
    page = client_of(place.region_chair).get(
        address("composition", place.region, f"day={day_text(today + dt.timedelta(1))}")
    )
    assert page.status_code == 200
    assert page.context["report"].form.errors["day"]
    assert page.context["report"].tables == []


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_movement_equals_the_registration_book() -> None:
    place = society()
    first, today = dt.date(YEAR - 2, 1, 1), TODAY()
    found = movement(place.region, first, today)
    assert (found.before, found.after, found.moved) == (0, 5, 0)
    assert (sum(found.came.values()), dict(found.left)) == (6, {"death": 1})
    assert movement(place.region, dt.date(YEAR - 1, 1, 1), today).came == {}
    report = movement_page(
        place.region_chair, place.region, {"first": day_text(first), "last": day_text(today)}
    )  # fmt: skip
    (row,) = report.tables[1].rows
    answer = client_of(place.region_chair).get(row[2][0].url)
    assert [one["name"].split()[0] for one in answer.context["rows"]] == ["Ершова"]
    assert [one["url"] for one in answer.context["rows"]] == [""]


@pytest.mark.django_db
def test_n_s3_a_trend_and_the_organisations_have_the_numbers_of_the_book() -> None:
    place = society()
    days = [dt.date(YEAR - 2, 1, 1), dt.date(YEAR - 2, 3, 3), dt.date(YEAR - 1, 1, 1), TODAY()]
    assert trend(place.region, days) == [0, 3, 6, 5]
    with override("en"):
        tables = {table.key: table for table in charts(place.region_chair, place.keeper, {}).tables}
    assert sorted((name, row[0].value) for name, _url, row in tables["organizations"].rows) == [
        ("Without those below", 1), ("ПО № 1", 2), ("ПО № 2", 2),
    ]  # fmt: skip
    assert [row[0].value for _name, _url, row in tables["years"].rows] == [6, 6]
    ages = [(name, [one.value for one in row]) for name, _url, row in tables["ages"].rows]
    assert [one for one in ages if any(one[1])] == [
        ("70–74", [0, 1]), ("50–54", [1, 0]), ("40–44", [1, 1]), ("30–34", [0, 1]),
    ]  # fmt: skip


@pytest.mark.django_db
def test_n_s3_a_cross_table_has_the_figures_of_both_fields() -> None:
    place = society()
    with override("en"):
        report = cross(place.region_chair, place.region, {"rows": "disability_group", "columns": "sex"})
        by_place = cross(place.region_chair, place.keeper, {"rows": "sex", "columns": "organization"}).tables[0]
    (table,) = report.tables
    assert table.columns == ["male", "female", "Total"]
    assert [(name, [one.value for one in row]) for name, _url, row in table.rows] == [
        ("I", [0, 1, 1]), ("II", [1, 1, 2]), ("III", [0, 1, 1]), ("disabled child", [0, 0, 0]),
        ("other categories", [1, 0, 1]),
    ]  # fmt: skip
    assert [one.value for one in table.total] == [2, 3, 5]
    assert {name: [one.value for one in row] for name, _url, row in by_place.rows} == {
        "ПО № 1": [1, 1, 2], "ПО № 2": [1, 1, 2], "Without those below": [0, 1, 1],
    }  # fmt: skip


@pytest.mark.django_db
def test_n_s3_who_sees_no_persons_sees_no_small_figure_and_no_link() -> None:
    place = society()
    administrator = trees.officer(place.region, Role.ADMINISTRATOR, "Админова")
    for at in range(12):
        place.put(
            snils="", ticket_number=f"03000{at:02}", surname=f"Жукова{chr(1072 + at)}", sex="female",
            education="higher", registered_on=dt.date(YEAR - 2, 5, 1),
        )  # fmt: skip
    with override("en"):
        report = composition(administrator, place.region, {"day": f"01.01.{YEAR}"})
    assert [(str(label), figure.text) for label, figure in report.tiles] == [
        ("Registered members", "18"), ("Local organisations", "1"), ("Primary cells", "2"),
    ]  # fmt: skip
    figures = {table.key: {name: one[0].text for name, _url, one in table.rows} for table in report.tables}
    # 16 women and 2 men: the number of women would reveal that of the men.
    assert figures["sex"] == {"male": "<5", "female": "…"}
    # Three hidden figures of at least 1 with the sum 3 would be known, so a fourth is hidden.
    assert figures["education"] == {
        "primary": "<5", "secondary": "<5", "vocational secondary": "<5", "higher": "…",
    }  # fmt: skip
    assert [one.url for table in report.tables for _n, _u, row in table.rows for one in row if one.url] == []
    client = client_of(administrator)
    for page in ("composition", "movement", "charts", "cross"):
        assert client.get(address(page, place.region)).status_code == 200
        assert client.get(address(page, place.keeper)).status_code == 404
    assert client.get(address("health", place.region)).status_code == 404
    assert client.get(address("people", place.region, "sex=male")).status_code == 403
    assert client.get(address("composition", place.region, f"day=02.01.{YEAR}")).context["report"].tables == []


@pytest.mark.django_db
def test_n_s3_queries_do_not_grow_with_people_and_organisations() -> None:
    place = society()
    client = client_of(place.region_chair)
    counts = []
    for _round in (1, 2):
        found = {}
        for page in PAGES:
            client.get(address(page, place.region))
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(address(page, place.region))
            found[page] = len(queries)
        counts.append(found)
        for at in range(4):
            trees.below(place.region, Level.LOCAL, f"МО № {at} {_round}")
        place.put(
            snils="",
            ticket_number=f"090000{_round}",
            surname=f"Зимина{chr(1072 + _round)}",
            education="primary",
            cell=place.cells[0],
        )
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 25


@pytest.mark.parametrize(("value", "share"), [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (995, 100), (1000, 100)])
def test_half_a_per_cent_is_rounded_up(value: int, share: int) -> None:
    assert Figure.of(value, whole=1000).share == share
