"""Repeating a job's count on the same day: when, how often, and the figures shown meanwhile (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.jobs.models import Job
from registry.jobs.queue import cancel_job
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.statistics.counting import questions
from registry.statistics.models import KeptCount
from registry.statistics.rules import AGAIN_AFTER, check_count_again
from registry.statistics.transitions import ask_for_count
from tests.members.places import Place, signed_in
from tests.refusals import refused
from tests.registry import trees

from .test_composition import society
from .test_counts import ask, tables
from .test_pages import address

pytestmark = pytest.mark.django_db


def again(actor: Actor, place: Organization, page: str = "composition") -> Any:
    return ask(actor, place, page, "again=1")


def counted(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None], *, before: dt.timedelta) -> Place:
    """Return a place whose composition a job has counted this long ago."""
    place = society()
    monkeypatch.setattr(questions, "MAX_COST", 0)
    ask(place.region_chair, place.region, "composition")
    run_jobs()
    KeptCount.objects.update(counted_at=timezone.now() - before)
    return place


def shown(actor: Actor, place: Organization) -> tuple[bool, bool]:
    """Return whether the page shows its figures, and whether it offers to count them again."""
    answer = signed_in(actor).get(address("composition", place))
    url = reverse("statistics:count", args=[place.pk, "composition"])
    return bool(answer.context["report"].tables), f"{url}?again=1" in answer.content.decode()


def test_n_s3_figures_are_counted_again_and_show_what_has_changed(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = counted(monkeypatch, run_jobs, before=AGAIN_AFTER)
    former = tables(place.region_chair, place.region, "composition")
    Member.objects.update(sex="")
    assert tables(place.region_chair, place.region, "composition") == former
    assert shown(place.region_chair, place.region) == (True, True)
    answer = again(place.region_chair, place.region)
    # The address shown afterwards does not start a count.
    assert answer["Location"] == f"{address('composition', place.region)}?"
    # The page shows the former figures until the new ones are ready.
    client = signed_in(place.region_chair)
    waiting = client.get(address("composition", place.region), headers={"HX-Request": "true"})
    assert waiting.context["counting"].job == Job.objects.latest("created_at")
    assert ('hx-trigger="every 2s"' in waiting.content.decode(), "HX-Refresh" in waiting) == (True, False)
    assert tables(place.region_chair, place.region, "composition") == former
    run_jobs()
    assert client.get(address("composition", place.region), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert tables(place.region_chair, place.region, "composition") != former
    assert (Job.objects.count(), KeptCount.objects.count()) == (2, 1)
    assert Event.objects.filter(action="statistics.counted").count() == 2


def test_n_s3_the_same_figures_are_counted_again_once(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = counted(monkeypatch, run_jobs, before=AGAIN_AFTER)
    deputy = trees.officer(place.region, Role.DEPUTY, "Ильина")
    for actor in (place.region_chair, place.region_chair, deputy):
        assert again(actor, place.region).status_code == 302
    assert Job.objects.count() == 2
    assert shown(deputy, place.region) == (True, False)
    # Without the parameter, existing counts are not repeated.
    today = timezone.localdate()
    assert ask_for_count(place.region.pk, "composition", today, today, by=deputy) is None


def test_n_s3_figures_counted_just_now_are_not_counted_again(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = counted(monkeypatch, run_jobs, before=dt.timedelta(0))
    assert shown(place.region_chair, place.region) == (True, False)
    client, url = signed_in(place.region_chair), reverse("statistics:count", args=[place.region.pk, "composition"])
    assert "меньше 5 минут назад" in client.post(f"{url}?again=1", follow=True).content.decode()
    assert Job.objects.count() == 1
    today = timezone.localdate()
    with refused("N-S3"):
        ask_for_count(place.region.pk, "composition", today, today, again=True, by=place.region_chair)
    # The parameter does not start a count that was never made.
    assert again(place.region_chair, place.region, "charts").status_code == 404


@pytest.mark.parametrize(("seconds", "allowed"), [(-1, False), (0, True), (1, True)])
def test_n_s3_figures_can_be_counted_again_after_five_minutes(seconds: int, *, allowed: bool) -> None:
    now = timezone.now()
    row = KeptCount(counted_at=now - AGAIN_AFTER - dt.timedelta(seconds=seconds))
    if allowed:
        check_count_again(row, now, busy=False)
    else:
        with refused("N-S3"):
            check_count_again(row, now, busy=False)
    with refused("N-S3"):
        check_count_again(row, now, busy=True)


def test_n_s3_one_count_of_an_organisation_is_made_again_at_a_time(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = counted(monkeypatch, run_jobs, before=AGAIN_AFTER)
    ask(place.region_chair, place.region, "charts")
    assert (shown(place.region_chair, place.region), Job.objects.count()) == ((True, False), 2)
    again(place.region_chair, place.region)
    assert Job.objects.count() == 2
    # Counts about another organisation, or for another reach, do not prevent it.
    KeptCount.objects.filter(question="charts").update(reach=place.head)
    assert shown(place.region_chair, place.region) == (True, True)
    again(place.region_chair, place.region)
    assert Job.objects.count() == 3


def test_n_s3_a_stopped_count_leaves_the_former_figures(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = counted(monkeypatch, run_jobs, before=AGAIN_AFTER)
    former = tables(place.region_chair, place.region, "composition")
    again(place.region_chair, place.region)
    cancel_job(Job.objects.latest("created_at").pk, by=place.region_chair)
    assert (shown(place.region_chair, place.region), former != {}) == ((True, True), True)
    assert tables(place.region_chair, place.region, "composition") == former
