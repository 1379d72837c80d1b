"""Issue sheets, duplicates, and numbers already on cards (V-B3, V-B5, V-C1, V-C3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.tickets.integrity import balances_of_blanks, movements_have_a_balance, tickets_of_cards
from documents.tickets.models import Blank, BlankMovement, BlankPaper, BlankStock, IssueLine
from documents.tickets.queries.issuing import receivers, typed_numbers, waiting
from documents.tickets.transitions.issuing import drop_issue, post_issue, prepare_issue, take_over_tickets
from documents.tickets.transitions.writing_off import move_issued, write_off_blanks
from members.book.enums import EndReason
from members.meetings.enums import ItemKind
from members.meetings.models import Meeting
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.decisions import put_forward
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from members.people.models import CardMark, Member
from members.people.search import matching
from members.people.transitions.cards import edit_card
from registry.errors import NotAllowed
from registry.organizations.models import Figures
from registry.organizations.transitions.charters import change_charter
from tests.members import sessions
from tests.refusals import refused
from tests.registry import trees

from .stocks import Stocks, numbers, stocks, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def held() -> Stocks:
    return stocks()


def put(held: Stocks, surname: str, **values: Any) -> Member:
    given = {"snils": "", "ticket_number": "", "confirmed_duplicate": True, **values}
    return held.place.put(surname=surname, **given)


def prepare(held: Stocks, *members: Member, kind: str = "ticket", **values: Any) -> BlankPaper:
    given = {"made_on": today(), "by": held.place.chair, **values}
    return prepare_issue(held.place.keeper.pk, kind=kind, members=[m.pk for m in members], **given)


def post(held: Stocks, paper: BlankPaper, **values: Any) -> BlankPaper:
    return post_issue(paper.pk, **{"made_on": today(), "by": held.place.chair, **values})


def issue(held: Stocks, *members: Member, kind: str = "ticket") -> BlankPaper:
    return post(held, prepare(held, *members, kind=kind))


def decide_duplicate(held: Stocks, member: Member, reason: str = "lost") -> CardMark:
    keeper, chair = held.place.keeper, held.place.chair
    item = put_forward(
        organization=keeper, kind=ItemKind.DUPLICATE, title="О дубликате", member=member, ticket_reason=reason,
        statement_on=today(), filed_on=today(), by=chair,
    )  # fmt: skip
    meeting = sessions.planned(keeper, chair, held_on=today(), starts_at=dt.time(0, Meeting.objects.count()))
    put_on(meeting.pk, items=[item.pk], by=chair)
    sessions.held(meeting, chair)
    sessions.decided(item, chair)
    return CardMark.objects.get(item=item)


def counts(held: Stocks) -> dict[str, int]:
    stock = BlankStock.objects.get(organization=held.place.keeper, kind="ticket")
    names = ("received", "in_stock", "issued", "lost", "cancelled")
    return {name: getattr(stock, name) for name in names if getattr(stock, name)}


def check_books() -> None:
    for check in (balances_of_blanks, movements_have_a_balance, tickets_of_cards):
        assert list(check()) == []


def on_card(member: Member) -> str:
    return Member.objects.get(pk=member.pk).ticket_number


# Preparing


def test_v_c3_a_sheet_has_its_members_by_name_and_no_number_before_it_is_posted(held: Stocks) -> None:
    second, first = put(held, "Яковлева"), put(held, "Абрамова")
    paper = prepare(held, second, first)
    assert (paper.kind, paper.state, paper.number) == ("issue", "draft", "")
    lines = paper.lines.order_by("position").values_list("full_name", "blank", "replaces", "reason")
    assert [name.split()[0] for name, *_rest in lines] == ["Абрамова", "Яковлева"]
    assert {line[1:] for line in lines} == {(None, "", "first")}
    assert counts(held) == {"received": 100, "in_stock": 100}
    assert on_card(first) == ""


@pytest.mark.both
def test_v_c3_a_sheet_for_the_same_members_is_prepared_once(held: Stocks) -> None:
    first, second, third = (put(held, surname) for surname in ("Абрамова", "Белова", "Власова"))
    paper = prepare(held, first, second)
    with refused("V-C3", match="уже подготовлена"):
        prepare(held, second, first)
    held.receive(numbers(1, 9), kind="card")
    for others in ([first], [first, second, third], [second, third]):
        prepare(held, *others)
    prepare(held, first, second, kind="card")
    drop_issue(paper.pk, by=held.place.chair)
    assert prepare(held, first, second).lines.count() == 2


@pytest.mark.parametrize("days", [0, -1])
def test_v_c1_a_sheet_can_be_of_today_or_earlier(held: Stocks, days: int) -> None:
    assert prepare(held, put(held, "Абрамова"), made_on=today() + dt.timedelta(days=days)).state == "draft"


def test_v_c1_nothing_is_prepared_or_issued_on_a_day_to_come(held: Stocks) -> None:
    member, tomorrow = put(held, "Абрамова"), today() + dt.timedelta(days=1)
    with refused("V-C1", field="made_on"):
        prepare(held, member, made_on=tomorrow)
    paper = prepare(held, member)
    with refused("V-C1", field="made_on"):
        post(held, paper, made_on=tomorrow)
    with refused("V-C1", field="made_on"):
        take_over_tickets(held.place.keeper.pk, made_on=tomorrow, by=held.place.chair)


def test_v_c3_a_sheet_needs_members_and_each_of_them_needs_a_ticket(held: Stocks) -> None:
    with refused("V-C3", match="Отметьте, кому"):
        prepare(held)
    holder = put(held, "Абрамова", ticket_number="77")
    with refused("V-C3", blockers=[f"{holder.full_name}: есть № 77; для нового билета нужно решение органа"]):
        prepare(held, holder, put(held, "Белова"))
    assert not BlankPaper.objects.filter(kind="issue").exists()


def test_v_c3_a_sheet_has_at_most_a_thousand_members(held: Stocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.tickets.rules.MAX_LINES", 2)
    people = [put(held, surname) for surname in ("Абрамова", "Белова", "Власова")]
    assert prepare(held, *people[:2]).lines.count() == 2
    with refused("V-C3", match="не больше 2"):
        prepare(held, *people)


def test_v_c3_somebody_who_is_not_registered_here_is_not_on_a_sheet(held: Stocks) -> None:
    member, gone = put(held, "Абрамова"), put(held, "Белова", ticket_number="9")
    leave(held, gone)
    with refused("V-C3", match="уже нет на учёте"):
        prepare(held, member, gone)


def test_v_c1_a_federation_issues_the_kinds_that_it_has(held: Stocks) -> None:
    with refused("V-C1", field="kind"):
        prepare(held, put(held, "Абрамова"), kind="badge")


def leave(held: Stocks, member: Member) -> None:
    deregister(
        member.pk, reason=EndReason.DEATH, on=today(), paper="свидетельство", paper_card=PaperCard.TAKEN,
        by=held.place.chair,
    )  # fmt: skip


# Posting


@pytest.mark.both
def test_v_c3_posting_gives_the_lowest_numbers_in_the_order_of_the_sheet(held: Stocks) -> None:
    second, first = put(held, "Яковлева"), put(held, "Абрамова")
    paper = issue(held, second, first)
    assert (paper.state, paper.number) == ("posted", "1")
    lines = IssueLine.objects.filter(paper=paper).order_by("position")
    assert [(line.member_id, str(line.blank)) for line in lines] == [(first.pk, "0000101"), (second.pk, "0000102")]
    assert (on_card(first), on_card(second)) == ("0000101", "0000102")
    assert counts(held) == {"received": 100, "in_stock": 98, "issued": 2}
    movement = BlankMovement.objects.get(paper=paper)
    assert (movement.range, movement.from_place, movement.to_place) == (numbers(101, 102), "stock", "issued")
    line = first.book_lines.get()
    assert line.ticket_number == "0000101"
    check_books()


def test_v_c3_sheets_are_numbered_by_the_year_and_a_dropped_one_leaves_no_gap(held: Stocks) -> None:
    dropped = drop_issue(prepare(held, put(held, "Абрамова")).pk, by=held.place.chair)
    assert (dropped.state, dropped.number) == ("dropped", "")
    assert [issue(held, put(held, name)).number for name in ("Белова", "Власова")] == ["1", "2"]


def test_v_c3_a_sheet_is_posted_or_dropped_once(held: Stocks) -> None:
    paper = issue(held, put(held, "Абрамова"))
    for again in (lambda: post(held, paper), lambda: drop_issue(paper.pk, by=held.place.chair)):
        with refused("V-C3", match="уже нельзя изменить"):
            again()
    dropped = drop_issue(prepare(held, put(held, "Белова")).pk, by=held.place.chair)
    with refused("V-C3", match="уже нельзя изменить"):
        post(held, dropped)
    assert counts(held) == {"received": 100, "in_stock": 99, "issued": 1}


def test_v_c3_only_a_sheet_is_posted_or_dropped(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 210), to=held.place.keeper)
    with refused("V-C3", match="не ведомость"):
        post(held, act, by=held.head_chair)
    with refused("V-C3", match="не ведомость"):
        drop_issue(act.pk, by=held.head_chair)


def test_v_c1_a_stock_that_is_too_small_issues_nothing(held: Stocks) -> None:
    people = [put(held, surname) for surname in ("Абрамова", "Белова")]
    held.give(numbers(201, 201), kind="ticket")
    paper = prepare(held, *people)
    keeper, chair = held.place.keeper, held.place.chair
    given = {"kind": "ticket", "paper_kind": "spoiled", "made_on": today(), "note": "намокли", "by": chair}
    write_off_blanks(keeper.pk, numbers=[numbers(101, 200)], **given)  # type: ignore[arg-type]
    with refused("V-C1", match="складе: 1, для ведомости нужно: 2"):
        post(held, paper)
    assert [on_card(member) for member in people] == ["", ""]
    assert not Blank.objects.filter(state="issued").exists()
    held.give(numbers(300, 300))
    post(held, paper)
    assert [on_card(member) for member in people] == ["0000201", "0000300"]
    check_books()


def test_v_c3_nothing_is_issued_if_somebody_left_or_got_a_ticket_meanwhile(held: Stocks) -> None:
    stays, holder = put(held, "Абрамова"), put(held, "Белова")
    paper = prepare(held, stays, holder)
    edit_card(holder.pk, values={"ticket_number": "55"}, version=None, by=held.place.chair)
    with refused("V-C3", blockers=[f"{holder.full_name}: есть № 55; для нового билета нужно решение органа"]):
        post(held, paper)
    leave(held, holder)
    with refused("V-C3", blockers=[f"{holder.full_name}: уже нет на учёте"]):
        post(held, paper)
    assert on_card(stays) == ""
    check_books()


def test_v_c1_a_number_that_stands_on_another_card_is_not_issued(held: Stocks) -> None:
    one = put(held, "Абрамова")
    # Typed before the blanks were received.
    Member.objects.filter(pk=one.pk).update(ticket_number="0000101")
    paper = prepare(held, put(held, "Белова"))
    with refused("V-C1", match="0000101"):
        post(held, paper)
    assert counts(held) == {"received": 100, "in_stock": 100}


@pytest.mark.both
def test_v_c3_a_sheet_of_many_is_posted_in_as_many_queries_as_one_of_few(held: Stocks) -> None:
    counted = []
    for names in (["Абрамова"], ["Белова", "Власова", "Громова", "Дымова"]):
        paper = prepare(held, *(put(held, name) for name in names))
        with CaptureQueriesContext(connection) as queries:
            post(held, paper)
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.both
def test_u_5a_a_card_that_lacked_its_ticket_alone_is_complete_when_it_is_issued(held: Stocks) -> None:
    change_charter(held.place.head.federation_id, values={"required": ["ticket_number"]}, by=trees.INSTALLATION)
    one = put(held, "Абрамова")

    def state() -> tuple[int, int]:
        return Member.objects.get(pk=one.pk).missing, Figures.objects.get(organization=one.unit_id).incomplete

    assert state() == (1, 1)
    issue(held, one)
    assert state() == (0, 0)
    check_books()


def test_v_c1_who_keeps_no_blanks_issues_none(held: Stocks) -> None:
    paper = prepare(held, put(held, "Абрамова"))
    for act in (
        lambda: prepare(held, put(held, "Белова"), by=held.place.reviewer),
        lambda: post(held, paper, by=held.place.reviewer),
        lambda: drop_issue(paper.pk, by=held.place.region_chair),
        lambda: take_over_tickets(held.place.keeper.pk, made_on=today(), by=held.place.region_chair),
    ):
        with pytest.raises(NotAllowed):
            act()


# In place of another


@pytest.mark.parametrize(("reason", "place"), [("lost", "lost"), ("damaged", "cancelled"), ("name", "cancelled")])
def test_v_b5_the_former_ticket_is_void_when_the_new_one_is_issued(held: Stocks, reason: str, place: str) -> None:
    member = put(held, "Абрамова")
    issue(held, member)
    mark = decide_duplicate(held, member, reason)
    paper = issue(held, member)
    line = paper.lines.get()
    assert (line.reason, line.replaces, str(line.blank)) == (reason, "0000101", "0000102")
    assert line.ground == f"протокол от {today():%d.%m.%Y}"
    states = Blank.objects.filter(member=member).order_by("number").values_list("state", flat=True)
    assert list(states) == [place, "issued"]
    mark.refresh_from_db()
    assert (mark.former_number, mark.new_number) == ("0000101", "0000102")
    assert "0000101" in mark.text
    assert "0000102" in mark.text
    assert on_card(member) == "0000102"
    found = matching("0000101")
    assert found is not None
    assert list(Member.objects.filter(found)) == [member]
    check_books()


def test_v_b5_each_of_several_has_their_own_former_and_new_number(held: Stocks) -> None:
    both = [put(held, "Яковлева", ticket_number="77"), put(held, "Абрамова", ticket_number="78")]
    marks = [decide_duplicate(held, member, "damaged") for member in both]
    issue(held, *both)
    for member, mark, former, new in zip(both, marks, ("77", "78"), ("0000102", "0000101"), strict=True):
        mark.refresh_from_db()
        line = member.book_lines.get()
        assert (mark.former_number, mark.new_number) == (former, new)
        assert (line.ticket_number, line.former_tickets) == (new, former)
        assert on_card(member) == new
        for number in (former, new):
            found = matching(number)
            assert found is not None
            assert list(Member.objects.filter(found)) == [member]
    check_books()


def test_v_b5_a_decision_gives_one_new_ticket(held: Stocks) -> None:
    member = put(held, "Абрамова", ticket_number="0104512")
    chair, keeper = held.place.chair, held.place.keeper
    assert list(waiting(keeper, chair, "ticket")) == []
    decide_duplicate(held, member)
    assert list(waiting(keeper, chair, "ticket")) == [member]
    issue(held, member)
    assert list(waiting(keeper, chair, "ticket")) == []
    with refused("V-C3"):
        prepare(held, member)


def test_v_b5_an_older_decision_does_not_count_after_a_newer_one_was_carried_out(held: Stocks) -> None:
    member = put(held, "Абрамова", ticket_number="0104512")
    older = decide_duplicate(held, member)
    CardMark.objects.filter(pk=older.pk).update(made_on=today() - dt.timedelta(days=30))
    decide_duplicate(held, member, "damaged")
    assert issue(held, member).lines.get().reason == "damaged"
    assert list(waiting(held.place.keeper, held.place.chair, "ticket")) == []


@pytest.mark.both
def test_v_c3_a_paper_card_is_issued_without_touching_the_ticket(held: Stocks) -> None:
    held.receive(numbers(1, 20, series="К"), kind="card")
    held.give(numbers(1, 10, series="К"), kind="card")
    member = put(held, "Абрамова", ticket_number="0104512")
    decide_duplicate(held, member)
    issue(held, member, kind="card")
    assert on_card(member) == "0104512"
    (one,) = receivers(Member.objects.filter(pk=member.pk), "card")
    assert (one.former, bool(one.obstacle)) == ("К 0000001", True)
    card = Blank.objects.get(kind="card")
    move_issued(
        held.place.keeper.pk, paper_kind="return", blanks=[card.pk], made_on=today(), note="порвана",
        by=held.place.chair,
    )  # fmt: skip
    assert str(issue(held, member, kind="card").lines.get().blank) == "К 0000002"
    check_books()


def test_v_c1_the_number_of_an_issued_ticket_is_not_typed_over(held: Stocks) -> None:
    member = put(held, "Абрамова")
    edit_card(member.pk, values={"ticket_number": "55"}, version=None, by=held.place.chair)
    edit_card(member.pk, values={"ticket_number": ""}, version=None, by=held.place.chair)
    issue(held, member)
    with refused("V-C1", field="ticket_number"):
        edit_card(member.pk, values={"ticket_number": "56"}, version=None, by=held.place.chair)
    move_issued(
        held.place.keeper.pk, paper_kind="cancellation", blanks=[Blank.objects.get().pk], made_on=today(),
        note="ошибка в номере", by=held.place.chair,
    )  # fmt: skip
    edit_card(member.pk, values={"ticket_number": "56"}, version=None, by=held.place.chair)
    check_books()


# Taking over


def test_v_c1_numbers_on_cards_are_taken_over_as_they_stand_there(held: Stocks) -> None:
    first, second = put(held, "Абрамова", ticket_number="АБ-000012"), put(held, "Белова", ticket_number="000500777")
    put(held, "Власова")
    paper = take_over_tickets(held.place.keeper.pk, made_on=today(), by=held.place.chair)
    assert (paper.kind, paper.state, paper.number) == ("opening", "posted", "1")
    assert {line.member_id: str(line.blank) for line in paper.lines.all()} == {
        first.pk: "АБ 000012", second.pk: "000500777",
    }  # fmt: skip
    assert on_card(first) == "АБ-000012"
    assert counts(held) == {"received": 102, "in_stock": 100, "issued": 2}
    with refused("V-C1", match="нет номеров"):
        take_over_tickets(held.place.keeper.pk, made_on=today(), by=held.place.chair)
    check_books()


def test_v_c1_numbers_that_conflict_are_named_and_left_out(held: Stocks) -> None:
    issue(held, put(held, "Первая"))
    # Numbers in stock or issued, as typed on cards before the ledger knew them.
    Member.objects.filter(pk=put(held, "Белова").pk).update(ticket_number="0000150")
    Member.objects.filter(pk=put(held, "Власова").pk).update(ticket_number="00000101")
    Member.objects.filter(pk=put(held, "Громова").pk).update(ticket_number="0000777")
    good = put(held, "Абрамова", ticket_number="9000001")
    put(held, "Дымова", ticket_number="8000001")
    put(held, "Ежова", ticket_number="08000001")
    put(held, "Жукова", ticket_number="без номера")
    typed = typed_numbers(held.place.keeper, held.place.chair)
    assert [one.member_id for one in typed.whole] == [good.pk]
    surnames = dict(Member.objects.values_list("pk", "surname"))
    assert {surnames[member]: why for member, why in typed.conflicts} == {
        "Белова": "бланк с этим номером числится на складе",
        "Власова": "номер уже выдан, списан или уничтожен",
        "Громова": "бланк с этим номером числится на складе",
        "Дымова": "тот же номер на другой карточке",
        "Ежова": "тот же номер на другой карточке",
        "Жукова": "В номере бланка не больше 12 цифр, перед ними может стоять серия.",
    }
    paper = take_over_tickets(held.place.keeper.pk, made_on=today(), by=held.place.chair)
    assert [line.member for line in paper.lines.all()] == [good]
    check_books()
