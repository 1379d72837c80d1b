"""The table of the reports below an organisation, its files, and the paper of a report (N-S3, N-H1)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from registry import charters
from registry.access import Actor
from registry.campaigns.exports import HIDDEN, NOTHING, Table, below_of, parts_of, printed
from registry.campaigns.models import Campaign, ReportLine
from registry.campaigns.queries import sheet
from registry.campaigns.rules import reports as rules
from registry.campaigns.transitions.campaigns import close_campaign
from registry.campaigns.transitions.reports import enter_figures, fill_report, release_report
from registry.days import day_text
from registry.enums import Level, Role
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.sizes import PAGE_ROWS
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .worlds import World, day, of, world

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def w() -> World:
    return world()


def half_way(w: World) -> Campaign:
    """Open a campaign: one region is accepted; in the other, a report is returned late and nothing is accepted."""
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=100, a2=40)
    w.hand_up(campaign, w.locals[1], a1=20, a2=5)
    w.hand_up(campaign, w.regions[0], a1=3, a2=1)
    w.hand_in(campaign, w.locals[2], a1=7, a2=2)
    return campaign


def page(by: Actor, campaign: Campaign, place: Organization, query: str = "", client: Client | None = None) -> Any:
    address = reverse("campaigns:table", args=[of(campaign, place).pk])
    return (client or signed_in(by)).get(address + query)


def rows_of(answer: Any) -> dict[str, list[str]]:
    with_names = {row["name"]: row["texts"] for row in answer.context["rows"]}
    return {"own": answer.context["own"], **with_names, "total": answer.context["total"]}


def test_n_s3_the_table_has_the_figures_of_the_reports_and_of_their_total(w: World) -> None:
    campaign = half_way(w)
    with override("en"):
        region = page(w.chair(w.regions[0]), campaign, w.regions[0])
    assert rows_of(region) == {
        "own": ["3", "1", "33.3", NOTHING],
        "Район 1": ["100", "40", "40.0", NOTHING],
        "Район 2": ["20", "5", "25.0", NOTHING],
        "total": ["123", "46", "37.4", NOTHING],
    } or rows_of(region)["total"] == ["123", "46", "37,4", NOTHING]
    # One level up, this total is a row; reports that are not accepted are shown but not added.
    head = page(w.chair(w.head), campaign, w.head)
    rows = rows_of(head)
    assert (rows["Область 1"], rows["Область 2"]) == (rows_of(region)["total"], [NOTHING] * 4)
    assert (rows["own"][:2], rows["total"][:2], head.context["waiting"]) == ([NOTHING] * 2, ["123", "46"], 1)
    other = page(w.chair(w.head), campaign, w.regions[1])
    assert (rows_of(other)["Район 3"][:2], rows_of(other)["total"][:2]) == (["7", "2"], [NOTHING] * 2)
    assert other.context["waiting"] == 1


def test_n_s3_totals_are_the_own_part_and_the_accepted_reports_at_every_level(w: World) -> None:
    campaign = half_way(w)
    w.accept(campaign, w.locals[2])
    w.hand_up(campaign, w.regions[1], a1=1, a2=1)
    w.hand_in(campaign, w.head, a1=2, a2=0)
    close_campaign(campaign.pk, by=w.chair(w.head))
    for place in (w.head, *w.regions):
        report = of(campaign, place)
        table = Table(report, w.chair(w.head))
        rows = [table.own(), *table.below(below_of(report, w.chair(w.head)))]
        for code in ("1", "2"):
            assert sum(row.values[code] or 0 for row in rows) == table.total().values[code]
        assert dict(table.total().values) == sheet(report).total.values
    assert Table(of(campaign, w.head), w.chair(w.head)).total().values["1"] == 133


def test_n_h1_a_row_leads_one_level_down_and_to_its_report(w: World) -> None:
    campaign = half_way(w)
    head = page(w.chair(w.head), campaign, w.head, "?part=1")
    region, local = of(campaign, w.regions[0]), of(campaign, w.locals[0])
    assert head.context["rows"][0]["url"] == reverse("campaigns:table", args=[region.pk]) + "?part=1"
    below = page(w.chair(w.head), campaign, w.regions[0])
    assert below.context["rows"][0]["url"] == reverse("campaigns:report", args=[local.pk])
    assert [name for name, _url in below.context["way"]] == ["ВОИ"]
    assert page(w.chair(w.regions[0]), campaign, w.regions[0]).context["way"] == []


def test_n_h1_nobody_sees_the_table_of_another_subtree(w: World) -> None:
    campaign = half_way(w)
    assert page(w.chair(w.regions[0]), campaign, w.regions[1]).status_code == 404
    assert page(w.chair(w.regions[0]), campaign, w.head).status_code == 404
    assert page(w.chair(w.locals[0]), campaign, w.locals[1]).status_code == 404
    assert page(w.chair(w.locals[0]), campaign, w.locals[0]).status_code == 200
    chair = signed_in(w.chair(w.regions[0]))
    for name in ("table_xlsx", "report_xlsx", "report_pdf"):
        assert chair.post(reverse(f"campaigns:{name}", args=[of(campaign, w.regions[1]).pk])).status_code == 404
        assert chair.get(reverse(f"campaigns:{name}", args=[of(campaign, w.regions[0]).pk])).status_code == 405


def test_n_s1_the_table_says_who_is_late_returned_or_released(w: World) -> None:
    campaign = half_way(w)
    Campaign.objects.filter(pk=campaign.pk).update(term=day(-1))
    of(campaign, w.regions[1]).campaign.reports.update(term=day(-1))
    release_report(of(campaign, w.locals[2]).pk, text="Нет связи", by=w.chair(w.regions[1]))
    rows = {row["name"]: row for row in page(w.chair(w.head), campaign, w.head).context["rows"]}
    with override("ru"):
        assert rows["Область 1"]["note"] == f"{day_text(day(0))}, позже срока"
        assert rows["Область 2"]["note"] == f"просрочен, срок {day_text(day(-1))}"
    released = page(w.chair(w.head), campaign, w.regions[1]).context
    assert (released["rows"][0]["texts"], released["rows"][0]["note"]) == ([NOTHING] * 4, "")
    assert released["waiting"] == 0


@pytest.mark.both
def test_n_s3_many_lines_are_shown_by_section_and_six_at_a_time(w: World) -> None:
    ReportLine.objects.filter(form=w.form).update(section="Члены")
    for at in range(9):
        ReportLine.objects.create(
            form=w.form, position=20 + at, code=f"2.{at + 1}", title="Взносы", section="Взносы", source="entered",
            required=False, unit="roubles", decimals=2,
        )  # fmt: skip
    campaign = half_way(w)
    with override("en"):
        titles = [(one.title, [line.code for line in one.lines]) for one in parts_of(w.form.lines.all())]
    assert titles == [
        ("Члены", ["1", "2", "3", "4"]),
        ("Взносы: 2.1–2.6", ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]),
        ("Взносы: 2.7–2.9", ["2.7", "2.8", "2.9"]),
    ]
    shown = page(w.chair(w.head), campaign, w.head, "?part=3")
    assert [heading.split()[0] for heading in shown.context["headings"]] == ["2.7", "2.8", "2.9"]
    assert {len(texts) for texts in rows_of(shown).values()} == {3}
    for wrong in ("?part=4", "?part=0", "?part=x", "?part="):
        assert page(w.chair(w.head), campaign, w.head, wrong).context["part"].key == "1"


@pytest.mark.both
def test_n_s3_lines_of_a_class_of_data_that_is_not_read_have_no_figures(w: World) -> None:
    ReportLine.objects.filter(form=w.form, code="1").update(indicator="members.disability_group.I")
    campaign = half_way(w)
    reviewer = trees.officer(w.regions[0], Role.REVIEWER)
    rows = rows_of(page(reviewer, campaign, w.regions[0]))
    # The share would reveal the hidden line.
    assert {name: [text == HIDDEN for text in texts] for name, texts in rows.items()} == {
        name: [True, False, True, False] for name in ("own", "Район 1", "Район 2", "total")
    }
    registrar = trees.officer(w.regions[0], Role.REGISTRAR)
    cells, *_others = book(w.regions[0], campaign, "report_xlsx", registrar).values()
    assert [row[6] for row in cells[1:]][:2] == [123, 46]
    blind = Table(of(campaign, w.regions[0]), reviewer)
    with override("ru"):
        assert [(one.own, one.total) for one in printed(blind).lines][:2] == [(HIDDEN, HIDDEN), ("1", "46")]


def test_n_s3_who_sees_counts_alone_sees_the_total_of_their_own_organisation(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=100, a2=40)
    w.hand_up(campaign, w.locals[1], a1=20, a2=15)
    w.hand_in(campaign, w.regions[0], a1=30, a2=10)
    counts = replace(charters.get("voi"), counts_only=frozenset({Level.FEDERAL, Level.REGIONAL}))
    monkeypatch.setattr(charters, "get", lambda _key: counts)
    chair = Actor.of(w.chair(w.regions[0]).account)  # type: ignore[arg-type]
    client = signed_in(chair)
    answer = page(chair, campaign, w.regions[0], client=client)
    rows = rows_of(answer)
    assert {text for name, texts in rows.items() if name != "total" for text in texts} == {HIDDEN}
    assert (rows["total"][:2], answer.context["may_export"]) == (["150", "65"], False)
    local = page(chair, campaign, w.locals[0], client=client)
    assert {text for texts in rows_of(local).values() for text in texts} == {HIDDEN}
    for name in ("table_xlsx", "report_xlsx", "report_pdf"):
        assert client.post(reverse(f"campaigns:{name}", args=[of(campaign, w.regions[0]).pk])).status_code == 403


@pytest.mark.parametrize(
    ("figures", "own", "shown"),
    [
        ((20, 15), (30, 10), ["70", "40"]),
        ((20, 2), (30, 10), ["70", HIDDEN]),
        # A small figure of the organisation's own part is hidden on the page of the report.
        ((20, 15), (30, 4), ["70", HIDDEN]),
        ((20, 15), (4, 0), [HIDDEN, HIDDEN]),
    ],
)
def test_n_s3_small_figures_are_hidden_from_who_sees_counts_alone(
    w: World, monkeypatch: pytest.MonkeyPatch, figures: tuple[int, int], own: tuple[int, int], shown: list[str]
) -> None:
    campaign = w.open()
    for place in w.locals[:2]:
        w.hand_up(campaign, place, a1=figures[0], a2=figures[1])
    w.hand_in(campaign, w.regions[0], a1=own[0], a2=own[1])
    counts = replace(charters.get("voi"), counts_only=frozenset({Level.REGIONAL}))
    monkeypatch.setattr(charters, "get", lambda _key: counts)
    chair = Actor.of(w.chair(w.regions[0]).account)  # type: ignore[arg-type]
    assert rows_of(page(chair, campaign, w.regions[0]))["total"][:2] == shown


def test_n_s3_a_full_page_of_the_table_costs_as_many_queries_as_a_short_one(
    w: World, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(PAGE_ROWS + 1):
        trees.below(w.regions[0], Level.LOCAL, f"Садовая организация города и района № {number}")
    ReportLine.objects.filter(form=w.form).update(title="Членов организации, которые участвовали в мероприятиях")
    campaign = w.open()
    for place in (w.locals[0], w.locals[2]):
        w.hand_in(campaign, place, a1=5, a2=1)
    client = signed_in(w.chair(w.head))
    page(w.chair(w.head), campaign, w.head, client=client)
    counted = []
    for place in (w.regions[1], w.regions[0]):
        with django_assert_max_num_queries(40) as queries:
            answer = page(w.chair(w.head), campaign, place, client=client)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert (len(answer.context["rows"]), len(answer.content) < 60 * 1024) == (PAGE_ROWS, True)


def book(place: Organization, campaign: Campaign, name: str, by: Actor) -> dict[str, list[tuple[Any, ...]]]:
    """Download a workbook; return the rows of its sheets."""
    answer = signed_in(by).post(reverse(f"campaigns:{name}", args=[of(campaign, place).pk]))
    assert answer.status_code == 200
    found = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {one.title: list(one.iter_rows(values_only=True)) for one in found}


@pytest.mark.both
def test_v_c5_the_workbook_of_the_table_has_its_figures_as_numbers_and_is_recorded(w: World) -> None:
    ReportLine.objects.filter(form=w.form, code__in=["3", "4"]).update(section="Доли: план/факт")
    campaign = half_way(w)
    sheets = book(w.head, campaign, "table_xlsx", w.chair(w.head))
    first, second, _about = sheets.values()
    assert [row[0] for row in first[1:]] == [first[1][0], "Область 1", "Область 2", first[-1][0]]
    assert [row[3:5] for row in first[1:]] == [(None, None), (123, 46), (None, None), (123, 46)]
    assert list(sheets)[1].startswith("Доли план")
    assert [row[3] for row in second[1:]] == [None, 37.4, None, 37.4]
    event = Event.objects.get(action="report.table_exported")
    assert (event.rule, event.organization, event.account) == ("V-C5", w.head, w.chair(w.head).account)


def test_v_c5_the_workbook_of_a_report_has_reasons_and_checks_and_is_recorded(w: World) -> None:
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    fill_report(report.pk, counted={"1": Decimal(10)}, by=chair)
    enter_figures(report.pk, values={"1": Decimal(9), "2": Decimal(11)}, reasons={"1": "Один переехал."}, by=chair)
    lines, checks, about = book(w.locals[0], campaign, "report_xlsx", chair).values()
    assert [row[0] for row in lines[1:]] == ["1", "2", "3", "4"]
    assert lines[1][3:] == (10, 9, None, 9, "Один переехал.")
    assert lines[3][3:] == (None, 122.2, None, 122.2, None)
    with override("ru"):
        assert checks[1][0] == "Обученных не больше, чем членов."
        assert checks[1][1] != ""
    assert (about[1][1], about[2][1]) == ("Годовой отчёт", campaign.period_label)
    assert Event.objects.get(action="report.exported").organization == w.locals[0]


def test_n_s3_the_paper_of_a_report_says_what_the_screen_says(w: World) -> None:
    campaign = half_way(w)
    table = Table(of(campaign, w.regions[0]), w.chair(w.head))
    with override("ru"):
        found = printed(table)
        rows = rows_of(page(w.chair(w.head), campaign, w.regions[0]))
    assert [one.total for one in found.lines] == rows["total"]
    assert [one.own for one in found.lines] == rows["own"]
    assert (found.has_below, found.has_checks, found.broken) == (True, True, [])
    with override("ru"):
        assert printed(Table(of(campaign, w.locals[0]), w.chair(w.head))).has_below is False


def test_n_s3_a_printed_report_is_recorded(w: World) -> None:
    campaign = half_way(w)
    answer = signed_in(w.chair(w.head)).post(reverse("campaigns:report_pdf", args=[of(campaign, w.regions[0]).pk]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    event = Event.objects.filter(rule="N-S3").latest("pk")
    assert (event.organization, event.account) == (w.regions[0], w.chair(w.head).account)


@pytest.mark.parametrize(("most", "status"), [(8, 200), (7, 302)])
def test_n_s1_a_workbook_has_at_most_as_many_figures(
    w: World, monkeypatch: pytest.MonkeyPatch, most: int, status: int
) -> None:
    campaign = half_way(w)
    monkeypatch.setattr(rules, "MAX_CELLS", most)
    # Two reports with four lines each are below the head.
    answer = signed_in(w.chair(w.head)).post(reverse("campaigns:table_xlsx", args=[of(campaign, w.head).pk]))
    assert answer.status_code == status
    if status == 302:
        with refused("N-S1", match="8"):
            rules.check_table_size(2, 4)
