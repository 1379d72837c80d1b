"""Exclusions for arrears: allowed proposals, one button for many, and payments that withdraw them (V-B16)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dues.ledger.models import DuesAccount
from dues.ledger.transitions import charge_new_year
from members.meetings.enums import ItemState
from members.meetings.jobs import drop_paid
from members.meetings.models import AgendaItem, Meeting
from members.meetings.queries import excludable, organizations_with_paid_exclusions
from members.meetings.rules import (
    MAX_PROPOSED,
    check_excludes_for_arrears,
    check_may_be_excluded,
    check_somebody_proposed,
    excludable_before,
)
from members.meetings.transitions.agenda import take_off
from members.meetings.transitions.arrears import PAID, propose_exclusions
from members.people.models import Member
from registry.errors import NotAllowed
from registry.journal.models import Event
from tests.dues.test_ledger import pay
from tests.members import places, sessions
from tests.members.applicants import days
from tests.members.places import Place
from tests.refusals import refused
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
LONG_AGO = TODAY.year - 2


@world
def debtors() -> tuple[Place, list[Member]]:
    """Create two members who have owed a fee for more than a year, and one who owes nothing."""
    found = sessions.place()
    members = [
        found.put(snils="", ticket_number=str(at), surname=surname, joined_on=dt.date(LONG_AGO - 5, 3, 1))
        for at, surname in enumerate(("Алексеева", "Борисова", "Викторова"))
    ]
    charge_new_year(found.keeper.pk, LONG_AGO, by=found.chair)
    pay(found, members[2], year=LONG_AGO)
    return found, members


@pytest.fixture
def w() -> tuple[Place, list[Member]]:
    return debtors()


def ids(members: list[Member]) -> list[int]:
    return [member.pk for member in members]


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def items() -> list[tuple[Any, ...]]:
    return list(AgendaItem.objects.order_by("pk").values_list("member", "state", "position", "amount"))


def test_v_b16_one_button_puts_the_proposals_on_the_next_agenda(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    later, soon = (sessions.planned(place.keeper, place.chair, held_on=days(-n)) for n in (9, 3))
    count, meeting = propose_exclusions(place.keeper.pk, ids(members[:2]), by=place.chair)
    assert (count, meeting) == (2, soon)
    assert items() == [
        (members[0].pk, ItemState.SCHEDULED, 1, Decimal("50.00")),
        (members[1].pk, ItemState.SCHEDULED, 2, Decimal("50.00")),
    ]
    item = AgendaItem.objects.get(member=members[0])
    assert (item.title, item.exclusion_reason) == (
        f"Об исключении из членов ВОИ (задолженность по взносам 50,00 руб.): {members[0].full_name}", "arrears",
    )  # fmt: skip
    event = Event.objects.get(action="item.exclusions_proposed")
    assert (event.object_id, event.organization, event.facts) == (str(soon.pk), place.keeper, {"count": 2})
    assert later.items.count() == 0
    with refused("V-B16"):
        propose_exclusions(place.keeper.pk, ids(members[:2]), by=place.chair)
    assert AgendaItem.objects.count() == 2


def test_v_b16_without_a_planned_meeting_they_wait(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    assert propose_exclusions(place.keeper.pk, ids(members[:1]), by=place.chair) == (1, None)
    assert items() == [(members[0].pk, ItemState.WAITING, 0, Decimal("50.00"))]


def test_v_b16_all_are_proposed_or_none(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    with refused("V-B16"):
        propose_exclusions(place.keeper.pk, ids(members), by=place.chair)
    with pytest.raises(Member.DoesNotExist):
        propose_exclusions(place.keeper.pk, [members[0].pk, 10**9], by=place.chair)
    with pytest.raises(NotAllowed):
        propose_exclusions(place.keeper.pk, ids(members[:1]), by=place.reviewer)
    assert items() == []


@pytest.mark.both
def test_v_b16_the_term_of_the_charter_counts_to_the_day(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    assert excludable_before(place.keeper, dt.date(2006, 7, 1)) == dt.date(2005, 7, 1)
    before = excludable_before(place.keeper, TODAY)
    for day, allowed in ((before, False), (before - dt.timedelta(days=1), True)):
        DuesAccount.objects.filter(member=members[0]).update(unpaid_since=day)
        found = excludable(Member.objects.filter(pk=members[0].pk), before)
        assert found.exists() == allowed
        if allowed:
            check_may_be_excluded(members[0], day, place.keeper, TODAY)
        else:
            with refused("V-B16"):
                check_may_be_excluded(members[0], day, place.keeper, TODAY)
    with refused("V-B16"):
        check_may_be_excluded(members[0], None, place.keeper, TODAY)


def test_v_b16_the_rules_are_asked_directly(w: tuple[Place, list[Member]]) -> None:
    place, _members = w
    check_excludes_for_arrears(place.keeper)
    for wrong in (place.region, place.cells[0], places.union().keeper):
        with refused("V-B16"):
            check_excludes_for_arrears(wrong)
    check_somebody_proposed([AgendaItem()] * MAX_PROPOSED)
    for wrong_items in ([], [AgendaItem()] * (MAX_PROPOSED + 1)):
        with refused("V-B16"):
            check_somebody_proposed(wrong_items)


def test_v_b16_who_pays_first_drops_out_on_the_next_day(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(-3))
    propose_exclusions(place.keeper.pk, ids(members[:2]), by=place.chair)
    drop_paid(TODAY)
    assert AgendaItem.objects.open().count() == 2
    pay(place, members[0], year=LONG_AGO)
    page = text(places.signed_in(place.chair).get(reverse("meetings:detail", args=[meeting.pk])))
    assert page.count("уплачено: снимается") == 1
    assert organizations_with_paid_exclusions(TODAY) == [place.keeper.pk]
    # Items of a past meeting are dropped by that meeting's own page; a meeting today is not past yet.
    for held_on, left in ((days(1), 2), (TODAY, 1)):
        Meeting.objects.filter(pk=meeting.pk).update(held_on=held_on)
        drop_paid(TODAY)
        assert AgendaItem.objects.open().count() == left
    dropped, kept = AgendaItem.objects.order_by("pk")
    assert (dropped.state, dropped.meeting, dropped.reason, kept.state) == (
        ItemState.DROPPED, None, PAID, ItemState.SCHEDULED,
    )  # fmt: skip
    assert Event.objects.get(action="item.exclusions_dropped").facts == {"count": 1}
    # On the last day of the term, nothing is in arrears yet.
    for since, found in ((days(1), []), (TODAY, [place.keeper.pk])):
        DuesAccount.objects.filter(member=members[1]).update(unpaid_since=since)
        assert organizations_with_paid_exclusions(TODAY) == found


def test_v_b16_who_has_paid_drops_out_when_the_meeting_is_held(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY)
    propose_exclusions(place.keeper.pk, ids(members[:2]), by=place.chair)
    pay(place, members[0], year=LONG_AGO)
    seats = list(meeting.body.seats.values_list("pk", flat=True))
    answer = places.signed_in(place.chair).post(
        reverse("meetings:attendance", args=[meeting.pk]), {"seats": seats, "chaired_by": "Громов Г. Г."}, follow=True
    )
    assert "1 предложение об исключении снято: взносы уплачены" in text(answer)
    assert [state for _pk, state, *_rest in items()] == [ItemState.DROPPED, ItemState.SCHEDULED]
    assert Event.objects.get(action="meeting.held").facts["paid"] == 1


def test_v_b16_a_payment_after_the_day_of_the_meeting_drops_nothing(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY)
    propose_exclusions(place.keeper.pk, ids(members[:1]), by=place.chair)
    Meeting.objects.filter(pk=meeting.pk).update(held_on=days(1))
    AgendaItem.objects.update(filed_on=days(2))
    pay(place, members[0], year=LONG_AGO)
    drop_paid(TODAY)
    sessions.held(Meeting.objects.get(pk=meeting.pk), place.chair)
    assert [state for _pk, state, *_rest in items()] == [ItemState.SCHEDULED]


def test_v_b16_the_page_proposes_the_ticked_or_all(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    chair = places.signed_in(place.chair)
    page, propose = reverse("meetings:arrears"), reverse("meetings:propose_exclusions")
    shown = text(chair.get(page))
    assert [member.surname in shown for member in members] == [True, True, False]
    assert "Предложить исключить" in shown
    assert chair.post(propose)["Location"] == page
    chair.post(propose, {"selected": [members[0].pk, members[2].pk]})
    assert [pk for pk, *_rest in items()] == [members[0].pk]
    assert text(chair.get(page)).count(" предложено ") == 1
    chair.post(propose, {"all": "1"})
    assert [pk for pk, *_rest in items()] == [members[0].pk, members[1].pk]
    take = AgendaItem.objects.first()
    assert take is not None
    with refused("V-A5"):
        take_off(take.pk, by=place.chair)


def test_n_c1_a_blocked_member_is_not_proposed(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    Member.objects.filter(pk=members[0].pk).update(blocked_on=TODAY)
    with pytest.raises(Member.DoesNotExist):
        propose_exclusions(place.keeper.pk, ids(members[:1]), by=place.chair)
    assert members[0].surname not in text(places.signed_in(place.chair).get(reverse("meetings:arrears")))
