"""Tickets of members who move, leave, are entered by mistake, or whose cards are destroyed (V-B9, V-B14, V-C1)."""

from __future__ import annotations

import pytest

from documents.tickets.enums import PaperKind
from documents.tickets.models import Blank, IssueLine
from documents.tickets.queries.journal import journal
from members.book.enums import EndReason
from members.movement.enums import PaperCard
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry import integrity
from tests.members.movement.test_erasing import found_in_tables

from .stocks import Stocks, numbers, stocks, today
from .test_writing_off import issue, member, move, write_off

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
    # What is said of others stays.
    assert IssueLine.objects.get(paper=sheet, blank=kept).full_name == other.full_name
    assert Blank.objects.get(number=200).reason == "залит Сомовой"
    sound()
