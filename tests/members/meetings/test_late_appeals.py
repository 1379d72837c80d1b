"""Late appeals: the body also decides on the missed term, however the decision is entered (V-A6)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.admission.transitions.applications import note_notified
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.queries import usual_resolution, with_term
from members.meetings.transitions import agenda, decisions
from members.meetings.transitions.appeals import receive_appeal
from registry.journal.models import Event
from tests.documents.samples import text_of
from tests.members import applicants, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in
from tests.refusals import refused

# Rules and screens: not run on PostgreSQL, because other tests send it the same statements.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

place = pytest.fixture(sessions.place)
VOTES = {"votes_for": 5, "votes_against": 0, "votes_abstained": 0}
AGAINST = {"votes_for": 0, "votes_against": 5, "votes_abstained": 0}


def on_agenda(place: Place, *, late: int = 1, on_time: int = 0) -> tuple[Meeting, list[AgendaItem]]:
    """Put appeals, late ones first, on the agenda of a meeting of the region held today."""
    items = []
    for number in range(late + on_time):
        told = 50 if number < late else 3
        application = applicants.apply(place, stated={"filed_on": days(70)})
        item = sessions.admission(place, [application], held_on=days(60))
        sessions.decided(item, place.chair, adopted=False)
        note_notified([application.pk], on=days(told), way="post", by=place.chair)
        appeal = receive_appeal(
            item.pk, application_id=application.pk, received_on=days(1), late_reason="Болела", by=place.region_chair
        )
        assert appeal.late is (number < late)
        items.append(appeal.items.get())
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk for item in items], by=place.region_chair)
    return sessions.held(meeting, place.region_chair), items


def decided(place: Place, item: AgendaItem, **values: Any) -> AgendaItem:
    given = {"resolution": "Решили.", **(VOTES if values["adopted"] else AGAINST), **values}
    return decisions.decide(item.pk, by=place.region_chair, **given)


@pytest.mark.parametrize("adopted", [True, False])
def test_v_a6_a_late_appeal_is_not_decided_on_without_its_term(place: Place, adopted: bool) -> None:
    _meeting, (item,) = on_agenda(place)
    with refused("V-A6", field="term_restored", match="Укажите, восстановлен ли"):
        decided(place, item, adopted=adopted)
    assert (AgendaItem.objects.get(pk=item.pk).state, Appeal.objects.get().state) == ("scheduled", "received")


def test_v_a6_a_late_appeal_is_not_satisfied_where_its_term_is_not_restored(place: Place) -> None:
    _meeting, (item,) = on_agenda(place)
    with refused("V-A6", field="term_restored", match="Не восстановив срок"):
        decided(place, item, adopted=True, term_restored=False)
    assert Appeal.objects.get().state == "received"


def test_v_a6_each_of_two_people_refused_together_appeals_once(place: Place) -> None:
    both = [applicants.apply(place, stated={"filed_on": days(70)}) for _number in range(2)]
    item = sessions.admission(place, both, held_on=days(60))
    sessions.decided(item, place.chair, adopted=False)
    note_notified([one.pk for one in both], on=days(3), way="post", by=place.chair)
    for one in both:
        receive_appeal(item.pk, application_id=one.pk, received_on=days(1), by=place.region_chair)
        with refused("V-A6", match="уже принята"):
            receive_appeal(item.pk, application_id=one.pk, received_on=days(1), by=place.region_chair)
    assert [appeal.application for appeal in Appeal.objects.order_by("pk")] == both


@pytest.mark.parametrize("restored", [True, False])
def test_v_a6_a_term_that_was_not_missed_cannot_be_restored(place: Place, restored: bool) -> None:
    meeting, (item,) = on_agenda(place, late=0, on_time=1)
    with refused("V-A6", field="term_restored", match="Срок не пропущен"):
        decided(place, item, adopted=False, term_restored=restored)
    decided(place, item, adopted=False)
    assert Event.objects.get(action="item.decided", object_id=item.pk).facts == {
        "kind": "appeal", "adopted": False, "meeting": meeting.pk,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("adopted", "restored", "sentence"),
    [
        (True, True, "Срок обжалования восстановить."),
        (False, True, "Срок обжалования восстановить."),
        (False, False, "В восстановлении срока обжалования отказать."),
    ],
)
def test_v_a6_the_decision_on_the_term_stands_in_the_resolution_and_the_journal(
    place: Place, adopted: bool, restored: bool, sentence: str
) -> None:
    meeting, (item,) = on_agenda(place)
    found = decided(place, item, adopted=adopted, term_restored=restored)
    assert found.resolution == f"{sentence} Решили."
    assert Event.objects.get(action="item.decided", object_id=item.pk).facts == {
        "kind": "appeal", "adopted": adopted, "meeting": meeting.pk, "term_restored": restored,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("resolution", "said"),
    [
        ("Пропущенный срок восстановить, жалобу удовлетворить.", True),
        ("Жалобу отклонить; в восстановлении срока отказать.", True),
        # «В срок» and «восстановить» alone do not refer to the term of the appeal.
        ("Взносы не уплачены в срок.", False),
        ("Восстановить в членах ВОИ. Взносы уплатить в срок до 30 июня.", False),
    ],
)
def test_v_a6_a_custom_wording_that_mentions_the_term_is_kept(resolution: str, said: bool) -> None:
    assert with_term(resolution, restored=True) == (
        resolution if said else f"Срок обжалования восстановить. {resolution}"
    )
    assert with_term(resolution, restored=None) == resolution


def test_v_a6_the_usual_wording_does_not_restore_a_term(place: Place) -> None:
    _meeting, (item,) = on_agenda(place)
    found = {
        restored: usual_resolution(item, adopted=True, term_restored=restored).partition("Жалобу")[0]
        for restored in (None, True)
    }
    assert found == {None: "", True: "Срок обжалования восстановить. "}


def test_v_a6_deciding_many_leaves_late_appeals_out_and_says_so(place: Place) -> None:
    meeting, (late, on_time) = on_agenda(place, on_time=1)
    region = signed_in(place.region_chair)
    page = region.get(reverse("meetings:detail", args=[meeting.pk])).content.decode()
    assert re.findall(r'name="selected" value="(\d+)"', page) == [str(on_time.pk)]
    assert page.count("пропущен срок") == 1
    answer = region.post(
        reverse("meetings:decide_many", args=[meeting.pk]), {"selected": [late.pk, on_time.pk], **VOTES}, follow=True
    )
    assert [str(message) for message in answer.context["messages"]] == [
        (
            f"№ 1. {late.title}\nСрок этой жалобы пропущен. Внесите решение по ней отдельно и укажите, восстановлен ли "
            f"срок."
        ),
        "Внесено решений: 1.",
    ]
    assert dict(AgendaItem.objects.filter(meeting=meeting).values_list("pk", "state")) == {
        late.pk: "scheduled", on_time.pk: "adopted",
    }  # fmt: skip
    assert dict(Appeal.objects.values_list("items", "state")) == {late.pk: "received", on_time.pk: "satisfied"}


def test_v_a6_a_meeting_with_nothing_but_late_appeals_offers_no_ticks(place: Place) -> None:
    meeting, (late,) = on_agenda(place)
    page = signed_in(place.region_chair).get(reverse("meetings:detail", args=[meeting.pk])).content.decode()
    assert 'name="selected"' not in page and "data-selection" not in page
    assert "Внесите решение по каждому вопросу." in page and "Отметьте вопросы" not in page
    assert reverse("meetings:decide", args=[late.pk]) in page


def test_v_a6_the_page_of_the_decision_asks_about_the_term_only_for_late_appeals(place: Place) -> None:
    _meeting, (late, on_time) = on_agenda(place, on_time=1)
    region = signed_in(place.region_chair)
    forms = {}
    for item in (late, on_time):
        answer = region.post(reverse("meetings:decide", args=[item.pk]), {"adopted": "no", **AGAINST})
        forms[item.pk] = answer.context["form"].errors if answer.status_code == 200 else None
    assert forms == {late.pk: {"term_restored": ["Укажите, восстановлен ли пропущенный срок."]}, on_time.pk: None}
    assert dict(Appeal.objects.values_list("items", "state")) == {late.pk: "received", on_time.pk: "dismissed"}


def test_v_a6_the_minutes_restore_a_term_only_where_the_body_did(place: Place) -> None:
    meeting, (first, second, on_time) = on_agenda(place, late=2, on_time=1)
    region = signed_in(place.region_chair)
    region.post(
        reverse("meetings:decide_many", args=[meeting.pk]), {"selected": [first.pk, second.pk, on_time.pk], **VOTES}
    )
    assert "восстановить" not in minutes(region, meeting)
    for item, term, adopted, votes in ((first, "restored", "yes", VOTES), (second, "not_restored", "no", AGAINST)):
        address = reverse("meetings:decide", args=[item.pk])
        assert region.post(address, {"adopted": adopted, "term_restored": term, **votes}).status_code == 302
    said = minutes(region, meeting)
    assert said.count("Срок обжалования восстановить. Жалобу удовлетворить.") == 1
    assert said.count("В восстановлении срока обжалования отказать. Жалобу оставить без рассмотрения.") == 1
    assert (said.count("Срок обжалования"), said.count("Жалобу удовлетворить.")) == (1, 2)


def minutes(client: Client, meeting: Meeting) -> str:
    answer = client.post(reverse("meetings:print", args=[meeting.pk, "minutes"]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return re.sub(r"\s+", " ", text_of(answer.content))
