"""Pages of campaigns and reports: steps offered to each reader, and input that is kept (N-S1, N-S3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from registry.access import Actor
from registry.campaigns.enums import PeriodKind
from registry.campaigns.forms.reports import number_of, number_text, periods_for, proposed_period
from registry.campaigns.models import Campaign, CampaignReport, ReportLine
from registry.campaigns.periods import Period
from registry.campaigns.transitions.campaigns import cancel_campaign
from registry.campaigns.transitions.reports import enter_figures, fill_report, return_report
from registry.campaigns.views.campaigns import MAX_OPEN
from registry.campaigns.views.campaigns import ROWS as MAX_ROWS
from registry.days import day_text
from registry.enums import Role
from registry.tasks import matters_of, tasks_for
from tests.members.full_lists import copies
from tests.members.places import signed_in
from tests.registry import trees

from .worlds import World, day, last_year, of, total, world

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def page(actor: Actor, name: str, pk: int | None = None, **query: Any) -> Any:
    answer = signed_in(actor).get(reverse(f"campaigns:{name}", args=[] if pk is None else [pk]), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer


def send(actor: Actor, name: str, pk: int, query: str = "", **data: Any) -> Any:
    answer = signed_in(actor).post(reverse(f"campaigns:{name}", args=[pk]) + query, data)
    assert answer.status_code in {200, 302}, (name, answer.status_code)
    return answer


def lines_of(w: World) -> dict[str, ReportLine]:
    return {line.code: line for line in w.form.lines.all()}


def typed(w: World, report: CampaignReport, *, do: str = "save", **figures: str) -> dict[str, Any]:
    """Return the data that the page sends; «a2» is the value of line 2, «r1» the reason of line 1."""
    lines, report = lines_of(w), of(report.campaign, report.organization)
    data: dict[str, Any] = {"version": report.version, "do": do}
    for name, value in figures.items():
        kind = {"a": "value", "r": "reason"}.get(name[0])
        data[f"{kind}-{lines[name[1:]].pk}" if kind else name] = value
    return data


def own(report: CampaignReport) -> dict[str, Decimal | None]:
    return dict(report.figures.values_list("line__code", "value"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("  ", None), ("12", "12"), ("1 234,50", "1234.50"), ("1\u00a0234.5", "1234.5"), ("−3", "-3"),
        ("1 000 ₽", "1000"), ("99,9 %", "99.9"), ("+7", "7"),
    ],
)  # fmt: skip
def test_n_s3_a_number_is_read_as_it_is_typed(text: str, value: str | None) -> None:
    assert number_of(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "text", ["двенадцать", "1,2,3", "1.2.3", "1e5", "0x10", "NaN", "∞", "1,1234567", "1" * 16, "²"]
)
def test_n_s3_other_text_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        number_of(text)


def test_n_s3_a_figure_has_the_digits_of_its_line() -> None:
    with override("ru"):
        assert number_text(Decimal("1234.5"), ReportLine(decimals=2)) == "1\u00a0234,50"
        assert number_text(Decimal("1234.5"), ReportLine(decimals=2), grouped=False) == "1234,50"
        assert number_text(None, ReportLine(decimals=0)) == ""


def test_n_s1_periods_are_offered_from_the_present_one_back() -> None:
    today = day(0).replace(month=5, day=17)
    years = periods_for(PeriodKind.YEAR, today)
    assert [one.key for one in years] == [str(today.year - back) for back in range(4)]
    assert proposed_period(PeriodKind.YEAR, today).key == str(today.year - 1)
    days = periods_for(PeriodKind.DAY, today)
    assert [days[0].key, days[1].key] == [f"{today.year + 1}-01-01", f"{today.year}-05-01"]
    for month, year in ((6, today.year), (7, today.year + 1)):
        assert proposed_period(PeriodKind.DAY, today.replace(month=month)).key == f"{year}-01-01"
    for kind in PeriodKind:
        found = periods_for(kind, today)
        assert proposed_period(kind, today) in found
        assert [Period.parse(one.key, kind) for one in found] == found


@pytest.mark.both
def test_n_s1_a_campaign_opens_after_a_question_with_the_number_of_organisations() -> None:
    w = world()
    chair = w.chair(w.head)
    assert page(chair, "list").context["may_run"]
    assert page(chair, "open").context["has_forms"]
    answer = signed_in(chair).get(reverse("campaigns:open"), {"form": w.form.pk})
    assert answer.headers["location"] == reverse("campaigns:open_by", args=[w.form.pk])
    values = {"period": last_year(), "term": day_text(day(14))}
    asked = send(chair, "open_by", w.form.pk, **values)
    assert (asked.context["expected"], Campaign.objects.count()) == (6, 0)
    assert [number for _label, number in asked.context["facts"][2:]] == [1, 2, 3]
    answer = send(chair, "open_by", w.form.pk, **values, sure="1")
    campaign = Campaign.objects.get()
    assert answer.headers["location"] == reverse("campaigns:detail", args=[campaign.pk])
    assert (campaign.period, campaign.term, campaign.reports.count()) == (last_year(), day(14), 6)
    # A period that already has a campaign is not offered again.
    offered = page(chair, "open_by", w.form.pk).context["form"].fields["period"].choices
    assert last_year() not in dict(offered)
    refused = send(chair, "open_by", w.form.pk, period=str(day(0).year - 2), term=day_text(day(-1)))
    assert list(refused.context["form"].errors) == ["term"]


def test_n_s1_only_those_who_run_campaigns_are_offered_them() -> None:
    w = world()
    w.open()
    assert page(w.chair(w.regions[0]), "list").context["may_run"]
    assert not page(w.chair(w.locals[0]), "list").context["may_run"]
    reviewer = trees.officer(w.head, Role.REVIEWER, "Ревизорова")
    assert not page(reviewer, "list").context["may_run"]
    assert signed_in(reviewer).get(reverse("campaigns:open")).status_code == 403
    # The chair of an organisation that keeps cards gets an explanation, and no link to forms that they cannot create.
    for name in ("open", "forms"):
        refused = page(w.chair(w.locals[0]), name)
        assert refused.context["refused"].rule == "N-S1"
        assert "Возьмите готовый образец" not in refused.content.decode()
    assert page(w.chair(w.regions[0]), "open").context["refused"] is None
    # A form of another organisation cannot open a campaign.
    answer = signed_in(w.chair(w.regions[0])).get(reverse("campaigns:open_by", args=[w.form.pk]))
    assert answer.status_code == 404


@pytest.mark.both
def test_n_s1_the_list_has_first_what_is_to_be_filled_and_then_the_progress() -> None:
    w = world()
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=5, a2=1)
    local = page(w.chair(w.locals[1]), "list").context
    assert [(one.organization, late) for one, late in local["to_fill"]] == [(w.locals[1], False)]
    region = page(w.chair(w.regions[0]), "list").context["open"]
    assert [(one.own.organization, one.progress.expected, one.progress.received, one.progress.accepted)
            for one in region] == [(w.regions[0], 3, 1, 1)]  # fmt: skip
    (head,) = page(w.chair(w.head), "list").context["open"]
    assert (head.progress.expected, head.progress.on_time, head.progress.late) == (6, 1, 0)
    assert page(w.chair(w.locals[0]), "list").context["to_fill"] == []
    reviewer = trees.officer(w.locals[1], Role.REVIEWER, "Ревизорова")
    assert page(reviewer, "list").context["to_fill"] == []
    cancel_campaign(campaign.pk, text="Ошибка", by=w.chair(w.head))
    over = page(w.chair(w.locals[1]), "list").context
    assert ([one.campaign for one in over["over"]], over["open"], over["to_fill"]) == ([campaign], [], [])


@pytest.mark.both
def test_n_s1_a_campaign_is_walked_down_and_filtered() -> None:
    w = world()
    campaign = w.open()
    w.hand_up(campaign, w.locals[1], a1=5, a2=1)
    w.hand_in(campaign, w.locals[0], a1=5, a2=1)
    rows = page(w.chair(w.head), "detail", campaign.pk).context["rows"]
    assert {(row.report.organization, row.below.received, row.below.expected) for row in rows} == {
        (w.regions[0], 2, 2), (w.regions[1], 0, 1),
    }  # fmt: skip
    first = next(row for row in rows if row.report.organization == w.regions[0])
    answer = signed_in(w.chair(w.head)).get(first.below_url)
    assert [row.report.organization for row in answer.context["rows"]] == [w.locals[0], w.locals[1]]
    assert [name for name, _url in answer.context["way"]] == [w.head.short_name]
    assert answer.context["progress"].expected == 3
    # The region's path starts at itself.
    assert page(w.chair(w.regions[0]), "detail", campaign.pk).context["way"] == []
    for query, found in (
        ({"state": "accepted"}, [w.locals[1]]),
        ({"state": "complete"}, [w.locals[0]]),
        ({"state": "not_received"}, []),
        ({"late": "on"}, []),
    ):
        rows = page(w.chair(w.regions[0]), "detail", campaign.pk, **query).context["rows"]
        assert [row.report.organization for row in rows] == found, query
    CampaignReport.objects.filter(campaign=campaign).update(term=day(-1))
    rows = page(w.chair(w.head), "detail", campaign.pk, at=w.regions[1].pk, late="on").context["rows"]
    assert [(row.report.organization, row.late) for row in rows] == [(w.locals[2], True)]


@pytest.mark.both
@pytest.mark.parametrize("at", ["", "0", "x", "999999999999999999999"])
def test_n_h1_another_place_of_a_campaign_is_not_found(at: str) -> None:
    w = world()
    campaign = w.open()
    client = signed_in(w.chair(w.regions[0]))
    for place in (at, w.regions[1].pk, w.locals[2].pk, w.head.pk):
        assert client.get(reverse("campaigns:detail", args=[campaign.pk]), {"at": place}).status_code == 404


@pytest.mark.both
def test_n_s1_chosen_reports_are_accepted_and_late_ones_reminded() -> None:
    w = world()
    campaign = w.open()
    first, second = (of(campaign, place) for place in w.locals[:2])
    w.hand_in(campaign, w.locals[0], a1=5, a2=1)
    region = w.chair(w.regions[0])
    assert page(region, "detail", campaign.pk).context["may_accept"]
    # Higher organisations cannot accept in place of the region, because it has a chair.
    above = page(w.chair(w.head), "detail", campaign.pk, at=w.regions[0].pk).context
    assert (above["may_accept"], above["may_remind"]) == (False, True)
    send(region, "chosen", campaign.pk, action="accept", selected=[first.pk, second.pk])
    assert [of(campaign, place).state for place in w.locals[:2]] == ["accepted", "empty"]
    send(region, "chosen", campaign.pk, action="remind", selected=[first.pk, second.pk])
    assert [of(campaign, place).reminded_on for place in w.locals[:2]] == [None, day(0)]
    CampaignReport.objects.filter(campaign=campaign).update(term=day(-1))
    send(w.chair(w.head), "chosen", campaign.pk, action="remind_late")
    reminded = CampaignReport.objects.filter(reminded_on=day(0)).order_by("pk")
    assert [one.organization for one in reminded] == [w.regions[0], w.regions[1], w.locals[1], w.locals[2]]
    answer = signed_in(w.chair(w.head)).post(
        reverse("campaigns:chosen", args=[campaign.pk]), {"action": "remind_late"}, follow=True
    )
    assert "Напоминать некому" in answer.content.decode()
    foreign = trees.officer(w.locals[2], Role.DEPUTY, "Заместителева")
    assert signed_in(foreign).post(
        f"{reverse('campaigns:chosen', args=[campaign.pk])}?at={w.regions[0].pk}", {"action": "remind", "all": "1"}
    ).status_code == 404  # fmt: skip


@pytest.mark.both
def test_n_s3_own_figures_are_typed_saved_and_handed_in_with_one_button() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    fill_report(report.pk, counted={"1": Decimal(7)}, by=chair)
    send(chair, "report", report.pk, **typed(w, report, a1="7", a2=" 5,0 ", a4="", do="save"))
    report = of(campaign, w.locals[0])
    assert (report.state, own(report)) == ("in_work", {"1": 7, "2": 5, "4": None})
    answer = send(chair, "report", report.pk, **typed(w, report, a1="7", a2="6", a4="1 000", do="complete"))
    assert answer.headers["location"] == reverse("campaigns:report", args=[report.pk])
    report = of(campaign, w.locals[0])
    assert (report.state, total(campaign, w.locals[0])["2"], own(report)["4"]) == ("complete", 6, 1000)
    context = page(chair, "report", report.pk).context
    assert (context["can_fill"], context["can_take_back"]) == (False, True)
    send(chair, "take_back", report.pk)
    assert of(campaign, w.locals[0]).state == "in_work"


def test_n_s3_the_registry_counts_at_the_button_and_what_was_typed_is_saved_first() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    w.form.lines.filter(code="1").update(indicator="members.end")
    send(chair, "report", report.pk, **typed(w, report, a1="", a2="0", do="fill"))
    report = of(campaign, w.locals[0])
    assert (own(report)["1"], own(report)["2"], report.counted_on) == (0, 0, day(0))


def test_n_s3_a_wrong_number_keeps_everything_that_was_typed() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    answer = send(chair, "report", report.pk, **typed(w, report, a2="пять", a4="12", note="Пояснение", do="complete"))
    shown = {one.line.code: one for _section, lines in answer.context["sections"] for one in lines}
    assert (shown["2"].value, shown["4"].value, answer.context["form"].note) == ("пять", "12", "Пояснение")
    assert shown["2"].error
    assert own(of(campaign, w.locals[0])) == {}
    answer = send(chair, "report", report.pk, **typed(w, report, a2="-5", a4="12"))
    shown = {one.line.code: one for _section, lines in answer.context["sections"] for one in lines}
    assert (shown["2"].value, shown["4"].value, bool(shown["2"].error)) == ("-5", "12", True)
    assert own(of(campaign, w.locals[0])) == {}


def test_n_s3_another_figure_than_the_counted_one_asks_for_a_reason() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    fill_report(report.pk, counted={"1": Decimal(7)}, by=chair)
    answer = send(chair, "report", report.pk, **typed(w, report, a1="8"))
    (one,) = [one for _section, lines in answer.context["sections"] for one in lines if one.line.code == "1"]
    assert (one.asks_reason, one.value, bool(one.error)) == (True, "8", True)
    send(chair, "report", report.pk, **typed(w, report, a1="8", r1="Двое без карточек"))
    assert own(of(campaign, w.locals[0]))["1"] == 8
    (one,) = [one for _section, lines in page(chair, "report", report.pk).context["sections"]
              for one in lines if one.line.code == "1"]  # fmt: skip
    assert (one.reason, one.counted) == ("Двое без карточек", "7")


def test_n_s1_what_is_typed_stands_beside_what_another_has_saved() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    data = typed(w, report, a2="3", a4="9")
    deputy = trees.officer(w.locals[0], Role.DEPUTY, "Заместителева")
    enter_figures(report.pk, values={"2": Decimal(4)}, reasons={}, by=deputy)
    answer = send(chair, "report", report.pk, **data)
    assert answer.context["form"].is_stale
    shown = {one.line.code: one for _section, lines in answer.context["sections"] for one in lines}
    assert [(shown[code].value, shown[code].stored) for code in ("2", "4")] == [("3", "4"), ("9", "—")]
    assert own(of(campaign, w.locals[0]))["2"] == 4
    # With the version shown now, it is saved.
    send(chair, "report", report.pk, **{**data, "version": answer.context["report"].version})
    assert own(of(campaign, w.locals[0]))["2"] == 3


def test_n_s1_nothing_typed_is_lost_when_the_campaign_ends_meanwhile() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    data = typed(w, report, a2="3", a4="")
    cancel_campaign(campaign.pk, text="Ошибка", by=w.chair(w.head))
    answer = send(chair, "report", report.pk, **data)
    shown = {one.line.code: one for _section, lines in answer.context["sections"] for one in lines}
    assert (shown["2"].typed, shown["2"].own, shown["4"].typed) == ("3", "", "")
    (said,) = answer.context["form"].general
    assert said
    assert not answer.context["can_fill"]


def test_n_s1_the_superior_accepts_returns_and_does_without() -> None:
    w = world()
    campaign = w.open()
    region = w.chair(w.regions[0])
    report = w.hand_in(campaign, w.locals[0], a1=5, a2=1)
    context = page(region, "report", report.pk).context
    assert (context["can_accept"], "return_form" in context, "release_form" in context) == (True, True, True)
    for stranger in (w.chair(w.locals[0]), w.chair(w.head)):
        context = page(stranger, "report", report.pk).context
        assert (context["can_accept"], "return_form" in context) == (False, False)
    answer = send(region, "return", report.pk, text="", term=day_text(day(5)))
    assert list(answer.context["return_form"].errors) == ["text"]
    send(region, "return", report.pk, text="Проверьте", term=day_text(day(5)))
    context = page(w.chair(w.locals[0]), "report", report.pk).context
    assert (context["report"].state, context["returned"].text) == ("returned", "Проверьте")
    other = of(campaign, w.locals[1])
    send(region, "release", other.pk, text="Нет связи")
    assert of(campaign, w.locals[1]).state == "released"
    w.hand_in(campaign, w.locals[0], a1=5, a2=1)
    send(region, "accept", report.pk)
    assert of(campaign, w.locals[0]).state == "accepted"


@pytest.mark.both
def test_n_s3_the_report_above_shows_what_is_added_and_the_year_before() -> None:
    w = world()
    before = w.open(period=str(day(0).year - 2))
    w.hand_up(before, w.locals[2], a1=10, a2=2)
    w.hand_up(before, w.regions[1], a1=1, a2=1)
    campaign = w.open()
    w.hand_up(campaign, w.locals[2], a1=20, a2=3)
    report, chair = of(campaign, w.regions[1]), w.chair(w.regions[1])
    fill_report(report.pk, counted={"1": Decimal(2)}, by=chair)
    context = page(chair, "report", report.pk).context
    shown = {one.line.code: one for _section, lines in context["sections"] for one in lines}
    assert [(one.own, one.below, one.total, one.previous) for one in (shown["1"], shown["2"])] == [
        ("2", "20", "22", "11"), ("", "3", "3", "3"),
    ]  # fmt: skip
    w.hand_in(campaign, w.regions[1], a1=2, a2=0)
    assert [one.organization for one in page(chair, "report", report.pk).context["summed"]] == [w.locals[2]]


def test_n_s3_broken_checks_are_named_and_block() -> None:
    w = world()
    campaign = w.open()
    report, chair = of(campaign, w.locals[0]), w.chair(w.locals[0])
    fill_report(report.pk, counted={"1": Decimal(1)}, by=chair)
    answer = send(chair, "report", report.pk, **typed(w, report, a1="1", a2="3", do="complete"))
    assert [one.sentence for one in answer.context["broken"]] == ["Обученных не больше, чем членов."]
    assert (answer.context["broken_tone"], answer.context["form"].general != []) == ("bad", True)
    # The input is saved; only handing in is refused.
    assert (of(campaign, w.locals[0]).state, own(of(campaign, w.locals[0]))["2"]) == ("in_work", 3)


def counts_only(w: World, level: str) -> None:
    federation = w.head.federation
    federation.charter_values = {"counts_only": [level]}
    federation.save()


def again(actor: Actor) -> Actor:
    assert actor.appointment is not None
    return Actor.of(type(actor.account).objects.get(pk=actor.account.pk))  # type: ignore[union-attr]


def test_n_s3_those_who_see_counts_alone_see_no_figures_of_others_and_no_small_ones() -> None:
    w = world()
    campaign = w.open()
    w.hand_up(campaign, w.locals[0], a1=3, a2=1)
    w.hand_up(campaign, w.locals[1], a1=20, a2=0)
    counts_only(w, "regional")
    chair = again(w.chair(w.regions[0]))
    assert chair.sees_counts_only
    other = page(chair, "report", of(campaign, w.locals[0]).pk)
    assert (other.context["shows_figures"], other.context["sections"][0][1][0].own) == (False, "скрыто")
    mine = page(chair, "report", of(campaign, w.regions[0]).pk).context
    shown = {one.line.code: one for _section, lines in mine["sections"] for one in lines}
    assert [(shown[code].below, shown[code].total) for code in ("1", "2", "3")] == [
        ("23", "23"), ("скрыто", "скрыто"), ("", "скрыто"),
    ]  # fmt: skip
    assert mine["hides_small"]
    # An entered figure that is hidden can be replaced, and is kept if the field is left empty.
    report = of(campaign, w.regions[0])
    fill_report(report.pk, counted={"1": Decimal(0)}, by=chair)
    enter_figures(report.pk, values={"2": Decimal(2)}, reasons={}, by=chair)
    send(chair, "report", report.pk, **typed(w, report, a1="0", a2="", a4="6"))
    assert (own(of(campaign, w.regions[0]))["2"], own(of(campaign, w.regions[0]))["4"]) == (2, 6)


@pytest.mark.both
def test_n_s2_tasks_of_the_chair_and_of_the_superior() -> None:
    w = world()
    campaign = w.open()
    local, region = w.chair(w.locals[0]), w.chair(w.regions[0])

    def tasks(actor: Actor) -> list[tuple[str, Any]]:
        return [(task.text, task.due) for task in tasks_for(actor) if "/campaigns/" in task.action_url]

    assert tasks(local) == [("Заполните отчёт:", day(14))]
    assert tasks(region) == [("Заполните отчёт:", day(14))]
    report = w.hand_in(campaign, w.locals[0], a1=1, a2=1)
    assert tasks(local) == []
    assert ("Примите 1 отчёт", day(14)) in tasks(region)
    assert [kind.key for kind in matters_of(region) if kind.key == "reports"] == ["reports"]
    (found,) = next(kind for kind in matters_of(region) if kind.key == "reports").rows(region, day(0))
    assert found == report
    return_report(report.pk, text="Проверьте", term=day(3), by=region)
    assert tasks(local) == [("Заполните отчёт:", day(3))]
    assert not any("Примите" in text for text, _due in tasks(region))
    CampaignReport.objects.filter(pk=report.pk).update(term=day(-1))
    assert ("1 организация опаздывает с отчётом", day(-1)) in tasks(region)
    assert not any("опаздыва" in text for text, _due in tasks(w.chair(w.head)))
    cancel_campaign(campaign.pk, text="Ошибка", by=w.chair(w.head))
    assert (tasks(local), tasks(region)) == ([], [])
    # Reviewers have no tasks about reports.
    assert tasks(trees.officer(w.regions[0], Role.REVIEWER, "Ревизорова")) == []


def test_n_s1_pages_ask_the_same_number_of_queries_for_more_reports() -> None:
    def asked(more: int) -> list[int]:
        w = world()
        for number in range(more):
            trees.below(w.regions[0], "local", f"Ещё район {more} {number}")
        campaign = w.open()
        client, found = signed_in(w.chair(w.head)), []
        for url in (
            reverse("campaigns:list"),
            f"{reverse('campaigns:detail', args=[campaign.pk])}?at={w.regions[0].pk}",
            reverse("campaigns:report", args=[of(campaign, w.regions[0]).pk]),
        ):
            client.get(url)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(url).status_code == 200
            found.append(len(captured))
        return found

    assert asked(0) == asked(8)


def test_n_s1_full_pages_stay_short() -> None:
    w = world()
    for number in range(MAX_ROWS):
        trees.below(w.regions[0], "local", f"Верхнепышминская районная организация № {number}")
    campaign = w.open()
    client = signed_in(w.chair(w.head))
    below = client.get(f"{reverse('campaigns:detail', args=[campaign.pk])}?at={w.regions[0].pk}")
    assert (len(below.context["rows"]), below.context["page"].paginator.count) == (MAX_ROWS, MAX_ROWS + 2)
    assert len(below.content) < 60 * 1024
    years = [{"period": str(1990 + at), "state": "cancelled"} for at in range(MAX_ROWS + 1)]
    others = [{"period": str(1950 + at)} for at in range(MAX_OPEN)]
    report = of(campaign, w.head)
    for made in copies(campaign, *years, *others):
        copies(report, {"campaign": made})
    listed = client.get(reverse("campaigns:list"))
    counted = {name: len(listed.context[name]) for name in ("open", "over", "to_fill")}
    assert (counted, listed.context["most"]) == ({"open": MAX_OPEN, "over": MAX_ROWS, "to_fill": MAX_OPEN}, MAX_OPEN)
    assert len(listed.content) < 60 * 1024
