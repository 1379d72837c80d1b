"""After any sequence of steps, the invariants of a campaign hold; refused steps change nothing (N-S1, N-S3)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.movement.transitions.organizations import merge_organizations, move_organization
from registry.campaigns import integrity
from registry.campaigns.enums import ADDED_STATES
from registry.campaigns.models import Campaign, CampaignReport, ReportFigure
from registry.campaigns.transitions import campaigns, reports
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from tests.conftest import examples

from .worlds import World, day, world

CHECKS = (integrity.totals, integrity.lists, integrity.order, integrity.frozen, integrity.reasons)


def faults() -> list[str]:
    return [fault for check in CHECKS for fault in check()]


def steps(w: World, campaign: Campaign, place: Organization, number: int) -> dict[str, Callable[[], Any]]:
    """Return the steps with the organisation's report, each taken by the usual actor."""
    report = CampaignReport.objects.get(campaign=campaign, organization=place)
    own = w.chair(place)
    above = w.chair(report.parent.organization) if report.parent else own
    values, pk = {"2": Decimal(number)}, report.pk
    return {
        "fill": partial(reports.fill_report, pk, counted={"1": Decimal(9)}, by=own),
        "enter": partial(reports.enter_figures, pk, values=values, reasons={}, by=own),
        "override": partial(
            reports.enter_figures, pk, values={"1": Decimal(number)}, reasons={"1": "Иначе"} if number else {}, by=own
        ),
        "complete": partial(reports.complete_report, pk, by=own),
        "take back": partial(reports.take_report_back, pk, by=own),
        "accept": partial(reports.accept_report, pk, by=above),
        "return": partial(reports.return_report, pk, text="Исправьте", term=day(30), by=above),
        "release": partial(reports.release_report, pk, text="Нет связи", by=above),
        "close": partial(campaigns.close_campaign, campaign.pk, by=w.chair(w.head)),
        "move": partial(move_organization, place.pk, w.regions[1].pk, on=timezone.localdate(), by=w.chair(w.head)),
        "merge": partial(merge_organizations, place.pk, w.locals[1].pk, on=timezone.localdate(), by=w.chair(w.head)),
    }


#: Steps that are taken more often, so that campaigns reach their end.
USUAL = ("fill", "enter", "complete", "accept")
NAMES = (*USUAL * 4, "override", "take back", "return", "release", "close", "move", "merge")


class Campaigns(TestCase):
    @settings(max_examples=examples(8), deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 5), st.integers(0, 9)), min_size=10, max_size=40))
    def test_n_s3_a_campaign_is_whole_after_any_steps(self, taken: list[tuple[str, int, int]]) -> None:
        w = world()
        campaign = w.open()
        places = [*w.locals, *w.regions, w.head]
        for name, at, number in taken:
            frozen = self._totals()
            try:
                with transaction.atomic():
                    steps(w, campaign, places[at], number)[name]()
            except (RuleViolation, NotAllowed, Organization.DoesNotExist, CampaignReport.DoesNotExist):
                self.assertEqual(self._totals(), frozen)
            if name in {"move", "merge"}:
                for chair in w.chairs.values():
                    assert chair.appointment is not None
                    chair.appointment.organization = Organization.objects.get(pk=chair.appointment.organization_id)
        self.assertEqual(faults(), [])

    def _totals(self) -> list[Any]:
        return list(
            ReportFigure.objects.filter(report__state__in=ADDED_STATES).order_by("pk").values_list("pk", "total")
        )

    def test_n_s3_steps_from_below_lead_to_the_frozen_total(self) -> None:
        w = world()
        campaign = w.open()
        for place in (*w.locals, *w.regions, w.head):
            for name in ("fill", "enter", "complete") if place == w.head else ("fill", "enter", "complete", "accept"):
                steps(w, campaign, place, 3)[name]()
        steps(w, campaign, w.head, 0)["close"]()
        total = ReportFigure.objects.filter(report__parent=None).order_by("line__position")
        self.assertEqual(list(total.values_list("total", flat=True)), [54, 18, Decimal("33.3"), None])
        self.assertEqual(faults(), [])
