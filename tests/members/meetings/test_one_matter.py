"""A matter waits for a decision only once, and nothing is decided about the card of a former member (V-A5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem
from members.meetings.rules import check_still_here, check_waits_once
from members.meetings.transitions import agenda, decisions
from members.people.models import CardMark, Member
from tests.members import places, sessions
from tests.members.applicants import days
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]

OF_KIND: dict[str, dict[str, Any]] = {
    ItemKind.DUPLICATE: {"ticket_reason": "lost", "statement_on": days(20)},
    ItemKind.EXCLUSION: {"exclusion_reason": "violation"},
    ItemKind.DISCIPLINE: {},
}


@pytest.fixture
def place() -> places.Place:
    return sessions.place()


def put_forward(place: places.Place, kind: str, member: Member, **more: Any) -> AgendaItem:
    given = {**OF_KIND.get(kind, {}), **more}
    return decisions.put_forward(
        organization=place.keeper, kind=kind, title="Вопрос", member=member, filed_on=days(20), by=place.chair, **given
    )


def on_agenda(place: places.Place, *items: AgendaItem) -> None:
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk for item in items], by=place.chair)
    sessions.held(meeting, place.chair)


@pytest.mark.both
@pytest.mark.parametrize(
    ("kind", "adopted"), [(ItemKind.DUPLICATE, True), (ItemKind.DUPLICATE, False), (ItemKind.EXCLUSION, False)]
)
def test_v_a5_a_decision_is_not_reversed_while_its_matter_waits_again(
    place: places.Place, kind: str, adopted: bool
) -> None:
    member = place.put()
    item = put_forward(place, kind, member)
    on_agenda(place, item)
    sessions.decided(item, place.chair, adopted=adopted)
    again = put_forward(place, kind, member)
    with refused("V-A5", blockers=1):
        decisions.reverse_decision(item.pk, by=place.chair)
    page = reverse("meetings:reverse", args=[item.pk])
    browser = places.signed_in(place.chair)
    for answer in (browser.get(page, follow=True), browser.post(page, follow=True)):
        assert "ждёт решения" in answer.content.decode()
    decisions.drop_item(again.pk, by=place.chair)
    assert decisions.reverse_decision(item.pk, by=place.chair).state == ItemState.SCHEDULED


def test_v_a5_measures_and_their_lifting_may_wait_several_times(place: places.Place) -> None:
    member = place.put()
    items = [put_forward(place, ItemKind.DISCIPLINE, member) for _number in range(3)]
    on_agenda(place, *items)
    for item in items[:2]:
        sessions.decided(item, place.chair)
    check_waits_once(items[0])
    first, second = CardMark.objects.order_by("pk")
    lifting = put_forward(place, ItemKind.DISCIPLINE_LIFTED, member, mark=first)
    check_waits_once(AgendaItem(organization=place.keeper, kind=lifting.kind, member=member, mark=second))
    with refused("V-A5", blockers=1):
        check_waits_once(AgendaItem(organization=place.keeper, kind=lifting.kind, member=member, mark=first))


@pytest.mark.parametrize("kind", [ItemKind.DUPLICATE, ItemKind.DISCIPLINE, ItemKind.DISCIPLINE_LIFTED])
def test_v_a5_nothing_is_decided_about_the_card_of_somebody_excluded_before(place: places.Place, kind: str) -> None:
    member = place.put()
    measure = put_forward(place, ItemKind.DISCIPLINE, member)
    on_agenda(place, measure)
    sessions.decided(measure, place.chair)
    more = {"mark": CardMark.objects.get()} if kind == ItemKind.DISCIPLINE_LIFTED else {}
    exclusion, other = put_forward(place, ItemKind.EXCLUSION, member), put_forward(place, kind, member, **more)
    on_agenda(place, exclusion, other)
    sessions.decided(exclusion, place.chair)
    with refused("V-A5", match="исключ"):
        sessions.decided(other, place.chair)
    exclusion.refresh_from_db()
    page = places.signed_in(place.chair).get(reverse("meetings:detail", args=[exclusion.meeting_id]))
    assert [(row["gone"], row["together"]) for row in page.context["rows"]] == [(False, False), (True, False)]
    marks = CardMark.objects.values_list("text", "lifted_on")
    assert len(marks) == 1 and marks[0][1] is None
    # If it is not adopted, or is dropped, no card changes.
    sessions.decided(other, place.chair, adopted=False)
    decisions.reverse_decision(exclusion.pk, by=place.chair)
    decisions.reverse_decision(other.pk, by=place.chair)
    sessions.decided(other, place.chair)


def test_v_a5_another_organisation_decides_about_its_own_members(place: places.Place) -> None:
    member = place.put()
    item = AgendaItem(organization=place.keeper, kind=ItemKind.DISCIPLINE, member=member)
    check_still_here(item, member)
    with refused("V-A5"):
        check_still_here(AgendaItem(organization=place.region, kind=item.kind, member=member), member)
