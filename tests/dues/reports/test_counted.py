"""The report of dues of many people: a job counts the same figures as a page would (N-D1, N-H1)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from dues.reports import jobs
from dues.reports.enums import By
from dues.reports.queries.kept import kept_of
from dues.reports.transitions import ask_for_report
from dues.reports.views import counted, reports
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.statistics.models import KeptCount
from registry.statistics.rules import AGAIN_AFTER
from tests.documents import pdfs
from tests.dues.collecting.world import YEAR
from tests.members import places
from tests.members.conftest import run_jobs
from tests.refusals import refused
from tests.registry import trees

from .world import END, NEW_YEAR, Reported, reported

__all__ = ["run_jobs"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> Reported:
    return reported()


def shown(actor: Actor, place: Organization, **query: Any) -> Any:
    """Return the contents of the report's pages for each grouping, and the cells of its workbook."""
    client = places.signed_in(actor)
    asked = {"organization": place.pk, "part": "year", "year": YEAR, **query}
    found: dict[str, Any] = {}
    for by in By.values:
        context = client.get(reverse("dues:reports"), {**asked, "by": by}).context
        found[by] = [
            [(row.name, [cell.text for cell in row.cells]) for row in table.rows] for table in context.get("tables", ())
        ]
        found[by] += [(series.name, series.texts) for series in context.get("by_months", ())]
    url = f"{reverse('dues:download_report')}?organization={place.pk}&part=year&year={YEAR}"
    answer = client.post(url)
    if answer.status_code == 200:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        found["book"] = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    return found


def ask(actor: Actor, place: Organization) -> Any:
    url = f"{reverse('dues:count_report')}?organization={place.pk}&part=year&year={YEAR}"
    return places.signed_in(actor).post(url)


@pytest.mark.parametrize("level", ["keeper", "region", "head"])
def test_n_d1_a_job_counts_what_the_pages_and_the_workbook_would_have(
    w: Reported, level: str, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place = getattr(w, level)
    actor = {"keeper": w.chair, "region": w.region_chair, "head": w.head_chair}[level]
    expected = shown(actor, place)
    assert len(expected["book"]) > 5
    monkeypatch.setattr(counted, "MAX_MEMBERS", 0)
    monkeypatch.setattr(jobs, "UNITS", 1)
    empty = shown(actor, place)
    assert empty == {by: [] for by in By.values}
    assert ask(actor, place).status_code == 302
    run_jobs()
    assert Job.objects.get().is_done
    assert shown(actor, place) == expected
    with pdfs.not_laid_out():
        url = f"{reverse('dues:print_report')}?organization={place.pk}&part=year&year={YEAR}"
        assert places.signed_in(actor).post(url).status_code == 200


def test_n_d1_the_lines_of_a_report_of_a_job_are_listed_further_down(
    w: Reported, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    client = places.signed_in(w.region_chair)
    query = {"organization": w.region.pk, "part": "year", "year": YEAR}
    lines = (
        f"{reverse('dues:report_lines')}?organization={w.region.pk}&first={YEAR}-01-01&last={YEAR}-12-31&figure=paid"
    )
    assert client.get(lines).status_code == 200
    monkeypatch.setattr(counted, "MAX_MEMBERS", 0)
    ask(w.region_chair, w.region)
    waiting = client.get(reverse("dues:reports"), query, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    run_jobs()
    page = client.get(reverse("dues:reports"), query, headers={"HX-Request": "true"})
    assert page["HX-Refresh"] == "true"
    assert reverse("dues:report_lines") not in page.content.decode()
    assert client.get(lines).status_code == 404


def test_n_h1_a_report_of_a_job_is_seen_from_the_same_organisation_by_who_reads_money(
    w: Reported, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    monkeypatch.setattr(counted, "MAX_MEMBERS", 0)
    ask(w.region_chair, w.region)
    # The same report requested by a colleague is the same job.
    reviewer = trees.officer(w.region, Role.REVIEWER, "Котова")
    ask(reviewer, w.region)
    run_jobs()
    assert Job.objects.count() == KeptCount.objects.count() == 1
    assert Event.objects.filter(action="dues.report_counted").count() == 1
    others = [trees.officer(w.region, role, "Лосева") for role in (Role.ADMINISTRATOR, Role.COLLECTOR)]
    asked = w.year(w.region)
    seen = [kept_of(asked, actor) is not None for actor in (w.region_chair, reviewer, w.head_chair, w.chair, *others)]
    assert seen == [True, True, False, False, False, False]
    for actor in others:
        with pytest.raises(NotAllowed):
            ask_for_report(w.region.pk, first=NEW_YEAR, last=END, by=actor)
    with refused("N-D1", field="last"):
        ask_for_report(w.region.pk, first=END, last=NEW_YEAR, by=w.region_chair)


def test_n_d1_sums_are_counted_again_some_minutes_later(
    w: Reported, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    expected = shown(w.region_chair, w.region)
    monkeypatch.setattr(counted, "MAX_MEMBERS", 0)
    ask(w.region_chair, w.region)
    run_jobs()
    client = places.signed_in(w.region_chair)
    query = f"organization={w.region.pk}&part=year&year={YEAR}"
    page, again = f"{reverse('dues:reports')}?{query}", f"{reverse('dues:count_report')}?{query}&again=1"
    assert (Job.objects.count(), "again=1" in client.get(page).content.decode()) == (1, False)
    refused_at_once = client.post(again, follow=True)
    assert ("меньше 5 минут назад" in refused_at_once.content.decode(), Job.objects.count()) == (True, 1)
    KeptCount.objects.update(counted_at=timezone.now() - AGAIN_AFTER, numbers=[])
    assert "again=1" in client.get(page).content.decode()
    client.post(again)
    waiting = client.get(page, headers={"HX-Request": "true"})
    assert ('hx-trigger="every 2s"' in waiting.content.decode(), "HX-Refresh" in waiting) == (True, False)
    run_jobs()
    assert client.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert shown(w.region_chair, w.region) == expected
    assert (Job.objects.count(), KeptCount.objects.count()) == (2, 1)


@pytest.mark.parametrize(("most", "status"), [(4, 302), (5, 404)])
def test_n_d1_a_page_counts_up_to_the_limit_itself(
    w: Reported, most: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "totals_under", lambda _place: {"members": 5})
    monkeypatch.setattr(counted, "MAX_MEMBERS", most)
    assert counted.is_large is reports.is_large
    assert ask(w.chair, w.keeper).status_code == status
