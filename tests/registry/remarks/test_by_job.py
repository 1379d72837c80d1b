"""Remarks on many organisations or cards, made by a job (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from registry.enums import Level
from registry.jobs.models import Job
from registry.jobs.queue import cancel_job
from registry.journal.models import Event
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.remarks import rules
from registry.remarks.jobs import start_remarks_job
from registry.remarks.models import Remark, RemarkRequest
from registry.remarks.transitions import ask_for_many, make_asked
from tests.members import places
from tests.members.conftest import run_jobs
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

__all__ = ["run_jobs"]
pytestmark = pytest.mark.django_db


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def made() -> list[tuple[str, str, str]]:
    rows = Remark.objects.order_by("organization__short_name")
    return [(one.organization.short_name, one.kind, one.text) for one in rows.select_related("organization")]


def test_n_s1_a_job_makes_the_remarks_on_many_organisations(
    place: places.Place, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    monkeypatch.setattr(rules, "MAX_AT_ONCE", 1)
    client = signed_in(place.region_chair)
    url = reverse("remarks:add_many", args=[place.region.pk, "passport_incomplete"])
    page = client.get(url)
    count = page.context["count"]
    assert (page.status_code, count, page.context["others"]) == (200, 4, 3)
    answer = client.post(url, {"text": "Заполните.", "term": f"{day(7):%d.%m.%Y}"})
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM registry_remarkrequest")
        assert "Заполните" not in cursor.fetchone()[0]
    # The same request sent twice counts once.
    assert client.post(url, {"text": "Заполните.", "term": f"{day(7):%d.%m.%Y}"})["Location"] == reverse("jobs:list")
    run_jobs()
    job.refresh_from_db()
    assert (job.is_done, job.total, job.summary["made"]) == (True, count, count)
    assert [(kind, text) for _name, kind, text in made()] == [("passport", "Заполните.")] * count
    assert RemarkRequest.objects.count() == 0
    assert Event.objects.filter(action="remark.made").count() == count
    assert Event.objects.get(action="remark.asked_for_many").facts == {"remarks": count, "kind": "passport"}
    # Cards that already have the remark do not get it again.
    client.post(url, {"text": "Заполните.", "term": f"{day(7):%d.%m.%Y}"})
    run_jobs()
    assert len(made()) == count
    assert Job.objects.order_by("-created_at")[0].summary["made"] == 0


def test_n_s1_a_job_makes_a_remark_with_its_own_people_for_each_organisation(
    place: places.Place, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    first = place.put(snils="", ticket_number="1")
    second = place.put(surname="Вторая", snils="", ticket_number="2", paper_number="")
    monkeypatch.setattr(rules, "MAX_PEOPLE", 1)
    answer = signed_in(place.region_chair).post(
        reverse("members:remark"), {"all": "1", "send": "1", "text": "Проверьте.", "term": f"{day(7):%d.%m.%Y}"}
    )
    assert answer["Location"] == reverse("jobs:detail", args=[Job.objects.get().pk])
    run_jobs()
    (remark,) = Remark.objects.all()
    assert (remark.organization, remark.kind, remark.text) == (place.keeper, "people", "Проверьте.")
    assert {person.member_id for person in remark.people.all()} == {first.pk, second.pk}


def test_n_s1_organisations_that_end_meanwhile_are_left_out_and_a_killed_job_goes_on(
    place: places.Place, run_jobs: Callable[[], None]
) -> None:
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    ended = trees.below(place.region, Level.LOCAL, "Бывшая МО ВОИ")
    ids = [(pk, ()) for pk in (place.keeper.pk, other.pk, ended.pk)]
    job = start_remarks_job("organization", ids, text="Пришлите план.", term=day(7), by=place.region_chair)
    assert job is not None
    Organization.objects.filter(pk=ended.pk).update(status=OrganizationStatus.ENDED, ended_on=day(0))
    # A worker died after it had made the first remark.
    assert make_asked(RemarkRequest.objects.get(), place.keeper.pk, (), by=place.region_chair)
    Job.objects.update(checkpoint={"at": 1}, summary={"made": 1})
    run_jobs()
    job.refresh_from_db()
    assert (job.is_done, job.summary["made"]) == (True, 2)
    assert [name for name, _kind, _text in made()] == sorted([place.keeper.short_name, other.short_name])


def test_n_s1_a_cancelled_job_leaves_no_request(place: places.Place) -> None:
    job = start_remarks_job("organization", [(place.keeper.pk, ())], text="План.", term=day(7), by=place.region_chair)
    assert job is not None
    cancel_job(job.pk, by=place.region_chair)
    assert RemarkRequest.objects.count() == Remark.objects.count() == 0


@pytest.mark.parametrize(("most", "taken"), [(2, True), (1, False)])
def test_n_s1_at_most_as_many_organisations_by_a_job(
    place: places.Place, most: int, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_BY_JOB", most)
    ids = [(place.keeper.pk, ()), (place.cells[0].pk, ())]
    if taken:
        assert ask_for_many("passport", ids, text="План.", term=day(7), by=place.region_chair) is not None
    else:
        with refused("N-S1", match="Сузьте"):
            ask_for_many("passport", ids, text="План.", term=day(7), by=place.region_chair)


def test_n_s1_what_a_job_makes_has_a_text_a_term_and_somebody_to_answer(place: places.Place) -> None:
    ids = [(place.keeper.pk, ())]
    for places_, text, term, field in (
        ([], "План.", day(7), ""), (ids, " ", day(7), "text"), (ids, "План.", day(-1), "term"),
    ):  # fmt: skip
        with refused("N-S1", field=field):
            ask_for_many("passport", places_, text=text, term=term, by=place.region_chair)
    assert RemarkRequest.objects.count() == 0


@pytest.mark.parametrize(("organizations", "people", "many"), [(200, 5000, False), (201, 0, True), (1, 5001, True)])
def test_n_s1_a_job_makes_more_than_200_remarks_or_about_more_than_5000_cards(
    organizations: int, people: int, many: bool
) -> None:
    assert rules.is_many(organizations, people) == many
