"""Filters and the chart of the overview, and the search for organisations by their chairs (N-S1, N-H1)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from members.book.models import BookLine
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Level, Role
from registry.organizations import queries
from registry.organizations.jobs import find_large_subtrees
from registry.organizations.models import Organization, SubtreeFigures
from registry.organizations.queries import COUNTED_SECONDS
from registry.organizations.transitions.passports import fill_passport
from registry.supervision.exports import Table, chart_of
from registry.supervision.jobs import count_months, recount_all
from registry.supervision.models import OverviewFigures
from registry.supervision.queries.months import movement_by_month
from registry.supervision.queries.overview import overview_of
from tests.clock import at
from tests.documents.pdfs import text_of
from tests.members.places import signed_in
from tests.registry import trees

from .test_overview import officer, posted, shown, staffed


def asked(actor: Actor, place: Organization, query: str = "") -> Any:
    answer = signed_in(actor).get(reverse("supervision:overview", args=[place.pk]) + query)
    assert answer.status_code == 200
    return answer


def rows_of(actor: Actor, place: Organization, query: str = "") -> list[str]:
    return [row["name"] for row in asked(actor, place, query).context["rows"] if not row["own_only"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Орловская РО ВОИ", "Тульская РО ВОИ"]),
        ("?q=тул", ["Тульская РО ВОИ"]),
        ("?q=nekm", ["Тульская РО ВОИ"]),
        ("?q=тульская+орловская", []),
        ("?level=regional", ["Орловская РО ВОИ", "Тульская РО ВОИ"]),
        ("?level=local", []),
        ("?level=nowhere", []),
        ("?only=everything", []),
        ("?only=overdue", ["Тульская РО ВОИ"]),
        ("?only=vacant", ["Орловская РО ВОИ", "Тульская РО ВОИ"]),
        ("?only=overdue&q=орл", []),
    ],
)
def test_n_s1_rows_are_filtered_by_name_level_and_duties(query: str, names: list[str]) -> None:
    place = staffed()
    recount_all()
    OverviewFigures.objects.update(tasks_overdue=0)
    OverviewFigures.objects.filter(pk=place.keeper.pk).update(tasks_overdue=2)
    head = officer(place.head)
    assert rows_of(head, place.head, query) == names


@pytest.mark.django_db
def test_n_s1_a_filter_of_missing_reconciliations_leaves_who_has_not_sent_one() -> None:
    place = staffed()
    recount_all()
    head = officer(place.head)
    assert rows_of(head, place.head, "?only=silent") == []
    OverviewFigures.objects.filter(pk=place.cells[0].pk).update(reconciliation_due=1)
    assert rows_of(head, place.head, "?only=silent") == ["Тульская РО ВОИ"]


@pytest.mark.django_db
def test_n_s1_the_total_is_that_of_the_rows_shown_and_leads_nowhere() -> None:
    place = staffed()
    head = officer(place.head)
    found = overview_of(place.head, head)
    (row,) = [row for row in found.rows if row.organization == place.region]
    context = asked(head, place.head, "?q=тул&topic=dues").context
    assert [cell.text for cell in context["total"]] == [cell.text for cell in context["rows"][0]["cells"]]
    assert [cell.url for cell in context["total"]] == [""] * len(context["total"])
    assert shown(row.sums) == shown(found.total) | {"organizations": found.total["organizations"] - 2}


@pytest.mark.django_db
def test_n_s1_filters_stay_in_the_addresses_of_the_page() -> None:
    place = staffed()
    context = asked(officer(place.head), place.head, "?topic=work&q=тул&only=vacant").context
    assert context["headings"][0]["url"].startswith("?topic=work&only=vacant&sort=")
    kept = {url.partition("&")[2].partition("found=")[0] for _label, url, _current in context["tabs"]}
    assert kept == {"only=vacant&"}
    # Links further down drop the filters by name and level, which would leave no rows.
    assert context["rows"][0]["url"].endswith("?topic=work&only=vacant")


@pytest.mark.django_db
def test_n_s1_the_workbook_and_the_paper_have_the_rows_that_the_filters_leave() -> None:
    place = staffed()
    head = officer(place.head)
    sheet = openpyxl.load_workbook(io.BytesIO(posted(head, "download", place.head, "?q=орл").content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Орловская РО ВОИ", "Итог"]
    said = text_of(posted(head, "print", place.head, "?q=орл&level=regional").content)
    assert "Наименование, код или ИНН: орл; Уровень: Региональная организация" in said
    assert ("Орловская РО ВОИ" in said, "Тульская РО ВОИ" in said) == (True, False)


@pytest.mark.django_db
def test_n_s1_the_chart_of_people_adds_up_to_the_figures_of_the_year() -> None:
    place = staffed()
    line = BookLine.objects.filter(unit=place.cells[0]).get()
    BookLine.objects.filter(pk=line.pk).update(entered_on=dt.date(timezone.localdate().year, 1, 1))
    for where, actor in ((place.head, officer(place.head)), (place.keeper, place.chair)):
        months = movement_by_month(where)
        total = overview_of(where, actor).total
        assert (sum(came for came, _ in months), sum(left for _, left in months)) == (total["came"], total["left"])
        assert len(months) == timezone.localdate().month
    assert movement_by_month(place.cells[1]) == [(0, 0)] * timezone.localdate().month


@pytest.mark.django_db
def test_n_s1_the_chart_ends_with_the_present_month() -> None:
    with at("2040-03-01"):
        head = trees.head("voi")
        region = trees.below(head, Level.REGIONAL, "Тульская РО ВОИ")
        local = trees.below(region, Level.LOCAL, "Заречная МО ВОИ")
        chair = officer(region)
        for day in ("2040-03-01", "2040-02-29", "2040-01-01", "2039-12-31"):
            trees.members(local, registered_on=dt.date.fromisoformat(day), joined_on=dt.date(2039, 1, 1))
        assert movement_by_month(region) == [(1, 0), (1, 0), (1, 0)]
        topic = asked(chair, region).context["topic"]
        chart = chart_of(Table(region, topic, [], {}), chair)
    assert chart is not None
    assert [series.values for series in chart.series] == [[1, 1, 1, *[None] * 9], [0, 0, 0, *[None] * 9]]


@pytest.mark.django_db
def test_n_s1_the_chart_of_dues_is_on_the_page_and_on_paper() -> None:
    place = staffed()
    page = asked(place.region_chair, place.region, "?topic=dues")
    chart = page.context["chart"]
    assert sum(value or 0 for value in chart.series[1].values) == Decimal("20.50")
    assert "<svg" in page.content.decode()
    said = text_of(posted(place.region_chair, "print", place.region, "?topic=dues").content)
    assert "Поступление взносов по месяцам за два года, рублей" in said
    assert asked(place.region_chair, place.region, "?topic=work").context["chart"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Сергеева", ["Заречная МО ВОИ"]),
        ("сергеев мар", ["Заречная МО ВОИ"]),
        ("заречная сергеева", ["Заречная МО ВОИ"]),
        ("орловская сергеева", []),
        ("заречн", ["Заречная МО ВОИ"]),
        ("Бывшая", []),
        ("Чужая", []),
        ("Заместитель", []),
    ],
)
def test_n_s1_organisations_are_found_by_their_chair_in_office(typed: str, names: list[str]) -> None:
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Тульская РО ВОИ")
    local = trees.below(region, Level.LOCAL, "Заречная МО ВОИ")
    other = trees.below(trees.below(head, Level.REGIONAL, "Орловская РО ВОИ"), Level.LOCAL, "Чужедальняя МО ВОИ")
    former = trees.officer(local, Role.CHAIR, "Бывшая")
    assert former.appointment is not None
    Appointment.objects.filter(pk=former.appointment.pk).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    trees.officer(local, Role.CHAIR, "Сергеева")
    trees.officer(local, Role.DEPUTY, "Заместитель")
    trees.officer(other, Role.CHAIR, "Чужая")
    page = signed_in(officer(region)).get(reverse("organizations:tree"), {"q": typed})
    assert [one.short_name for one in page.context["page"].object_list] == names
    if names:
        assert page.context["page"].object_list[0].led_by == "Сергеева Мария"


@pytest.mark.django_db
@pytest.mark.both
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Зелёная", ["Дальняя МО ВОИ"]),
        ("зелен ольга", ["Дальняя МО ВОИ"]),
        ("дальн зелен", ["Дальняя МО ВОИ"]),
        ("иван петровна", ["Дальняя МО ВОИ"]),
        ("Орловская Зелёная", []),
        ("Прежняя", []),
        ("заречн прежняя", []),
        ("Иванченко", []),
    ],
)
def test_n_s1_where_no_chair_has_an_account_the_passport_names_the_chair(typed: str, names: list[str]) -> None:
    region = trees.below(trees.head("voi"), Level.REGIONAL, "Тульская РО ВОИ")
    far = trees.below(region, Level.LOCAL, "Дальняя МО ВОИ", chair_name="Зелёная-Иван Ольга Петровна")
    led = trees.below(region, Level.LOCAL, "Заречная МО ВОИ", chair_name="Прежняя Анна Ивановна")
    trees.officer(led, Role.CHAIR, "Сергеева")
    client = signed_in(officer(region))
    page = client.get(reverse("organizations:tree"), {"q": typed})
    assert [one.short_name for one in page.context["page"].object_list] == names
    if names:
        assert page.context["page"].object_list[0].led_by == "Зелёная-Иван Ольга Петровна"
        # A new chair replaces the one named in the passport.
        tab = next(tab.key for tab in far.charter.passport_tabs(far.level) if "chair_name" in tab.fields)
        fill_passport(far.pk, tab=tab, values={"chair_name": "Новая Вера Олеговна"}, by=officer(far))
        Appointment.objects.filter(organization=far).delete()
        page = client.get(reverse("organizations:tree"), {"q": typed})
        assert list(page.context["page"].object_list) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "known"), [(COUNTED_SECONDS - 1, True), (COUNTED_SECONDS + 1, False)])
def test_n_s1_the_movement_in_a_large_subtree_is_counted_by_the_worker(
    monkeypatch: pytest.MonkeyPatch, seconds: int, *, known: bool
) -> None:
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", 1)
    place = staffed()
    find_large_subtrees(timezone.localdate())
    counted = timezone.now() - dt.timedelta(seconds=seconds)
    count_months(counted)
    right = movement_by_month(place.head)
    assert sum(came for came, _left in right) > 0
    SubtreeFigures.objects.filter(pk=place.head.pk).update(months=[[7, 3]] * timezone.localdate().month)
    assert movement_by_month(place.head) == ([(7, 3)] * timezone.localdate().month if known else right)
    # Since then, a new month has begun.
    SubtreeFigures.objects.filter(pk=place.head.pk).update(months=[[7, 3]] * 13)
    assert movement_by_month(place.head) == right
    count_months(counted + dt.timedelta(seconds=59))
    assert movement_by_month(place.head) == right
    assert SubtreeFigures.objects.get(pk=place.head.pk).months == [[7, 3]] * 13
    count_months(counted + dt.timedelta(seconds=60))
    assert SubtreeFigures.objects.get(pk=place.head.pk).months == [list(one) for one in right]
