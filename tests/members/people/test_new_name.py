"""A changed name starts the replacement of the ticket: the mark on the card, and the task until the body decides
(V-B5).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from members.meetings.enums import ItemKind
from members.meetings.transitions import decisions
from members.people.enums import MarkKind
from members.people.models import CardMark
from members.people.tasks import tickets_with_a_former_name
from members.people.transitions.cards import edit_card
from members.people.transitions.marks import take_back_mark
from tests.members import places, sessions
from tests.members.applicants import days
from tests.members.meetings.test_meetings import about

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def asked(place: places.Place) -> list[tuple[str, str]]:
    return [(task.link, task.detail) for task in tickets_with_a_former_name(place.chair, days(0))]


def test_v_b5_a_changed_name_asks_for_a_new_ticket_until_the_body_has_decided(place: places.Place) -> None:
    member = place.put()

    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    day = f"{days(0):%d.%m.%Y}"
    named = "Яблокова Александра Владимировна"
    assert [mark.text for mark in CardMark.objects.filter(kind=MarkKind.NAME)] == [
        "Прежние фамилия, имя, отчество: Константинопольская Александра Владимировна"
    ]
    assert asked(place) == [(named, f"The name was changed on {day}. Put the new ticket on the agenda.")]
    item = about(place, ItemKind.DUPLICATE, ticket_reason="name", statement_on=days(0), member=member)
    assert asked(place) == [(named, f"The name was changed on {day}; the new ticket waits for a decision.")]
    sessions.decided(item, place.chair, resolution="Выдать новый билет.")
    assert asked(place) == []
    decisions.reverse_decision(item.pk, by=place.chair)
    assert len(asked(place)) == 1


def test_v_b5_a_corrected_spelling_or_a_card_without_a_ticket_needs_no_new_ticket(place: places.Place) -> None:
    with_ticket = place.put(surname="Семенова")
    without = place.put(surname="Лосева", ticket_number="", snils="")
    edit_card(with_ticket.pk, values={"surname": "Семёнова"}, version=None, by=place.chair)
    edit_card(without.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    assert CardMark.objects.filter(member=with_ticket).count() == 0
    # The change is recorded, but the first ticket already has the new name.
    assert [mark.text for mark in CardMark.objects.filter(member=without)] == [
        "Прежние фамилия, имя, отчество: Лосева Александра Владимировна"
    ]
    edit_card(without.pk, values={"ticket_number": "0300001"}, version=None, by=place.chair)
    assert list(tickets_with_a_former_name(place.chair, days(0))) == []
    edit_card(with_ticket.pk, values={"given_name": "Анна"}, version=None, by=place.chair)
    edit_card(with_ticket.pk, values={"patronymic": "Ивановна"}, version=None, by=place.chair)
    (task,) = tickets_with_a_former_name(place.chair, days(0))
    assert (task.link, list(tickets_with_a_former_name(place.region_chair, days(0)))) == ("Семёнова Анна Ивановна", [])
    for mark in CardMark.objects.all():
        take_back_mark(mark.pk, by=place.chair)
    assert list(tickets_with_a_former_name(place.chair, days(0))) == []


@pytest.mark.parametrize("count", [1, 3])
def test_n_s2_the_task_takes_one_query_for_any_number_of_changed_names(
    place: places.Place, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        member = place.put(surname=f"Лосев{'абв'[number]}", snils="", ticket_number=f"77{number}")
        edit_card(member.pk, values={"surname": f"Яблоков{'абв'[number]}"}, version=None, by=place.chair)
    with django_assert_num_queries(1):
        assert len(asked(place)) == count
