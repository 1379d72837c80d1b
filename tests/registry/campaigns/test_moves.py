"""Organisations that are moved, merged or ended during a campaign (N-H3, N-S1)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from members.movement.transitions.organizations import (
    liquidate_organization,
    merge_organizations,
    move_organization,
)
from registry import integrity
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.campaigns import queries
from registry.campaigns.models import CampaignReport, ReportStep
from registry.campaigns.transitions.reports import accept_report
from registry.enums import Level
from registry.organizations.transitions.lifecycle import begin_liquidation
from tests.registry import trees

from .worlds import World, of, total, world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate


@pytest.fixture
def w() -> World:
    return world()


def faults() -> list[str]:
    return [fault for _title, found in integrity.run() for fault in found]


def test_n_h3_the_report_of_a_moved_organisation_goes_to_its_new_superior(w: World) -> None:
    campaign = w.open()
    move_organization(w.locals[0].pk, w.regions[1].pk, on=TODAY(), by=w.chair(w.head))
    report = of(campaign, w.locals[0])
    assert (report.state, report.parent) == ("empty", of(campaign, w.regions[1]))
    assert ReportStep.objects.filter(report=report).latest("pk").kind == "moved"
    # Since then, its chair has signed in again.
    w.chairs[w.locals[0].pk] = Actor.of(Account.objects.get(pk=w.chair(w.locals[0]).account.pk))  # type: ignore[union-attr]
    w.hand_in(campaign, w.locals[0], a1=5)
    accept_report(report.pk, by=w.chair(w.regions[1]))
    w.hand_up(campaign, w.locals[2], a1=2)
    w.hand_in(campaign, w.regions[1])
    assert total(campaign, w.regions[1])["1"] == 7
    assert faults() == []


def test_n_h3_an_accepted_report_stays_with_the_total_that_adds_it(w: World) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=5)
    move_organization(w.locals[0].pk, w.regions[1].pk, on=TODAY(), by=w.chair(w.head))
    assert (of(campaign, w.locals[0]).state, of(campaign, w.locals[0]).parent) == (
        "accepted",
        of(campaign, w.regions[0]),
    )


def test_n_h3_a_moved_organisation_is_released_where_its_new_superior_has_handed_in(w: World) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[2], a1=2)
    w.hand_in(campaign, w.regions[1])
    move_organization(w.locals[0].pk, w.regions[1].pk, on=TODAY(), by=w.chair(w.head))
    assert (of(campaign, w.locals[0]).state, of(campaign, w.regions[1]).state) == ("released", "complete")
    assert faults() == []


@pytest.mark.both
def test_n_h3_a_merged_organisation_is_released_and_its_people_are_counted_with_the_successor(w: World) -> None:
    campaign = w.open()
    merge_organizations(w.locals[0].pk, w.locals[1].pk, on=TODAY(), by=w.chair(w.head))
    assert (of(campaign, w.locals[0]).state, of(campaign, w.locals[1]).state) == ("released", "empty")
    assert queries.own_units(of(campaign, w.locals[1])) == [w.locals[1].pk]
    assert queries.own_units(of(campaign, w.regions[0])) == [w.regions[0].pk, w.locals[0].pk]
    complete = w.hand_up(campaign, w.locals[1], a1=3)
    assert complete.state == "accepted"
    assert faults() == []


@pytest.mark.both
def test_n_h3_reports_below_a_merged_region_go_to_its_successor(w: World) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=4)
    merge_organizations(w.regions[0].pk, w.regions[1].pk, on=TODAY(), by=w.chair(w.head))
    new = of(campaign, w.regions[1])
    assert [(of(campaign, one).state, of(campaign, one).parent) for one in w.locals] == [
        ("accepted", new),
        ("empty", new),
        ("empty", new),
    ]
    assert of(campaign, w.regions[0]).state == "released"
    assert faults() == []


def test_n_h3_a_merged_organisation_keeps_an_accepted_report(w: World) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=4)
    merge_organizations(w.locals[0].pk, w.locals[1].pk, on=TODAY(), by=w.chair(w.head))
    assert of(campaign, w.locals[0]).state == "accepted"
    w.hand_up(campaign, w.locals[1], a1=1)
    w.hand_in(campaign, w.regions[0])
    assert total(campaign, w.regions[0])["1"] == 5


@pytest.mark.both
def test_n_h3_an_organisation_that_ends_is_released(w: World) -> None:
    campaign = w.open()
    Appointment.objects.filter(organization=w.locals[0]).delete()
    begin_liquidation(w.locals[0].pk, by=w.chair(w.head))
    liquidate_organization(w.locals[0].pk, on=TODAY(), by=w.chair(w.head))
    assert of(campaign, w.locals[0]).state == "released"
    assert list(CampaignReport.objects.expected().values_list("organization", flat=True).order_by("pk")) == [
        one.pk for one in (w.head, *w.regions, w.locals[1], w.locals[2])
    ]


def test_n_s1_cells_without_a_report_are_counted_with_their_superior(w: World) -> None:
    cell = trees.below(w.locals[0], Level.PRIMARY)
    campaign = w.open()
    assert queries.own_units(of(campaign, w.locals[0])) == [w.locals[0].pk, cell.pk]
    assert queries.own_units(of(campaign, w.regions[0])) == [w.regions[0].pk]
