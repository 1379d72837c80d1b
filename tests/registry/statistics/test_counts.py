"""Figures of many people, counted by a job and stored for the day (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.jobs.models import Job
from registry.jobs.queue import cancel_job, start_job
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.statistics import jobs
from registry.statistics.counting import Asked, Question, questions
from registry.statistics.models import KeptCount
from registry.statistics.transitions import COUNT, ask_for_count, drop_old_counts, store_count
from registry.statistics.views import people
from tests.clock import at
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .test_composition import DAY, YEAR, society
from .test_pages import address

CROSS = "rows=disability_group&columns=sex"


def tables(actor: Actor, place: Organization, page: str, query: str = "") -> dict[str, list[tuple[str, list[str]]]]:
    report = signed_in(actor).get(address(page, place, query)).context["report"]
    return {one.key: [(name, [f.text for f in row]) for name, _url, row in one.rows] for one in report.tables}


def ask(actor: Actor, place: Organization, page: str = "health", query: str = "") -> Any:
    url = reverse("statistics:count", args=[place.pk, page])
    return signed_in(actor).post(f"{url}?{query}" if query else url)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("health", ""),
        ("health", f"day=01.01.{YEAR - 1}"),
        ("cross", CROSS),
        ("cross", "rows=disability_cause&columns=organization"),
        ("cross", "rows=sex&columns=age"),
        ("composition", ""),
        ("composition", f"day=01.05.{YEAR - 2}"),
        ("charts", ""),
        ("charts", f"day=01.01.{YEAR - 1}"),
        ("movement", f"first=01.01.{YEAR - 2}&last=01.06.{YEAR - 2}"),
    ],
)
def test_n_s3_a_job_counts_what_a_page_would_have_counted(
    page: str, query: str, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    expected = tables(place.region_chair, place.region, page, query)
    monkeypatch.setattr(questions, "MAX_COST", 0)
    for name in ("UNITS", "UNITS_OF_HEALTH"):
        monkeypatch.setattr(jobs, name, 1)
    assert tables(place.region_chair, place.region, page, query) == {}
    answer = ask(place.region_chair, place.region, page, query)
    job = Job.objects.get()
    assert answer["Location"] == f"{address(page, place.region)}?{query}"
    waiting = signed_in(place.region_chair).get(address(page, place.region, query))
    assert (waiting.context["report"].tables, waiting.context["report"].counting.job) == ([], job)
    assert reverse("jobs:detail", args=[job.pk]) in waiting.content.decode()
    run_jobs()
    job.refresh_from_db()
    # The first step counts the numbers for all, each further step counts an organisation.
    assert (job.is_done, job.total) == (True, 1 + Organization.objects.under(place.region).count())
    assert tables(place.region_chair, place.region, page, query) == expected
    assert expected


@pytest.mark.django_db
def test_n_s3_a_count_is_seen_by_officers_of_the_same_organisation_who_read_health_data(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region)
    run_jobs()
    row = KeptCount.objects.get()
    deputy, reviewer, above = (
        trees.officer(at, role, surname)
        for at, role, surname in (
            (place.region, Role.DEPUTY, "Ильина"),
            (place.region, Role.REVIEWER, "Котова"),
            (place.head, Role.CHAIR, "Лосева"),
        )
    )
    seen = {actor: list(KeptCount.objects.visible_to(actor)) for actor in (deputy, reviewer, above, place.chair)}
    assert seen == {deputy: [row], reviewer: [], above: [], place.chair: []}
    assert tables(deputy, place.region, "health") != {}
    # The superior can open other cards, so the numbers may differ.
    assert tables(above, place.region, "health") == {}
    assert signed_in(reviewer).get(address("health", place.region)).status_code == 404


@pytest.mark.django_db
def test_n_s3_numbers_are_kept_encrypted_until_the_day_ends(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region)
    run_jobs()
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbers FROM registry_keptcount")
        assert "disability" not in cursor.fetchone()[0]
    today = timezone.localdate()
    jobs.drop_counts_of_former_days(today)
    drop_old_counts(today + dt.timedelta(days=1), "Asia/Kamchatka")
    assert KeptCount.objects.count() == 1
    with at("2040-05-05"):
        assert tables(place.region_chair, place.region, "health") == {}
        jobs.drop_counts_of_former_days(timezone.localdate(), place.region.zone)
        assert KeptCount.objects.count() == 0
        assert ask(place.region_chair, place.region).status_code == 302
        assert KeptCount.objects.get().counted_on == dt.date(2040, 5, 5)


@pytest.mark.django_db
def test_n_s3_the_same_count_is_made_once(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]) -> None:
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region)
    assert ask(place.region_chair, place.region)["Location"] == address("health", place.region) + "?"
    # A colleague's request for the same count uses the same job.
    ask(trees.officer(place.region, Role.DEPUTY, "Ильина"), place.region)
    assert Job.objects.count() == KeptCount.objects.count() == 1
    run_jobs()
    assert ask(place.region_chair, place.keeper).status_code == 302
    # A count made today is not repeated.
    assert ask(place.region_chair, place.region).status_code == 404
    assert KeptCount.objects.count() == 2
    assert Event.objects.filter(action="statistics.counted").count() == 2


@pytest.mark.django_db
def test_n_s3_a_table_and_the_turned_one_are_one_count(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    whole = tables(place.region_chair, place.region, "cross", "rows=sex&columns=age")
    turned = tables(place.region_chair, place.region, "cross", "rows=age&columns=sex")
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region, "cross", "rows=sex&columns=age")
    run_jobs()
    assert tables(place.region_chair, place.region, "cross", "rows=sex&columns=age") == whole
    assert tables(place.region_chair, place.region, "cross", "rows=age&columns=sex") == turned
    assert KeptCount.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["composition", "charts", "movement", "cross"])
def test_n_s3_numbers_of_a_job_hide_what_a_page_hides(
    page: str, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    administrator = trees.officer(place.region, Role.ADMINISTRATOR, "Лосева")
    expected = tables(administrator, place.region, page)
    assert not any(text in {"1", "2", "3", "4"} for rows in expected.values() for _name, row in rows for text in row)
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(administrator, place.region, page)
    run_jobs()
    assert tables(administrator, place.region, page) == expected
    # The stored row is also used for the chair, who sees names, if the page counts the same for both.
    assert KeptCount.objects.visible_to(place.region_chair).count() == 1


@pytest.mark.django_db
def test_n_s3_a_page_asks_for_itself_until_the_figures_are_there(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    client, url = signed_in(place.region_chair), address("composition", place.region)
    assert 'hx-trigger="every 2s"' not in client.get(url).content.decode()
    ask(place.region_chair, place.region, "composition")
    waiting = client.get(url, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    # Meanwhile the page shows the stored number of members.
    assert [figure.text for _label, figure in waiting.context["report"].tiles] == ["5"]
    run_jobs()
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(url)


@pytest.mark.django_db
def test_n_s3_the_cost_of_a_question_decides_whether_a_job_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    place, today = society(), timezone.localdate()
    assert questions.sizes(place.region) == (5, 6)
    costs = {}
    for code, day in (
        ("composition", today), ("composition", today - dt.timedelta(days=1)), ("health", today), ("charts", today),
        ("movement", today), ("cross:age,sex", today), ("cross:disability_group,sex", today),
    ):  # fmt: skip
        question = Question.of_code(code, Asked(place.region, day, place.region_chair), day)
        assert question.code == code
        costs[code, day == today] = question.cost
    of_cards, of_lines = 5 * questions.CARD, 6 * questions.LINE_WITH_CARD
    of_health = 5 * questions.HEALTH_DATA + of_cards
    assert costs == {
        ("composition", True): of_cards, ("composition", False): of_lines, ("health", True): of_health,
        ("charts", True): of_cards + 6 * questions.LINE, ("movement", True): 6 * questions.LINE,
        ("cross:age,sex", True): of_cards, ("cross:disability_group,sex", True): of_health,
    }  # fmt: skip
    question = Question.of_code("composition", Asked(place.region, today, place.region_chair), today)
    for most, quick in ((of_cards, True), (of_cards - 1, False)):
        monkeypatch.setattr(questions, "MAX_COST", most)
        assert question.is_quick == quick


@pytest.mark.django_db
def test_n_s3_a_cancelled_count_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region)
    cancel_job(Job.objects.get().pk, by=place.region_chair)
    assert KeptCount.objects.count() == 0
    page = signed_in(place.region_chair).get(address("health", place.region))
    assert reverse("statistics:count", args=[place.region.pk, "health"]) in page.content.decode()


@pytest.mark.django_db
def test_n_s3_nothing_is_counted_for_who_may_not_read_it_or_where_a_page_counts_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = society()
    assert ask(place.region_chair, place.region).status_code == 404
    monkeypatch.setattr(questions, "MAX_COST", 0)
    for page, query in (("health", "day=01.01.1800"), ("cross", "rows=needs&columns=sex"), ("other", "")):
        assert ask(place.region_chair, place.region, page, query).status_code == 404, (page, query)
    reviewer = trees.officer(place.region, Role.REVIEWER, "Котова")
    assert ask(reviewer, place.region).status_code == 404
    today, tomorrow = timezone.localdate(), timezone.localdate() + dt.timedelta(days=1)
    administrator = trees.officer(place.region, Role.ADMINISTRATOR, "Лосева")
    for actor in (reviewer, administrator):
        with pytest.raises(NotAllowed):
            ask_for_count(place.region.pk, "health", today, today, data_class="health", by=actor)
    with refused("N-S3", field="day"):
        ask_for_count(place.region.pk, "composition", tomorrow, tomorrow, by=place.region_chair)
    with refused("N-S3", field="last"):
        ask_for_count(place.region.pk, "movement", today, tomorrow, by=place.region_chair)
    with refused("N-S3"):
        ask_for_count(place.keeper.pk, "composition", DAY, DAY, by=administrator)
    with pytest.raises(Organization.DoesNotExist):
        ask_for_count(places.union().keeper.pk, "composition", today, today, by=place.region_chair)
    assert KeptCount.objects.count() == 0


@pytest.mark.django_db
def test_n_s3_an_officer_who_no_longer_reads_health_data_gets_no_numbers(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region)
    KeptCount.objects.update(reach=place.keeper)
    run_jobs()
    assert Job.objects.get().has_failed
    assert KeptCount.objects.count() == 0


@pytest.mark.django_db
def test_n_s3_a_count_of_health_data_under_another_name_is_refused(run_jobs: Callable[[], None]) -> None:
    place, today = society(), timezone.localdate()
    row = ask_for_count(place.region.pk, "health", today, today, by=place.region_chair)
    assert row is not None
    start_job(COUNT, {"count": row.pk, "seconds": 0}, by=place.region_chair)
    run_jobs()
    assert Job.objects.get().has_failed
    assert KeptCount.objects.count() == 0


@pytest.mark.django_db
def test_n_s3_people_behind_numbers_of_a_job_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    place, today = society(), timezone.localdate()
    row = ask_for_count(place.region.pk, "health", today, today, data_class="health", by=place.region_chair)
    assert row is not None
    store_count(row.pk, [["disability_group", "I", 4_321]])
    monkeypatch.setattr(questions, "MAX_COST", 0)
    monkeypatch.setattr(people, "MAX_PEOPLE_BY_HEALTH", 1)
    report = signed_in(place.region_chair).get(address("health", place.region)).context["report"]
    assert next((name, row[0].text, row[0].url) for name, _url, row in report.tables[0].rows) == ("I", "4\xa0321", "")
    assert signed_in(place.region_chair).get(address("people", place.region, "disability_group=I")).status_code == 404
