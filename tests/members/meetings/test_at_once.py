"""An admission on one page; effects of a reversal; a failed meeting; tasks after the meeting (V-A5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.admission.models import Application
from members.meetings.models import AgendaItem, Attendance, Meeting
from members.meetings.transitions.meetings import close_without_quorum
from members.people.models import Member
from registry.organizations.models import BodySeat
from tests.members import applicants, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def place() -> Place:
    return sessions.place()


@pytest.fixture
def chair(place: Place) -> Client:
    return signed_in(place.chair)


def given(place: Place, **values: Any) -> dict[str, Any]:
    body = sessions.body_of(place.keeper)
    return {
        "body": body.pk, "held_on": f"{days(0):%d.%m.%Y}", "starts_at": "15:00", "place": "ул. Садовая, 5",
        "seats": list(BodySeat.objects.filter(body=body).values_list("pk", flat=True)), "chaired_by": "Громов Г. Г.",
        "told": "came", "votes_against": "0", "votes_abstained": "0", "number": "7", **values,
    }  # fmt: skip


def test_v_a5_one_page_records_meeting_attendance_decision_and_minutes(place: Place, chair: Client) -> None:
    application = applicants.apply(place)
    page, address = (reverse(name, args=[application.pk]) for name in ("applications:detail", "meetings:admit"))
    assert address in chair.get(page).content.decode()
    form = chair.get(address).context["form"]
    assert (len(form.initial["seats"]), form.initial["held_on"]) == (5, days(0))
    assert chair.post(address, given(place)).url == page
    meeting, item = Meeting.objects.get(), AgendaItem.objects.get()
    assert (meeting.state, meeting.number, Attendance.objects.count()) == ("closed", "7", 5)
    assert (item.state, item.votes_for, item.resolution) == (
        "adopted", 5, f"Принять в члены ВОИ: {application.full_name}.",
    )  # fmt: skip
    application.refresh_from_db()
    assert (application.state, application.attended, application.uninvited) == ("admitted", True, False)
    registration = Member.objects.get().registrations.get()
    assert (registration.minutes_number, registration.minutes_date) == ("7", days(0))
    assert chair.get(address).url == page


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({"told": "untold"}, (None, "", None, True)),
        ({"told": "told:phone", "invited_on": f"{days(1):%d.%m.%Y}"}, (days(1), "phone", None, False)),
        ({"told": "told:phone"}, (days(0), "phone", None, False)),
    ],
)
def test_v_a5_the_page_asks_how_the_applicant_was_told(
    place: Place, chair: Client, told: dict[str, str], known: tuple[Any, ...]
) -> None:
    application = applicants.apply(place)
    address = reverse("meetings:admit", args=[application.pk])
    assert "told" in chair.post(address, given(place, told="")).context["form"].errors
    chair.post(address, given(place, **told))
    fields = ("invited_on", "invited_by", "attended", "uninvited")
    assert Application.objects.values_list(*fields).get() == known


def test_v_a5_a_refused_step_leaves_no_meeting_behind(place: Place, chair: Client) -> None:
    application = applicants.apply(place)
    address = reverse("meetings:admit", args=[application.pk])
    for wrong in ({"seats": given(place)["seats"][:2]}, {"votes_for": "1"}, {"held_on": f"{days(-3):%d.%m.%Y}"}):
        assert chair.post(address, given(place, **wrong)).status_code == 200
    assert (Meeting.objects.count(), AgendaItem.objects.count(), Member.objects.count()) == (0, 0, 0)


def test_v_a5_the_meeting_that_waits_to_be_entered_is_taken(place: Place, chair: Client) -> None:
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(1))
    application = applicants.apply(place)
    address = reverse("meetings:admit", args=[application.pk])
    form = chair.get(address).context["form"]
    assert (form.initial["held_on"], form.initial["place"]) == (days(1), meeting.place)
    chair.post(address, given(place, held_on=f"{days(1):%d.%m.%Y}", starts_at=f"{meeting.starts_at:%H:%M}"))
    assert (Meeting.objects.get().pk, Meeting.objects.get().state) == (meeting.pk, "closed")


def test_v_a5_reversing_asks_first_and_says_what_it_takes_back(place: Place, chair: Client) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    sessions.decided(item, place.chair)
    address = reverse("meetings:reverse", args=[item.pk])
    assert address in chair.get(reverse("meetings:detail", args=[item.meeting_id])).content.decode()
    assert "1 карточка, её запись в книге регистрации и начисления" in chair.get(address).content.decode()
    assert AgendaItem.objects.get().state == "adopted"
    chair.post(address)
    assert (AgendaItem.objects.get().state, Application.objects.get().state) == ("scheduled", "scheduled")


def test_v_a5_a_meeting_that_failed_keeps_its_agenda(place: Place, chair: Client) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    meeting = Meeting.objects.get()
    sessions.held(meeting, place.chair, present=1)
    close_without_quorum(meeting.pk, by=place.chair)
    page = chair.get(reverse("meetings:detail", args=[meeting.pk]))
    assert page.context["released"] == [(1, item.title)]
    assert item.title in page.content.decode()


def test_v_a5_what_came_up_after_a_meeting_is_not_ticked_for_it(place: Place, chair: Client) -> None:
    planned = sessions.planned(place.keeper, place.chair)
    item = sessions.admission(place, [applicants.apply(place)])
    applicants.apply(place)
    ticked = [
        [ticked for _application, _whole, ticked in chair.get(reverse("meetings:detail", args=[pk])).context["filed"]]
        for pk in (planned.pk, item.meeting_id)
    ]
    assert ticked == [[True], [False]]


def test_v_a5_the_page_of_an_application_leads_to_the_next_agenda(place: Place, chair: Client) -> None:
    page = reverse("applications:detail", args=[applicants.apply(place).pk])
    assert reverse("meetings:plan") in chair.get(page).content.decode()
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(-2))
    assert reverse("meetings:detail", args=[meeting.pk]) in chair.get(page).content.decode()
