"""The organisations included in a report, and the figures counted for it by the page or by a job (N-S3)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from members.movement.transitions.organizations import move_organization
from registry.access import Actor
from registry.campaigns import counting
from registry.campaigns.counting import count_report, needs_job
from registry.campaigns.jobs import COUNT, start_counting
from registry.campaigns.models import Campaign, CampaignReport, ReportLine
from registry.campaigns.queries import own_units
from registry.campaigns.transitions.reports import release_report
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.jobs.enums import JobState
from registry.jobs.kinds import outcome_of, page_of
from registry.jobs.models import Job
from registry.jobs.queue import run_job
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from tests.registry import trees

from .worlds import World, day, of, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    """Return the society with cells below the first local organisation, and an ended organisation."""
    found = world()
    cells = [trees.below(found.locals[0], Level.PRIMARY, f"Ячейка {number}") for number in (1, 2)]
    found.locals[0].cells = cells  # type: ignore[attr-defined]
    ended = trees.below(found.regions[1], Level.LOCAL, "Бывший район")
    Organization.objects.filter(pk=ended.pk).update(status=OrganizationStatus.ENDED, ended_on=day(-400))
    found.regions[1].ended = ended  # type: ignore[attr-defined]
    return found


def parts(campaign: Campaign) -> dict[str, list[str]]:
    """Return the names of the organisations included in each expected report."""
    names = dict(Organization.objects.values_list("pk", "short_name"))
    reports = CampaignReport.objects.expected().filter(campaign=campaign).select_related("organization")
    return {one.organization.short_name: sorted(names[pk] for pk in own_units(one)) for one in reports}


def test_n_s3_organisations_without_a_report_are_counted_with_the_nearest_above(w: World) -> None:
    assert parts(w.open()) == {
        "ВОИ": ["ВОИ"],
        "Область 1": ["Область 1"],
        "Область 2": ["Бывший район", "Область 2"],
        "Район 1": ["Район 1", "Ячейка 1", "Ячейка 2"],
        "Район 2": ["Район 2"],
        "Район 3": ["Район 3"],
    }


def test_n_s3_every_organisation_is_counted_once_whatever_is_released_or_moved(w: World) -> None:
    campaign = w.open()
    everything = sorted(Organization.objects.values_list("short_name", flat=True))
    w.hand_up(campaign, w.locals[1], a1=1)
    assert of(campaign, w.locals[1]).parent == of(campaign, w.regions[0])
    # An accepted report stays in the total that includes it; its people are not counted again elsewhere.
    move_organization(w.locals[1].pk, w.regions[1].pk, on=day(0), by=w.chair(w.head))
    assert parts(campaign)["Область 2"] == ["Бывший район", "Область 2"]
    move_organization(w.locals[0].pk, w.regions[1].pk, on=day(0), by=w.chair(w.head))
    assert parts(campaign)["Район 1"] == ["Район 1", "Ячейка 1", "Ячейка 2"]
    release_report(of(campaign, w.locals[2]).pk, text="Нет связи", by=w.chair(w.regions[1]))
    assert parts(campaign)["Область 2"] == ["Бывший район", "Область 2", "Район 3"]
    release_report(of(campaign, w.regions[1]).pk, text="Нет связи", by=w.chair(w.head))
    assert parts(campaign)["ВОИ"] == ["Бывший район", "ВОИ", "Область 2", "Район 3"]
    assert sorted(name for names in parts(campaign).values() for name in names) == everything


def counted_form(w: World, *indicators: str) -> None:
    """Let the form count these indicators, as lines «10», «11» and so on."""
    ReportLine.objects.filter(form=w.form, source="computed").update(indicator="members.end")
    for at, key in enumerate(indicators):
        ReportLine.objects.create(
            form=w.form, position=10 + at, code=str(10 + at), title=key, source="computed", indicator=key
        )


def test_n_s3_a_report_counts_its_own_part_by_the_codes_of_its_lines(w: World) -> None:
    counted_form(w, "organizations", "members.sex.other")
    trees.members(w.locals[0], 3, joined_on=day(-3000))
    trees.members(w.locals[1], 2)
    campaign = w.open(period=str(day(0).year), term=day(300))
    Campaign.objects.filter(pk=campaign.pk).update(last=day(0))
    found = {place.short_name: count_report(of(campaign, place)) for place in (w.head, w.locals[0], w.locals[1])}
    assert found == {
        "ВОИ": {"1": 0, "10": 1, "11": None},
        "Район 1": {"1": 3, "10": 3, "11": None},
        "Район 2": {"1": 2, "10": 1, "11": None},
    }
    ReportLine.objects.filter(form=w.form).update(source="entered", indicator="", formula="")
    assert count_report(of(campaign, w.head)) == {}


@pytest.mark.parametrize(("most", "waits"), [(3, False), (2, True)])
def test_n_s3_health_data_of_more_people_than_a_page_waits_for_are_counted_by_a_job(
    w: World, most: int, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_HEALTH", most)
    trees.members(w.locals[0], 3, joined_on=day(-3000), registered_on=day(-1000))
    campaign = w.open()
    assert not needs_job(of(campaign, w.locals[0]))
    counted_form(w, "members.needs.lift", "members.sex.female")
    assert needs_job(of(campaign, w.locals[0])) == waits
    assert not needs_job(of(campaign, w.locals[1]))
    ReportLine.objects.filter(form=w.form, indicator="members.needs.lift").delete()
    assert not needs_job(of(campaign, w.locals[0]))


def test_n_s3_the_job_fills_the_report_of_its_owner(w: World) -> None:
    counted_form(w, "members.disability_group.II")
    trees.members(w.locals[0], 2, joined_on=day(-3000), registered_on=day(-1000))
    campaign = w.open()
    report = of(campaign, w.locals[0])
    row = run(report, w.chair(w.locals[0]))
    assert (row.kind, row.state, row.summary["figures"]) == (COUNT, JobState.DONE, 2)
    assert page_of(row) == reverse("campaigns:report", args=[report.pk])
    assert "2" in outcome_of(row)
    figures = dict(report.figures.values_list("line__code", "value"))
    assert (figures["1"], set(figures) >= {"1", "10"}) == (Decimal(2), True)
    assert of(campaign, w.locals[0]).counted_on == day(0)


def test_n_s3_a_job_cannot_fill_what_its_owner_may_not(w: World) -> None:
    campaign = w.open()
    report = of(campaign, w.locals[0])
    with pytest.raises(NotAllowed):
        start_counting(report, by=trees.officer(w.locals[0], Role.REVIEWER))
    w.hand_in(campaign, w.locals[0], a1=7)
    # The report was handed in while the job waited.
    row = run(report, w.chair(w.locals[0]))
    assert row.state == JobState.FAILED
    assert report.figures.get(line__code="1").value == 7


def run(report: CampaignReport, by: Actor) -> Job:
    """Start the job and run it as the worker would."""
    row = start_counting(report, by=by)
    run_job.call(str(row.pk))
    return Job.objects.get(pk=row.pk)
