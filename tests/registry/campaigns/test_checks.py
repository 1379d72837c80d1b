"""Checks of a report form: limits of comparisons, missing figures, own figures and totals (N-S3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.campaigns.models import Campaign, CampaignReport, ReportCheck, ReportLine
from registry.campaigns.rules import figures as rules
from registry.campaigns.rules import reports as report_rules
from registry.campaigns.transitions.campaigns import change_term
from registry.campaigns.transitions.reports import return_report
from tests.refusals import refused

from .worlds import World, day, of, world

D = Decimal


def holds(operator: str, left: int | None, right: int | None, missing: str = "skip_any") -> bool:
    check = ReportCheck(left="[1]", operator=operator, right="[2]", missing=missing, sentence="Не сходится.")
    values = {"1": None if left is None else D(left), "2": None if right is None else D(right)}
    return not rules.broken([check], values)


@pytest.mark.parametrize(
    ("operator", "less", "equal", "more"),
    [
        ("eq", False, True, False),
        ("ne", True, False, True),
        ("lt", True, False, False),
        ("le", True, True, False),
        ("gt", False, False, True),
        ("ge", False, True, True),
    ],
)
def test_n_s3_figures_are_compared_at_their_edges(operator: str, less: bool, equal: bool, more: bool) -> None:
    assert (holds(operator, 4, 5), holds(operator, 5, 5), holds(operator, 6, 5)) == (less, equal, more)


@pytest.mark.parametrize(
    ("operator", "both", "left", "right", "none"),
    [("both", True, False, False, True), ("one", False, True, True, True)],
)
def test_n_s3_figures_are_given_together_or_never(
    operator: str, both: bool, left: bool, right: bool, none: bool
) -> None:
    found = (holds(operator, 1, 0), holds(operator, 1, None), holds(operator, None, 1), holds(operator, None, None))
    assert found == (both, left, right, none)


@pytest.mark.parametrize(
    ("missing", "one_missing", "all_missing"),
    [("skip_any", True, True), ("skip_all", False, True), ("never", False, False)],
)
def test_n_s3_missing_figures_are_left_out_or_count_as_zero(missing: str, one_missing: bool, all_missing: bool) -> None:
    assert holds("gt", None, 5, missing) is one_missing
    assert holds("ne", None, None, missing) is all_missing


def test_n_s3_a_formula_without_a_result_compares_with_nothing() -> None:
    check = ReportCheck(left="[1] / [2]", operator="lt", right="0", missing="never", sentence="Не сходится.")
    assert rules.broken([check], {"1": D(1), "2": D(0)}) == []


@pytest.mark.parametrize(("own", "total"), [(2, 1), (1, 2)])
def test_n_s3_own_figures_and_totals_are_both_checked(own: int, total: int) -> None:
    lines = [ReportLine(code="1", unit="people", source="entered")]
    check = ReportCheck(
        left="[1]", operator="le", right="1", missing="skip_any", blocks=True, sentence="Не больше одного."
    )
    with refused("N-S3", match="Не больше одного"):
        rules.check_figures(lines, [check], {"1": D(own)}, {"1": D(total)}, "")
    rules.check_figures(lines, [check], {"1": D(1)}, {"1": D(1)}, "")


@pytest.fixture
def w() -> World:
    return world()


@pytest.mark.django_db
def test_n_s1_a_later_term_moves_reports_that_were_returned_with_an_earlier_one(w: World) -> None:
    campaign = w.open()
    report = w.hand_in(campaign, w.locals[0])
    return_report(report.pk, text="Нет протокола", term=day(5), by=w.chair(w.regions[0]))
    change_term(campaign.pk, term=day(30), by=w.chair(w.head))
    assert of(campaign, w.locals[0]).term == day(30)


@pytest.mark.django_db
def test_n_s1_nothing_is_accepted_below_a_report_that_is_handed_in(w: World) -> None:
    campaign = w.open()
    report = w.hand_in(campaign, w.locals[0])
    # No transition leads to this state, so the guard is called directly.
    CampaignReport.objects.filter(pk=report.parent_id).update(state="complete", completed_on=day(0))
    with refused("N-S1", match=""):
        report_rules.check_can_accept(of(campaign, w.locals[0]), w.chair(w.regions[0]))
    CampaignReport.objects.filter(pk=report.parent_id).update(state="in_work")
    report_rules.check_can_accept(of(campaign, w.locals[0]), w.chair(w.regions[0]))
    assert Campaign.objects.get().is_open
