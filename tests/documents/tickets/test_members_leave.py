"""Tickets of members who move, leave, were entered by mistake, or whose cards are destroyed (V-B9, V-B14, V-C1)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from documents.papers import ticket_journal
from documents.tickets.enums import PaperKind
from documents.tickets.models import Blank, IssueLine
from documents.tickets.queries.journal import journal
from members.book.enums import EndReason
from members.book.models import BookLine
from members.meetings.enums import ItemKind
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.appeals import receive_appeal, withdraw_appeal
from members.meetings.transitions.decisions import put_forward
from members.movement.enums import PaperCard
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.people.models import Member
from registry import integrity
from tests.documents import samples
from tests.members import places, sessions
from tests.members.applicants import days
from tests.members.movement.test_erasing import found_in_tables
from tests.refusals import refused

from .stocks import Stocks, numbers, stocks, today
from .test_writing_off import destroy, issue, member, move, void, write_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Stocks:
    return stocks()


def sound() -> None:
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def dead(held: Stocks, one: Member) -> None:
    deregister(
        one.pk, reason=EndReason.DEATH, on=today(), paper="свидетельство", paper_card=PaperCard.TAKEN,
        by=held.place.chair,
    )  # fmt: skip


def test_v_b14_a_destroyed_card_leaves_no_name_with_its_number(held: Stocks) -> None:
    one, other = member(held, "Константинопольская"), member(held, "Сомова")
    blank, kept = issue(held, one, other)
    sheet = blank.issue_line.paper
    move(held, [blank], PaperKind.RETURN, note="сдан родными Константинопольской")
    write_off(held, numbers(200, 200), note="залит Сомовой")
    dead(held, one)
    Member.objects.filter(pk=one.pk).update(erase_after=today())
    assert journal(held.place.chair, "ticket", "Константин").count() == 1
    erase(one.pk, by=held.place.chair)
    assert found_in_tables("Константинополь") == []
    blank.refresh_from_db()
    assert (blank.number, blank.state, blank.member, blank.owner) == (101, "returned", None, "")
    assert (blank.reason, set(blank.history.values_list("member", flat=True))) == ("сведения уничтожены", {None})
    assert journal(held.place.chair, "ticket", "Константин").count() == 0
    assert journal(held.place.chair, "ticket", "0000101").count() == 1
    # Data about other members remain.
    assert IssueLine.objects.get(paper=sheet, blank=kept).full_name == other.full_name
    assert Blank.objects.get(number=200).reason == "залит Сомовой"
    sound()


@pytest.mark.both
def test_v_b14_the_ticket_of_somebody_excluded_is_kept_until_the_appeal_is_decided(held: Stocks) -> None:
    one, other = member(held), member(held, "Сомова")
    blank, another = issue(held, one, other)
    sessions.body_of(held.place.keeper)
    item = put_forward(
        organization=held.place.keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=one,
        exclusion_reason="violation", filed_on=days(20), by=held.place.chair,
    )  # fmt: skip
    meeting = sessions.planned(held.place.keeper, held.place.chair, held_on=days(0))
    put_on(meeting.pk, items=[item.pk], by=held.place.chair)
    sessions.held(meeting, held.place.chair)
    sessions.decided(item, held.place.chair)
    move(held, [blank, another], PaperKind.RETURN)
    assert void(held) == [blank, another]
    appeal = receive_appeal(item.pk, received_on=days(0), by=held.place.region_chair)
    assert void(held) == [another]
    page = places.signed_in(held.place.chair).get(reverse("documents:destroy_blanks")).content.decode()
    assert (another.number_text in page, blank.number_text in page) == (True, False)
    with refused("V-B14", match=blank.number_text):
        destroy(held, [another, blank])
    with refused("V-B14", match=blank.number_text):
        move(held, [blank], PaperKind.CANCELLATION)
    withdraw_appeal(appeal.pk, by=held.place.region_chair)
    destroy(held, [another, blank])
    sound()


@pytest.mark.both
def test_v_b14_a_returned_ticket_is_handed_back_to_who_is_a_member_again(held: Stocks) -> None:
    place, one, other = held.place, member(held), member(held, "Сомова")
    blank, another = issue(held, one, other)
    for whose in (one, other):
        deregister(
            whose.pk, reason=EndReason.OWN_WISH, on=today(), paper="x", paper_card=PaperCard.TAKEN, by=place.chair
        )
    move(held, [blank, another], PaperKind.RETURN, note="выход")
    with refused("V-C1", field="numbers"):
        move(held, [blank], PaperKind.HANDED_BACK)
    take_back_leaving(BookLine.objects.get(member=one).pk, by=place.chair)
    with refused("V-C1", match=another.number_text):
        move(held, [blank, another], PaperKind.HANDED_BACK)
    answer = places.signed_in(place.chair).post(
        reverse("documents:move_issued"),
        {
            "kind": "ticket", "numbers": blank.number_text, "paper_kind": "handed_back", "note": "учёт продолжается",
            "made_on": today().isoformat(),
        },
    )  # fmt: skip
    assert answer.status_code == 302
    blank.refresh_from_db()
    assert (blank.state, blank.reason, blank.owner) == ("issued", "", one.full_name)
    sheets = ticket_journal.build(place.keeper, "ticket", today(), today(), samples.batch_of(place.keeper))
    assert "возвращён владельцу" in str(sheets)
    assert void(held) == [another]
    with refused("V-C1"):
        move(held, [blank], PaperKind.HANDED_BACK)
    sound()


def test_v_c1_no_member_gets_back_a_ticket_that_was_replaced(held: Stocks) -> None:
    one = member(held)
    (blank,) = issue(held, one)
    move(held, [blank], PaperKind.RETURN)
    Member.objects.filter(pk=one.pk).update(ticket_number="0000999")
    with refused("V-C1", field="numbers"):
        move(held, [blank], PaperKind.HANDED_BACK)
    Member.objects.filter(pk=one.pk).update(ticket_number=blank.number_text, blocked_on=today())
    with refused("V-C1", field="numbers"):
        move(held, [blank], PaperKind.HANDED_BACK)
