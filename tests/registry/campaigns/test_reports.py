"""Reports of a campaign: bottom up, accepted, returned top down, frozen; figures, checks and terms (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from registry import integrity
from registry.accounts.models import Appointment
from registry.campaigns import queries
from registry.campaigns.enums import ReportState
from registry.campaigns.models import CampaignReport, ReportCheck, ReportFigure, ReportLine, ReportStep
from registry.campaigns.rules import figures as figure_rules
from registry.campaigns.rules import reports as rules
from registry.campaigns.transitions.campaigns import (
    cancel_campaign,
    change_term,
    close_campaign,
    open_campaign,
)
from registry.campaigns.transitions.reports import (
    accept_report,
    accept_reports,
    complete_report,
    enter_figures,
    fill_report,
    release_report,
    remind_reports,
    return_report,
    take_report_back,
)
from registry.enums import Level, Role
from registry.errors import NotAllowed, StaleVersion
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.clock import at
from tests.refusals import refused
from tests.registry import trees

from .worlds import World, day, last_year, of, total, world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
D = Decimal


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def w() -> World:
    return world()


def faults() -> list[str]:
    return [fault for _title, found in integrity.run() for fault in found]


def states(campaign: object) -> list[str]:
    return list(CampaignReport.objects.filter(campaign=campaign).order_by("pk").values_list("state", flat=True))


def test_n_s1_a_campaign_expects_its_organisations_and_each_report_is_added_to_the_nearest_above(w: World) -> None:
    campaign = w.open()
    rows = CampaignReport.objects.filter(campaign=campaign).order_by("pk")
    assert [(one.organization, one.parent.organization if one.parent else None, one.level) for one in rows] == [
        (w.head, None, "federal"),
        (w.regions[0], w.head, "regional"),
        (w.regions[1], w.head, "regional"),
        (w.locals[0], w.regions[0], "local"),
        (w.locals[1], w.regions[0], "local"),
        (w.locals[2], w.regions[1], "local"),
    ]
    assert {(one.state, one.term) for one in rows} == {("empty", day(14))}
    year = timezone.localdate().year - 1
    assert (campaign.first, campaign.last) == (dt.date(year, 1, 1), dt.date(year, 12, 31))
    assert set(ReportStep.objects.values_list("kind", "term")) == {("opened", day(14))}
    event = Event.objects.get(action="campaign.opened")
    assert (event.organization, event.rule, event.facts) == (w.head, "N-S1", {"reports": 6})


def test_n_s1_ended_and_later_founded_organisations_and_other_levels_are_not_expected(w: World) -> None:
    year = timezone.localdate().year
    Organization.objects.filter(pk=w.locals[0].pk).update(status="ended", ended_on=day(-1))
    Organization.objects.filter(pk=w.locals[1].pk).update(founded_on=dt.date(year, 1, 1))
    Organization.objects.filter(pk=w.locals[2].pk).update(founded_on=dt.date(year - 1, 12, 31))
    trees.below(w.locals[2], Level.PRIMARY)
    campaign = w.open()
    found = CampaignReport.objects.filter(campaign=campaign, level="local")
    assert [one.organization for one in found] == [w.locals[2]]


@pytest.mark.both
def test_n_s3_reports_go_up_three_levels_to_a_frozen_total(w: World) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=10, a2=5)
    w.hand_up(campaign, w.locals[1], a1=20, a2=4)
    w.hand_up(campaign, w.locals[2], a1=30, a2=30)
    w.hand_up(campaign, w.regions[0], a1=1, a2=1)
    w.hand_up(campaign, w.regions[1])
    w.hand_in(campaign, w.head, a1=2, a2=0)
    assert total(campaign, w.regions[0]) == {"1": D(31), "2": D(10), "3": D("32.3"), "4": None}
    assert total(campaign, w.regions[1]) == {"1": D(30), "2": D(30), "3": D(100), "4": None}
    assert total(campaign, w.head) == {"1": D(63), "2": D(40), "3": D("63.5"), "4": None}
    assert of(campaign, w.head).sums == [of(campaign, one).pk for one in w.regions]
    closed = close_campaign(campaign.pk, by=w.chair(w.head))
    assert (closed.state, closed.closed_on, set(states(campaign))) == ("closed", day(0), {"frozen"})
    assert faults() == []
    for step in (fill_report, enter_figures):
        with refused("N-S1"):
            step(of(campaign, w.locals[0]).pk, by=w.chair(w.locals[0]), **ARGUMENTS[step])  # type: ignore[operator]
    with refused("N-S1"):
        return_report(of(campaign, w.locals[0]).pk, text="Поздно", term=day(3), by=w.chair(w.regions[0]))


ARGUMENTS = {fill_report: {"counted": {}}, enter_figures: {"values": {}, "reasons": {}}}


def test_n_s1_a_superior_hands_in_only_when_every_report_below_is_accepted_or_released(w: World) -> None:
    campaign = w.open()
    region, chair = of(campaign, w.regions[0]), w.chair(w.regions[0])
    w.hand_up(campaign, w.locals[0], a1=10)
    with refused("N-S1", match="1"):
        w.hand_in(campaign, w.regions[0])
    w.hand_in(campaign, w.locals[1], a1=5)
    with refused("N-S1", match="1"):
        complete_report(region.pk, by=chair)
    w.accept(campaign, w.locals[1])
    complete_report(region.pk, by=chair)
    assert total(campaign, w.regions[0])["1"] == D(15)


def test_n_s1_only_the_organisation_of_the_superior_report_accepts(w: World) -> None:
    campaign = w.open()
    w.hand_in(campaign, w.locals[0], a1=10)
    report = of(campaign, w.locals[0])
    with refused("N-S1", match="Область 1"):
        accept_report(report.pk, by=w.chair(w.head))
    with pytest.raises(CampaignReport.DoesNotExist):
        accept_report(report.pk, by=w.chair(w.regions[1]))
    with pytest.raises(NotAllowed):
        accept_report(report.pk, by=w.chair(w.locals[0]))
    with pytest.raises(NotAllowed):
        accept_report(report.pk, by=trees.officer(w.regions[0], Role.REVIEWER))
    # The head acts for a region that has no chair.
    Appointment.objects.filter(organization=w.regions[0]).delete()
    assert accept_report(report.pk, by=w.chair(w.head)).state == "accepted"


def test_n_s1_figures_are_entered_by_the_organisation_or_from_above_while_it_has_no_chair(w: World) -> None:
    campaign = w.open()
    report = of(campaign, w.locals[0])
    with refused("N-S1"):
        enter_figures(report.pk, values={"2": D(1)}, reasons={}, by=w.chair(w.regions[0]))
    Appointment.objects.filter(organization=w.locals[0]).delete()
    enter_figures(report.pk, values={"2": D(1)}, reasons={}, by=w.chair(w.regions[0]))
    assert (of(campaign, w.locals[0]).state, report.figures.get(line__code="2").value) == ("in_work", D(1))
    with pytest.raises(NotAllowed):
        enter_figures(report.pk, values={}, reasons={}, by=trees.officer(w.locals[0], Role.REVIEWER))
    with pytest.raises(CampaignReport.DoesNotExist):
        enter_figures(report.pk, values={}, reasons={}, by=w.chair(w.locals[1]))


def test_n_s1_an_accepted_report_is_returned_only_before_the_superior_has_handed_in(w: World) -> None:
    campaign = w.open()
    report = w.hand_up(campaign, w.locals[0], a1=10)
    w.hand_up(campaign, w.locals[1], a1=10)
    w.hand_in(campaign, w.regions[0])
    chair = w.chair(w.regions[0])
    with refused("N-S1", match=""):
        return_report(report.pk, text="Нет протокола", term=day(3), by=chair)
    take_report_back(of(campaign, w.regions[0]).pk, by=chair)
    returned = return_report(report.pk, text="Нет протокола", term=day(20), by=chair)
    assert (returned.state, returned.term, returned.sums) == ("returned", day(20), [])
    step = ReportStep.objects.filter(report=report).latest("pk")
    assert (step.kind, step.text, step.term, step.organization) == ("returned", "Нет протокола", day(20), w.regions[0])
    with refused("N-S1", match="1"):
        complete_report(of(campaign, w.regions[0]).pk, by=chair)
    w.hand_up(campaign, w.locals[0], a1=12)
    complete_report(of(campaign, w.regions[0]).pk, by=chair)
    assert total(campaign, w.regions[0])["1"] == D(22)


@pytest.mark.both
def test_n_s3_a_report_that_was_returned_stays_on_time(w: World) -> None:
    campaign = w.open()
    report = w.hand_in(campaign, w.locals[0])
    return_report(report.pk, text="Нет протокола", term=day(30), by=w.chair(w.regions[0]))
    with at(day(20)):
        w.hand_in(campaign, w.locals[0])
        w.hand_in(campaign, w.locals[1])
        assert (of(campaign, w.locals[0]).came_on_time, of(campaign, w.locals[1]).came_on_time) == (True, False)
        found = queries.progress(CampaignReport.objects.filter(campaign=campaign), day(20))[campaign.pk]
        assert found == queries.Progress(expected=6, received=2, on_time=1, late=4)
        assert found.share == 33
    assert of(campaign, w.locals[2]).came_on_time is None


@pytest.mark.parametrize(("days", "late"), [(14, False), (15, True)])
def test_n_s3_a_report_is_late_from_the_day_after_its_term(w: World, days: int, late: bool) -> None:
    campaign = w.open()
    report = of(campaign, w.locals[0])
    assert report.is_late(day(days)) is late
    assert CampaignReport.objects.late(day(days)).filter(pk=report.pk).exists() is late
    w.hand_in(campaign, w.locals[0])
    assert not of(campaign, w.locals[0]).is_late(day(100))


def test_n_s3_a_report_is_handed_in_from_the_last_day_of_its_period(w: World) -> None:
    today = timezone.localdate()
    with at(dt.date(today.year, 12, 30)):
        campaign = w.open(period=str(today.year), term=dt.date(today.year + 1, 1, 15))
        with refused("N-S1", match=f"31.12.{today.year}"):
            w.hand_in(campaign, w.locals[0])
    with at(dt.date(today.year, 12, 31)):
        assert complete_report(of(campaign, w.locals[0]).pk, by=w.chair(w.locals[0])).state == "complete"


def test_n_s3_a_value_typed_over_a_counted_one_needs_a_reason(w: World) -> None:
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    fill_report(report.pk, counted={"1": D(7)}, by=chair)
    figure = report.figures.get(line__code="1")
    assert (figure.computed, figure.value, of(campaign, w.locals[0]).counted_on) == (D(7), D(7), day(0))
    with refused("N-S3", field="1"):
        enter_figures(report.pk, values={"1": D(8)}, reasons={"1": "  "}, by=chair)
    enter_figures(report.pk, values={"1": D(8)}, reasons={"1": "Двое ещё не внесены"}, by=chair)
    figure.refresh_from_db()
    assert (figure.computed, figure.value, figure.reason) == (D(7), D(8), "Двое ещё не внесены")
    # After a recount, a value entered with a reason is kept; the reason is removed if both agree.
    fill_report(report.pk, counted={"1": D(9)}, by=chair)
    figure.refresh_from_db()
    assert (figure.computed, figure.value, figure.reason) == (D(9), D(8), "Двое ещё не внесены")
    fill_report(report.pk, counted={"1": D(8)}, by=chair)
    figure.refresh_from_db()
    assert (figure.computed, figure.value, figure.reason) == (D(8), D(8), "")
    enter_figures(report.pk, values={"1": D(8)}, reasons={"1": "лишнее"}, by=chair)
    figure.refresh_from_db()
    assert figure.reason == ""


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("-1", "negative"), ("1.5", "whole"), ("10000000000001", "large"), ("NaN", "large"), ("Infinity", "large")],
)
def test_n_s3_impossible_figures_are_refused(value: str, sentence: str) -> None:
    with refused("N-S3", field="2", match=sentence):
        figure_rules.check_value(ReportLine(code="2", unit="people"), D(value))
    assert figure_rules.check_value(ReportLine(code="2", unit="people"), D("10000000000000")) == D(10) ** 13
    assert figure_rules.check_value(ReportLine(code="2", unit="roubles", decimals=2), D("-1.25")) == D("-1.25")


def test_n_s3_a_report_needs_its_required_lines_and_agreeing_figures(w: World) -> None:
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    fill_report(report.pk, counted={"1": D(7)}, by=chair)
    with refused("N-S3", match="not filled in yet: 2"):
        complete_report(report.pk, by=chair)
    enter_figures(report.pk, values={"2": D(8)}, reasons={}, by=chair)
    with refused("N-S3", match="Обученных не больше"):
        complete_report(report.pk, by=chair)
    ReportCheck.objects.update(blocks=False)
    assert complete_report(report.pk, by=chair).state == "complete"


def test_n_s3_an_empty_report_is_handed_in_with_a_note_only(w: World) -> None:
    ReportLine.objects.update(required=False)
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    with refused("N-S3", field="note"):
        complete_report(report.pk, by=chair)
    complete_report(report.pk, note="Организация не работала.", by=chair)
    assert ReportStep.objects.filter(report=report).latest("pk").text == "Организация не работала."


def test_n_s3_two_pages_of_a_report_do_not_overwrite_each_other(w: World) -> None:
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    enter_figures(report.pk, values={"2": D(1)}, reasons={}, version=report.version, by=chair)
    with pytest.raises(StaleVersion):
        enter_figures(report.pk, values={"2": D(2)}, reasons={}, version=report.version, by=chair)
    assert report.figures.get(line__code="2").value == D(1)


def test_n_s1_a_released_organisation_is_not_expected_and_its_subordinates_report_to_the_one_above(w: World) -> None:
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=10)
    region = of(campaign, w.regions[0])
    with refused("N-S3", field="text"):
        release_report(region.pk, text=" ", by=w.chair(w.head))
    release_report(region.pk, text="Нет связи", by=w.chair(w.head))
    head = of(campaign, w.head)
    assert (of(campaign, w.regions[0]).state, of(campaign, w.locals[0]).parent) == ("released", head)
    with refused("N-S1"):
        fill_report(region.pk, counted={}, by=w.chair(w.regions[0]))
    assert queries.own_units(head) == [w.head.pk, w.regions[0].pk]
    w.hand_in(campaign, w.locals[1], a1=3)
    accept_report(of(campaign, w.locals[1]).pk, by=w.chair(w.head))
    w.hand_up(campaign, w.locals[2], a1=4)
    w.hand_up(campaign, w.regions[1])
    w.hand_in(campaign, w.head)
    assert total(campaign, w.head)["1"] == D(17)
    close_campaign(campaign.pk, by=w.chair(w.head))
    assert states(campaign) == ["frozen", "released", "frozen", "frozen", "frozen", "frozen"]
    assert faults() == []


def test_n_s1_accepted_reports_cannot_be_released_and_the_total_never(w: World) -> None:
    campaign = w.open()
    report = w.hand_up(campaign, w.locals[0])
    with refused("N-S1"):
        release_report(report.pk, text="Ошибка", by=w.chair(w.regions[0]))
    with refused("N-S1"):
        rules.check_can_release(of(campaign, w.head), w.chair(w.head))


@pytest.mark.both
def test_n_s1_many_reports_are_accepted_at_once_or_none(w: World) -> None:
    campaign = w.open()
    first, second = w.hand_in(campaign, w.locals[0]), of(campaign, w.locals[1])
    chair = w.chair(w.regions[0])
    with refused("N-S1"):
        accept_reports([first.pk, second.pk], by=chair)
    assert of(campaign, w.locals[0]).state == "complete"
    w.hand_in(campaign, w.locals[1])
    assert accept_reports([first.pk, second.pk, of(campaign, w.locals[2]).pk], by=chair) == 2
    assert {of(campaign, one).state for one in w.locals[:2]} == {"accepted"}
    assert Event.objects.filter(action="report.accepted").count() == 2
    with refused("N-S1"):
        accept_reports([], by=chair)
    with refused("N-S1", match="500"):
        rules.check_at_once(range(501))
    rules.check_at_once(range(500))


def test_n_s1_late_organisations_are_reminded_once_a_day(w: World) -> None:
    campaign = w.open()
    w.hand_in(campaign, w.locals[0])
    ids = [of(campaign, one).pk for one in w.locals]
    assert remind_reports(ids, by=w.chair(w.head)) == 2
    with refused("N-S1"):
        remind_reports(ids, by=w.chair(w.head))
    assert of(campaign, w.locals[1]).reminded_on == day(0)
    assert of(campaign, w.locals[0]).reminded_on is None
    with at(day(1)):
        assert remind_reports(ids, by=w.chair(w.regions[0])) == 1
    with refused("N-S1"):
        remind_reports([of(campaign, w.locals[1]).pk], by=w.chair(w.locals[1]))


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (366, True), (367, False)])
def test_n_s1_the_term_is_within_a_year(w: World, days: int, allowed: bool) -> None:
    if allowed:
        assert w.open(term=day(days)).term == day(days)
        return
    with refused("N-S1", field="term"):
        w.open(term=day(days))


def test_n_s1_the_term_is_not_before_the_end_of_the_period() -> None:
    today, last = dt.date(2040, 5, 1), dt.date(2040, 6, 30)
    with refused("N-S1", field="term"):
        rules.check_term(dt.date(2040, 6, 29), last, today)
    assert rules.check_term(last, last, today) == last
    with refused("N-S1", field="period"):
        rules.check_term(dt.date(2041, 12, 31), dt.date(2041, 12, 31), today)


def test_n_s1_campaigns_need_an_issued_form_a_period_that_is_free_and_organisations_below(w: World) -> None:
    with refused("N-S1", field="period"):
        w.open(period="2020Q1")
    campaign = w.open()
    with refused("N-S1", field="period"):
        w.open()
    cancel_campaign(campaign.pk, text="Ошибка в форме", by=w.chair(w.head))
    assert w.open().pk != campaign.pk
    w.form.state = "draft"
    w.form.save()
    with refused("N-S1", field="form"):
        w.open(period=str(int(last_year()) - 1))
    w.form.state, w.form.levels = "issued", ["primary"]
    w.form.save()
    with refused("N-S1", field="form"):
        w.open(period=str(int(last_year()) - 1))
    with pytest.raises(type(w.form).DoesNotExist):
        open_campaign(w.form.pk, period=last_year(), term=day(1), by=w.chair(w.regions[0]))
    with pytest.raises(NotAllowed):
        w.open(by=trees.officer(w.head, Role.REGISTRAR), period=str(int(last_year()) - 1))
    with refused("N-S1"):
        rules.check_runs(w.locals[0])


def test_n_s1_a_new_term_holds_for_reports_that_are_not_handed_in(w: World) -> None:
    campaign = w.open()
    w.hand_in(campaign, w.locals[0])
    report = w.hand_in(campaign, w.locals[1])
    return_report(report.pk, text="Нет протокола", term=day(40), by=w.chair(w.regions[0]))
    change_term(campaign.pk, term=day(30), by=w.chair(w.head))
    found = [of(campaign, one).term for one in w.locals]
    assert found == [day(14), day(40), day(30)]


def test_n_s1_nothing_is_entered_in_a_cancelled_campaign(w: World) -> None:
    campaign = w.open()
    with refused("N-S3", field="text"):
        cancel_campaign(campaign.pk, text="", by=w.chair(w.head))
    cancel_campaign(campaign.pk, text="Ошибка в форме", by=w.chair(w.head))
    with refused("N-S1"):
        enter_figures(of(campaign, w.locals[0]).pk, values={"2": D(1)}, reasons={}, by=w.chair(w.locals[0]))
    assert ReportFigure.objects.count() == 0
    for step in (close_campaign, lambda pk, by: change_term(pk, term=day(3), by=by)):
        with refused("N-S1"):
            step(campaign.pk, by=w.chair(w.head))
    with refused("N-S1"):
        cancel_campaign(campaign.pk, text="Ещё раз", by=w.chair(w.head))


def test_n_s1_a_campaign_is_closed_with_its_total_only(w: World) -> None:
    campaign = w.open()
    with refused("N-S1"):
        close_campaign(campaign.pk, by=w.chair(w.head))
    with pytest.raises(NotAllowed):
        close_campaign(campaign.pk, by=w.chair(w.regions[0]))
    assert of(campaign, w.head).state == ReportState.EMPTY


def test_n_s3_a_reminder_and_a_new_term_leave_an_open_page_valid(w: World) -> None:
    campaign = w.open()
    report = of(campaign, w.locals[0])
    remind_reports([report.pk], by=w.chair(w.regions[0]))
    change_term(campaign.pk, term=day(30), by=w.chair(w.head))
    enter_figures(report.pk, values={"2": D(1)}, reasons={}, version=report.version, by=w.chair(w.locals[0]))
    assert report.figures.get(line__code="2").value == D(1)


def test_n_s3_each_report_of_a_bulk_change_has_its_history(w: World) -> None:
    campaign = w.open()
    reports = [w.hand_in(campaign, place) for place in w.locals[:2]]
    accept_reports([one.pk for one in reports], by=w.chair(w.regions[0]))
    for one in reports:
        rows = list(one.history.order_by("-history_id").values_list("state", "version", "history_change_reason"))
        assert rows[0] == ("accepted", one.version + 1, "N-S1")
        assert rows[1][:2] == ("complete", one.version)
        assert one.history.order_by("-history_id")[0].history_user == w.chair(w.regions[0]).account
        one.refresh_from_db()
        assert (one.state, one.version) == rows[0][:2]
