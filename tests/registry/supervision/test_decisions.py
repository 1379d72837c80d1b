"""The queue of decisions: the rows of the tasks, with terms, for those who can decide (N-H1, N-S2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dues.contributions.rules import Term
from dues.contributions.transitions import set_contribution
from dues.distribution.transitions import draw_act
from members.admission.transitions.applications import note_notified
from members.meetings.enums import ItemKind
from members.meetings.transitions import agenda
from members.meetings.transitions.appeals import receive_appeal
from members.meetings.transitions.decisions import put_forward
from members.movement.transitions.transfers import request_departure
from members.reconciliation.transitions.proposals import propose
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Level, Role
from registry.organizations.models import Organization, RenameRequest
from registry.organizations.transitions.charters import change_charter
from registry.organizations.transitions.renames import ask_rename, decide_rename
from registry.supervision.views import decisions
from registry.tasks import matters_of, tasks_for
from tests.clock import at
from tests.documents.ecards.cards_world import cards_world
from tests.dues.distribution.world import TODAY, UNTIL, sharing
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import signed_in
from tests.registry import trees

# Rules and screens: not run on PostgreSQL, because the tasks use the same querysets.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def queue(actor: Actor, **query: str) -> Any:
    answer = signed_in(actor).get(reverse("supervision:decisions"), query)
    assert answer.status_code == 200
    return answer


def shown(actor: Actor, **query: str) -> list[tuple[str, str]]:
    """Return the kind and the organisation of each row."""
    return [(label, matter.place.short_name) for label, matter in queue(actor, **query).context["page"].object_list]


def rename(place: Organization, name: str = "Иное имя") -> RenameRequest:
    chair = trees.officer(place, Role.CHAIR, "Титова")
    return ask_rename(place.pk, full_name=f"Полное {name}", short_name=name, by=chair)


def test_u_3_a_rename_request_has_ten_days_and_goes_when_it_is_decided() -> None:
    with at("2040-03-01"):
        place = places.voi()
        local = trees.below(place.region, Level.LOCAL, "Дальняя МО ВОИ")
        asked = rename(local)
        ((label, matter),) = queue(place.region_chair).context["page"].object_list
        assert (label, matter.place, matter.came_on, matter.due) == (
            "Названия организаций", local, dt.date(2040, 3, 1), dt.date(2040, 3, 11),
        )  # fmt: skip
    for day, term, tone in (("2040-03-10", "1 день", "warn"), ("2040-03-11", "сегодня", "bad"),
                            ("2040-03-12", "просрочено на 1 день", "bad")):  # fmt: skip
        with at(day):
            ((_label, matter),) = queue(place.region_chair).context["page"].object_list
            assert (str(matter.term), matter.tone) == (term, tone)
    decide_rename(asked.pk, accept=False, reason="По уставу", by=place.region_chair)
    assert shown(place.region_chair) == []


def test_n_h1_only_those_who_decide_see_the_queue_and_nothing_from_elsewhere() -> None:
    place = places.voi()
    rename(trees.below(place.region, Level.LOCAL, "Дальняя МО ВОИ"))
    other = trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    assert shown(trees.officer(other)) == []
    # The organisation right above decides on the request, and no higher one.
    assert shown(trees.officer(place.head)) == []
    for role, status in ((Role.DEPUTY, 200), (Role.REGISTRAR, 200), (Role.REVIEWER, 403), (Role.COLLECTOR, 403)):
        answer = signed_in(trees.officer(place.region, role, "Иная")).get(reverse("supervision:decisions"))
        assert (role, answer.status_code) == (role, status)
    assert [kind.key for kind in matters_of(trees.officer(place.region, Role.REGISTRAR, "Учётова"))] == [
        "acts", "appeals", "contributions", "reports", "money",
    ]  # fmt: skip


@pytest.mark.both
def test_v_a6_an_appeal_is_due_by_the_term_of_the_charter_and_then_on_the_day_of_its_meeting() -> None:
    place = sessions.place()
    application = applicants.apply(place, stated={"filed_on": days(30)})
    item = sessions.admission(place, [application], held_on=days(20))
    sessions.decided(item, place.chair, adopted=False)
    note_notified([application.pk], on=days(10), way="post", by=place.chair)
    appeal = receive_appeal(item.pk, application_id=application.pk, received_on=days(3), by=place.region_chair)
    ((label, matter),) = queue(place.region_chair).context["page"].object_list
    assert (label, matter.place, matter.came_on, matter.due) == ("Жалобы", place.keeper, days(3), days(3 - 30))
    change = {"values": {"appeal_decision_days": 10}, "by": trees.officer(place.head, Role.ADMINISTRATOR, "Наладова")}
    change_charter(place.head.federation_id, **change)
    ((_label, matter),) = queue(place.region_chair).context["page"].object_list
    assert matter.due == days(3 - 10)
    assert matter.url == reverse("meetings:appeal", args=[appeal.pk])
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(-5))
    agenda.put_on(meeting.pk, items=[appeal.items.get().pk], by=place.region_chair)
    ((_label, matter),) = queue(place.region_chair).context["page"].object_list
    assert matter.due == days(-5)
    # An organisation whose decision is contested does not decide on the appeal.
    assert shown(place.chair) == []


@pytest.mark.both
def test_u_5_a_transfer_in_silence_comes_to_the_common_superior() -> None:
    with at("2040-03-01"):
        school = places.union()
        other = trees.below(school.region, Level.PRIMARY, "ППО школы № 16")
        transfer = request_departure(school.put().pk, target=trees.again(other), by=school.chair)
    assert transfer.answer_by == dt.date(2040, 3, 16)
    foreign = trees.officer(trees.below(school.head, Level.REGIONAL, "Орловская РО"), Role.CHAIR, "Чужая")
    for day, count in (("2040-03-16", 0), ("2040-03-17", 1)):
        with at(day):
            assert len(shown(school.region_chair)) == count
            tasks = [task for task in tasks_for(school.region_chair) if task.due == transfer.answer_by]
            assert len(tasks) == count
            assert (shown(foreign), shown(school.chair), shown(trees.officer(other))) == ([], [], [])
            Appointment.objects.filter(organization=other).delete()


@pytest.mark.both
def test_v_d7_money_and_acts_from_below_wait_for_confirmation() -> None:
    w = sharing()
    w.decide((w.local, "60"), (w.region, "40"))
    w.pay("100")
    w.share()
    w.send("10")
    draw_act(w.local.pk, w.region.pk, first=TODAY - dt.timedelta(days=60), last=UNTIL, by_superior=False, by=w.chair)
    assert sorted(shown(w.region_chair)) == [
        ("Акты сверки", w.local.short_name),
        ("Переданные деньги", w.local.short_name),
    ]
    assert shown(w.chair) == []
    draw_act(w.local.pk, w.region.pk, first=TODAY, last=TODAY, by_superior=True, by=w.region_chair)
    # Acts drawn up by the superior are answered below; there they are tasks, not matters from below.
    assert (len(shown(w.region_chair)), shown(w.chair)) == (2, [])


@pytest.mark.both
def test_v_d2_an_adopted_contribution_waits_until_it_is_recorded() -> None:
    place, due = places.voi(), days(-30)
    sessions.body_of(place.region)
    item = put_forward(
        organization=place.region, kind=ItemKind.PROPERTY, title="О взносе на ремонт", amount=Decimal(300), due_on=due,
        filed_on=days(9), by=place.region_chair,
    )  # fmt: skip
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    assert shown(place.region_chair) == []
    sessions.decided(item, place.region_chair, adopted=True)
    ((label, matter),) = queue(place.region_chair).context["page"].object_list
    assert (label, matter.place, matter.came_on, matter.due) == (
        "Имущественные взносы", place.region, days(0), due,
    )  # fmt: skip
    assert [task.due for task in tasks_for(place.region_chair) if "имущественном взносе" in task.text] == [due]
    set_contribution(
        place.region.pk, title="Ремонт", spending="По смете", terms=[Term(due, Decimal(300))], item_id=item.pk,
        by=place.region_chair,
    )  # fmt: skip
    assert shown(place.region_chair) == []


def test_u_8_a_submitted_order_of_cards_is_due_on_its_day_of_processing(own_files: object) -> None:
    world = cards_world()
    order = world.submitted("Белова")
    ((label, matter),) = queue(world.region).context["page"].object_list
    assert (label, matter.place, matter.due) == ("Заказы электронных карт", world.keeper, order.process_on)


@pytest.mark.both
def test_v_b8_a_proposed_change_is_shown_without_the_person() -> None:
    place = places.voi()
    cell = place.cells[0]
    member = place.put(snils="", ticket_number="0200003", surname="Громова", cell=cell)
    propose(member.pk, values={"phone_mobile": "+7 920 000-00-01"}, ground="Со слов", by=trees.officer(cell))
    page = queue(place.chair)
    assert [(label, m.place) for label, m in page.context["page"].object_list] == [
        ("Изменения, предложенные ячейками", cell)
    ]
    assert "Громова" not in page.content.decode()


@pytest.mark.both
def test_n_s2_the_queue_is_sorted_by_term_filtered_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    names = ["Вторая МО ВОИ", "Первая МО ВОИ", "Третья МО ВОИ"]
    for name, ago in zip(names, (5, 9, 1), strict=True):
        asked = rename(trees.below(place.region, Level.LOCAL, name))
        RenameRequest.objects.filter(pk=asked.pk).update(asked_at=timezone.now() - dt.timedelta(days=ago))
    kind = "Названия организаций"
    assert shown(place.region_chair) == [(kind, names[1]), (kind, names[0]), (kind, names[2])]
    assert shown(place.region_chair, q="перв") == [(kind, names[1])]
    assert shown(place.region_chair, kind="names", q="мо трет") == [(kind, names[2])]
    for query in ({"kind": "appeals"}, {"kind": "strange"}, {"q": "четв"}):
        assert shown(place.region_chair, **query) == []
    monkeypatch.setattr(decisions, "MAX_OF_KIND", 2)
    page = queue(place.region_chair)
    assert [m.place.short_name for _label, m in page.context["page"].object_list] == [names[1], names[0]]
    assert "Показаны только первые 2 каждого вида: Названия организаций" in page.content.decode()


def test_n_s2_the_queue_costs_the_same_for_one_matter_and_for_many() -> None:
    place = places.voi()
    counts = []
    for number in range(2):
        for more in range(1 + 4 * number):
            rename(trees.below(place.region, Level.LOCAL, f"МО № {number}{more}"))
        client = signed_in(place.region_chair)
        client.get(reverse("supervision:decisions"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("supervision:decisions"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
