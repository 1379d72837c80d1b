"""A card is reopened only if the person has no other one since then: nobody is registered twice (N-A1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from members.book.enums import EndReason
from members.book.models import BookLine
from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from members.meetings.transitions import agenda, decisions
from members.meetings.transitions.appeals import receive_appeal
from members.movement.enums import PaperCard
from members.movement.rules.leaving import check_has_no_later_card, why_not_reopened
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.people.models import Member
from members.people.transitions.registration import register_person
from registry import integrity
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.members import places, sessions
from tests.members.applicants import days
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


@pytest.fixture
def place() -> places.Place:
    found = sessions.place()
    sessions.body_of(found.region)
    return found


def once_more(place: places.Place, **changed: Any) -> Member:
    """Register the person in another organisation, whose officers know nothing of the sealed card."""
    known = Organization.objects.filter(short_name="Боровская МО ВОИ").first()
    elsewhere = known or trees.again(trees.below(place.region, Level.LOCAL, "Боровская МО ВОИ"))
    chair = trees.officer(elsewhere, Role.REGISTRAR, "Сомов")
    values = {**places.VOI_PERSON, "ticket_number": "", **changed}
    return register_person(organization=elsewhere, values=values, ground="билет", by=chair)


def left(place: places.Place, member: Member) -> BookLine:
    deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, paper_card=PaperCard.HANDED, by=place.chair)
    return BookLine.objects.get(member=member)


@pytest.mark.both
@pytest.mark.parametrize("snils", ["", places.SNILS[0]])
def test_n_a1_a_leaving_is_not_taken_back_once_the_person_is_registered_elsewhere(
    place: places.Place, snils: str
) -> None:
    line = left(place, place.put(snils=snils))
    again = once_more(place, snils=snils)
    with refused("N-A1", field="", match="Боровская МО ВОИ"):
        take_back_leaving(line.pk, by=place.chair)
    answer = places.signed_in(place.chair).get(reverse("moves:take_back", args=[line.pk]))
    assert "другая карточка" in answer.content.decode()
    assert list(Member.objects.present()) == [again]
    there = trees.officer(Organization.objects.get(pk=again.organization_id), Role.REGISTRAR)
    deregister(again.pk, reason=EndReason.OWN_WISH, on=TODAY, paper_card=PaperCard.HANDED, by=there)
    assert why_not_reopened(line) is None
    assert take_back_leaving(line.pk, by=place.chair) == Member.objects.present().get()
    assert [wrong for _title, wrong in integrity.run() if wrong] == []


def test_n_a1_namesakes_do_not_keep_a_card_closed(place: places.Place) -> None:
    earlier = place.put(snils="", ticket_number="7", confirmed_duplicate=True)
    member = place.put(snils="", confirmed_duplicate=True)
    line = left(place, member)
    # For earlier cards, an officer has confirmed that they belong to other people.
    assert why_not_reopened(line) is None
    Member.objects.filter(pk=member.pk).update(snils=places.SNILS[0])
    later = once_more(place, snils=places.SNILS[1], confirmed_duplicate=True)
    for other in ({"patronymic": "Ивановна"}, {"birth_date": places.UNION_PERSON["birth_date"]}):
        once_more(place, snils="", confirmed_duplicate=True, **other)
    assert take_back_leaving(line.pk, by=place.chair) == member
    assert set(Member.objects.present().values_list("pk", flat=True)) > {earlier.pk, member.pk, later.pk}


def test_n_a1_the_same_number_says_more_than_a_name(place: places.Place) -> None:
    member = place.put()
    left(place, member)
    once_more(place, surname="Иванова", patronymic="Петровна")
    with refused("N-A1"):
        check_has_no_later_card(member)


def test_n_a1_a_person_without_a_birth_date_is_found_by_the_number_alone(place: places.Place) -> None:
    member = place.put(snils="", birth_date=None)
    left(place, member)
    member.refresh_from_db()
    once_more(place, snils="", birth_date=None, confirmed_duplicate=True)
    check_has_no_later_card(member)


def excluded(place: places.Place, member: Member) -> AgendaItem:
    item = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=member,
        exclusion_reason="violation", filed_on=days(20), by=place.chair,
    )  # fmt: skip
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    return sessions.decided(item, place.chair)


def test_v_b14_neither_a_reversal_nor_an_appeal_restores_who_is_registered_elsewhere(place: places.Place) -> None:
    member = place.put()
    item = excluded(place, member)
    once_more(place)
    with refused("N-A1"):
        decisions.reverse_decision(item.pk, by=place.chair)
    receive_appeal(item.pk, received_on=days(0), by=place.region_chair)
    waiting = AgendaItem.objects.get(kind=ItemKind.APPEAL)
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[waiting.pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    with refused("N-A1"):
        sessions.decided(waiting, place.region_chair)
    assert Member.objects.get(pk=member.pk).state == "excluded"
