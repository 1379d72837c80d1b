"""Health data of many people, counted by a job and kept for the day (N-S3)."""

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
from registry.jobs.queue import cancel_job
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.statistics import jobs
from registry.statistics.models import HealthCount
from registry.statistics.transitions import ask_for_count, drop_old_counts, store_count
from registry.statistics.views import counted, people
from tests.clock import at
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .test_composition import YEAR, society
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
    ],
)
def test_n_s3_a_job_counts_what_a_page_would_have_counted(
    page: str, query: str, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    expected = tables(place.region_chair, place.region, page, query)
    monkeypatch.setattr(counted, "MAX_HEALTH", 3)
    monkeypatch.setattr(jobs, "UNITS", 1)
    assert tables(place.region_chair, place.region, page, query) == {}
    answer = ask(place.region_chair, place.region, page, query)
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    waiting = signed_in(place.region_chair).get(address(page, place.region, query))
    assert (waiting.context["report"].tables, waiting.context["report"].counting.job) == ([], job)
    assert reverse("jobs:detail", args=[job.pk]) in waiting.content.decode()
    run_jobs()
    job.refresh_from_db()
    assert (job.is_done, job.total) == (True, len(place.cells) + 1)
    assert tables(place.region_chair, place.region, page, query) == expected
    assert expected


@pytest.mark.django_db
def test_n_s3_a_count_is_seen_by_officers_of_the_same_organisation_who_read_health_data(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(counted, "MAX_HEALTH", 3)
    ask(place.region_chair, place.region)
    run_jobs()
    row = HealthCount.objects.get()
    deputy, reviewer, above = (
        trees.officer(at, role, surname)
        for at, role, surname in (
            (place.region, Role.DEPUTY, "Ильина"),
            (place.region, Role.REVIEWER, "Котова"),
            (place.head, Role.CHAIR, "Лосева"),
        )
    )
    seen = {actor: list(HealthCount.objects.visible_to(actor)) for actor in (deputy, reviewer, above, place.chair)}
    assert seen == {deputy: [row], reviewer: [], above: [], place.chair: []}
    assert tables(deputy, place.region, "health") != {}
    # Above, other cards can be opened, so the numbers may differ.
    assert tables(above, place.region, "health") == {}
    assert signed_in(reviewer).get(address("health", place.region)).status_code == 404


@pytest.mark.django_db
def test_n_s3_numbers_are_kept_encrypted_until_the_day_ends(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(counted, "MAX_HEALTH", 3)
    ask(place.region_chair, place.region)
    run_jobs()
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbers FROM registry_healthcount")
        assert "disability" not in cursor.fetchone()[0]
    today = timezone.localdate()
    jobs.drop_counts_of_former_days(today)
    drop_old_counts(today + dt.timedelta(days=1), "Asia/Kamchatka")
    assert HealthCount.objects.count() == 1
    with at("2040-05-05"):
        assert tables(place.region_chair, place.region, "health") == {}
        jobs.drop_counts_of_former_days(timezone.localdate(), place.region.zone)
        assert HealthCount.objects.count() == 0
        assert ask(place.region_chair, place.region).status_code == 302
        assert HealthCount.objects.get().counted_on == dt.date(2040, 5, 5)


@pytest.mark.django_db
def test_n_s3_one_count_at_a_time_and_none_twice(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]) -> None:
    place = society()
    monkeypatch.setattr(counted, "MAX_HEALTH", 1)
    ask(place.region_chair, place.region)
    assert ask(place.region_chair, place.region)["Location"] == address("health", place.region) + "?"
    with refused("N-S3"):
        ask_for_count(place.keeper.pk, timezone.localdate(), "", by=place.region_chair)
    answer = ask(place.region_chair, place.keeper)
    assert answer["Location"] == address("health", place.keeper) + "?"
    assert Job.objects.count() == HealthCount.objects.count() == 1
    run_jobs()
    assert ask(place.region_chair, place.keeper).status_code == 302
    # What was counted today is not counted again.
    assert ask(place.region_chair, place.region).status_code == 404
    assert HealthCount.objects.count() == 2
    assert Event.objects.filter(action="statistics.health_counted").count() == 2


@pytest.mark.django_db
def test_n_s3_a_cancelled_count_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    place = society()
    monkeypatch.setattr(counted, "MAX_HEALTH", 1)
    ask(place.region_chair, place.region)
    cancel_job(Job.objects.get().pk, by=place.region_chair)
    assert HealthCount.objects.count() == 0
    page = signed_in(place.region_chair).get(address("health", place.region))
    assert reverse("statistics:count", args=[place.region.pk, "health"]) in page.content.decode()


@pytest.mark.django_db
def test_n_s3_nothing_is_counted_for_who_may_not_read_it_or_where_a_page_counts_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = society()
    assert ask(place.region_chair, place.region).status_code == 404
    monkeypatch.setattr(counted, "MAX_HEALTH", 1)
    for page, query in (
        ("composition", ""), ("cross", "rows=sex&columns=age"), ("health", "day=01.01.1800"),
        ("cross", "rows=needs&columns=sex"), ("other", ""),
    ):  # fmt: skip
        assert ask(place.region_chair, place.region, page, query).status_code == 404, (page, query)
    reviewer = trees.officer(place.region, Role.REVIEWER, "Котова")
    assert ask(reviewer, place.region).status_code == 404
    for actor in (reviewer, trees.officer(place.region, Role.ADMINISTRATOR, "Лосева")):
        with pytest.raises(NotAllowed):
            ask_for_count(place.region.pk, timezone.localdate(), "", by=actor)
    with refused("N-S3", field="day"):
        ask_for_count(place.region.pk, timezone.localdate() + dt.timedelta(days=1), "", by=place.region_chair)
    with pytest.raises(Organization.DoesNotExist):
        ask_for_count(places.union().keeper.pk, timezone.localdate(), "", by=place.region_chair)
    assert HealthCount.objects.count() == 0


@pytest.mark.django_db
def test_n_s3_an_officer_who_no_longer_reads_health_data_gets_no_numbers(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = society()
    monkeypatch.setattr(counted, "MAX_HEALTH", 1)
    ask(place.region_chair, place.region)
    HealthCount.objects.update(reach=place.keeper)
    run_jobs()
    assert Job.objects.get().has_failed
    assert HealthCount.objects.count() == 0


@pytest.mark.django_db
def test_n_s3_people_behind_numbers_of_a_job_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    place = society()
    store_count(
        ask_for_count(place.region.pk, timezone.localdate(), "", by=place.region_chair),
        {("disability_group", "I"): 4_321},
    )
    for module in (counted, people):
        monkeypatch.setattr(module, "MAX_HEALTH", 1)
    assert tables(place.region_chair, place.region, "health")["disability_group"][0] == ("I", ["4\xa0321"])
    assert signed_in(place.region_chair).get(address("people", place.region, "disability_group=I")).status_code == 404
