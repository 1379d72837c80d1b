"""The button of a task leads to the page where the task is done (N-S2)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from members.admission.models import Application
from members.admission.tasks import applications
from members.meetings.models import AgendaItem
from members.meetings.tasks import meetings
from members.meetings.transitions import agenda, decisions
from members.people.models import Reminder
from members.reconciliation.models import Reconciliation
from members.reconciliation.tasks import days_ahead, laggards
from registry.organizations.tasks import chairs_wanted
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


place = pytest.fixture(sessions.place)


def test_n_s2_the_task_of_applications_leads_to_the_next_meeting_or_to_planning_one(place: Place) -> None:
    applicants.apply(place)
    (task,) = applications(place.chair, TODAY)
    assert task.action_url == reverse("meetings:plan")
    later = sessions.planned(place.keeper, place.chair, held_on=days(-20))
    (task,) = applications(place.chair, TODAY)
    assert task.action_url == reverse("meetings:detail", args=[later.pk])
    sooner = sessions.planned(place.keeper, place.chair, held_on=days(-5))
    (task,) = applications(place.chair, TODAY)
    assert task.action_url == reverse("meetings:detail", args=[sooner.pk])


def test_n_s2_the_task_of_notices_leads_to_the_decision_or_to_the_meeting(place: Place) -> None:
    items: list[AgendaItem] = []
    meeting = sessions.planned(place.keeper, place.chair)
    for surname in ("Абрамов", "Быков"):
        member = place.put(surname=surname, snils="", ticket_number="")
        item = decisions.put_forward(
            organization=place.keeper, kind="discipline", title="Выговор", member=member, filed_on=days(5),
            by=place.chair,
        )  # fmt: skip
        items.append(item)
    agenda.put_on(meeting.pk, items=[item.pk for item in items], by=place.chair)
    sessions.held(meeting, place.chair)
    sessions.decided(items[0], place.chair)
    told = [task.action_url for task in meetings(place.chair, TODAY) if task.due == days(2) + dt.timedelta(days=10)]
    assert told == [reverse("meetings:notify", args=[items[0].pk])]
    sessions.decided(items[1], place.chair)
    told = [task.action_url for task in meetings(place.chair, TODAY) if task.due == days(2) + dt.timedelta(days=10)]
    assert told == [reverse("meetings:detail", args=[meeting.pk])]


def test_n_s2_passed_near_and_far_dates_are_counted_apart(place: Place) -> None:
    for surname, due in (("Абрамов", -3), ("Быков", 10), ("Волков", 30), ("Громов", 31), ("Дуров", 60), ("Ежов", 61)):
        member = place.put(surname=surname, snils="", ticket_number="")
        Reminder.objects.filter(member=member).delete()
        Reminder.objects.create(member=member, kind="absence", due_on=TODAY + dt.timedelta(days=due))
    told = [(task.link or task.detail, task.due) for task in days_ahead(place.chair, TODAY)]
    passed, near, far = (TODAY + dt.timedelta(days=days) for days in (-3, 10, 31))
    assert sorted((due, who) for who, due in told if due) == [
        (passed, "Абрамов Александра Владимировна"),
        (near, "2 члена организации — в ближайшие 30 дней"),
        (far, "2 члена организации — в ближайшие 60 дней"),
    ]


def test_v_b8_a_cell_without_report_is_overdue_from_its_term(place: Place) -> None:
    due = TODAY - dt.timedelta(days=40)
    Reconciliation.objects.create(unit=place.cells[0], year=due.year, opened_on=due, due_on=due)
    (task,) = laggards(place.chair, TODAY)
    assert (task.due, task.tone) == (due, "bad")


def test_u_2_access_is_given_where_the_organisations_without_a_chair_are_listed(place: Place) -> None:
    (task,) = chairs_wanted(place.chair, TODAY)
    assert task.action_url == reverse("accounts:add_many")


@pytest.mark.both
def test_n_s2_the_matters_of_the_region_are_those_that_its_task_counts_and_those_below_are_one_step_away() -> None:
    place = places.voi()
    for organization, by, title in (
        (place.region, place.region_chair, "Взнос региона"),
        (place.keeper, place.chair, "Взнос местной"),
        (place.keeper, place.chair, "Сборщик местной"),
    ):
        decisions.put_forward(organization=organization, kind="other", title=title, filed_on=days(1), by=by)
    (task,) = meetings(place.region_chair, TODAY)
    region = signed_in(place.region_chair)
    page = region.get(task.action_url)
    assert str(task.text).startswith("1 ")
    assert ([item.title for item in page.context["page"]], page.context["whose"]) == (["Взнос региона"], (1, 2))
    assert "?whose=below" in page.content.decode()
    below = region.get(task.action_url + "?whose=below&kind=other")
    assert [item.title for item in below.context["page"]] == ["Взнос местной", "Сборщик местной"]
    own = signed_in(place.chair).get(task.action_url)
    assert [item.title for item in own.context["page"]] == ["Взнос местной", "Сборщик местной"]
    assert "?whose=below" not in own.content.decode()


@pytest.mark.both
def test_n_s2_the_task_of_incomplete_sets_opens_exactly_those(place: Place) -> None:
    whole = applicants.apply(place)
    lacking = [applicants.apply(place, stated={"copies": []}) for _number in range(2)]
    task = applications(place.chair, TODAY)
    opened = [one for one in task if str(one.text).startswith("2 ")]
    assert [one.action_url for one in opened] == [reverse("applications:list") + "?set=incomplete"]
    chair = signed_in(place.chair)
    page = chair.get(opened[0].action_url)
    assert [row[0] for row in page.context["rows"]] == [one.pk for one in lacking]
    assert len(chair.get(reverse("applications:list")).context["rows"]) == 3
    Application.objects.filter(pk__in=[one.pk for one in lacking]).update(copies=whole.copies)
    assert "Все комплекты полные" in chair.get(opened[0].action_url).content.decode()


@pytest.mark.both
def test_v_a5_tasks_of_the_same_kind_name_the_person_and_the_day(place: Place) -> None:
    applications_ = [applicants.apply(place, surname=surname) for surname in ("Абрамов", "Быков")]
    members = [place.put(surname=surname, snils="", ticket_number="") for surname in ("Громова", "Дурова")]
    for applicant, member, ago in zip(applications_, members, (3, 2), strict=True):
        meeting = sessions.planned(place.keeper, place.chair, held_on=days(ago))
        item = decisions.put_forward(
            organization=place.keeper, kind="discipline", title="Выговор", member=member, filed_on=days(ago),
            by=place.chair,
        )  # fmt: skip
        agenda.put_on(meeting.pk, applications=[applicant.pk], items=[item.pk], by=place.chair)
        sessions.held(meeting, place.chair)
        for each in AgendaItem.objects.filter(meeting=meeting):
            sessions.decided(each, place.chair)
        told = [*meetings(place.chair, TODAY), *applications(place.chair, TODAY)]
        said = [(str(task.text), task.link, task.detail, task.due) for task in told]
        assert len(set(said)) == len(said)
        if ago == 3:
            links = [task.link for task in told if "решени" in str(task.text)]
            assert sorted(links) == sorted(["Выговор: Громова Александра Владимировна", applicant.full_name])
    told = [task for task in meetings(place.chair, TODAY) if str(task.text).startswith("Сообщить")]
    assert [task.detail.partition(". ")[0] for task in told] == [f"Самое раннее решение — от {days(3):%d.%m.%Y}"]


def test_v_a5_two_meetings_of_a_body_on_one_day_are_told_apart_by_the_hour(place: Place) -> None:
    for _number in range(2):
        sessions.planned(place.keeper, place.chair, held_on=days(2))
    links = [task.link for task in meetings(place.chair, TODAY)]
    assert len(set(links)) == 2
    assert all(":" in link for link in links)
