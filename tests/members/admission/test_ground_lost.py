"""The body decides about members who no longer represent anybody; the task remains until then (V-A1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from members.admission.transitions.representations import add_representation, end_representation, reopen_representation
from members.meetings.enums import ItemKind
from members.meetings.transitions import decisions
from members.people.models import Member
from members.people.tasks import grounds_of_membership_lost
from members.people.transitions.cards import edit_card
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


def representative(place: places.Place, surname: str, *, wards: int = 1) -> tuple[Member, list[int]]:
    member = place.put(
        surname=surname, snils="", ticket_number=surname, category="guardian", disability_group="", disability_cause=""
    )
    values = {
        "surname": "Ромашкин", "birth_date": days(9000), "mandate_kind": "guardianship", "mandate_number": "12",
        "consent_signed_on": days(9),
    }  # fmt: skip
    made = [
        add_representation(member_id=member.pk, values={**values, "given_name": name}, by=place.chair).pk
        for name in ("Тимофей", "Прохор")[:wards]
    ]
    return member, made


def ended(place: places.Place, ward: int, *, ago: int = 0) -> None:
    end_representation(ward, on=days(ago), note="Опека снята", by=place.chair)


def asked(place: places.Place) -> list[tuple[str, str]]:
    return [(task.link.split()[0], task.detail) for task in grounds_of_membership_lost(place.chair, days(0))]


def test_v_a1_the_last_end_creates_a_task_until_the_body_has_decided(place: places.Place) -> None:
    member, (first, second) = representative(place, "Осина", wards=2)
    representative(place, "Липа")
    ended(place, first, ago=5)
    assert asked(place) == []
    ended(place, second, ago=2)
    since = f"Has represented nobody since {days(2):%d.%m.%Y}"
    forward = (f"{since}. Put the question on the agenda, or change the category.",)
    assert asked(place) == [("Осина", *forward)]
    assert list(grounds_of_membership_lost(place.region_chair, days(0))) == []
    item = about(place, ItemKind.EXCLUSION, exclusion_reason="no_ground", member=member)
    assert asked(place) == [("Осина", f"{since}; the question waits for a decision.")]
    sessions.decided(item, place.chair, adopted=False)
    assert asked(place) == []
    decisions.reverse_decision(item.pk, by=place.chair)
    assert len(asked(place)) == 1
    reopen_representation(first, by=place.chair)
    assert asked(place) == []


def test_v_a1_members_with_another_ground_create_no_task(place: places.Place) -> None:
    member, (ward,) = representative(place, "Осина")
    ended(place, ward)
    assert len(asked(place)) == 1
    own = {"category": "disabled", "disability_group": "II", "disability_cause": "general"}
    edit_card(member.pk, values=own, version=None, by=place.chair)
    assert asked(place) == []


@pytest.mark.parametrize("count", [1, 3])
def test_n_s2_the_task_takes_one_query_for_any_number_of_people(
    place: places.Place, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        _member, (ward,) = representative(place, ("Осина", "Липа", "Ель")[number])
        ended(place, ward)
    with django_assert_num_queries(1):
        assert len(asked(place)) == count
