"""Blanks combined with transfers, decisions, lists, mergers and other organisations' days (V-B5, V-B9, V-B14, V-C1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.tickets.models import Blank, BlankPaper, BlankRange
from documents.tickets.queries.balance import balance_on
from documents.tickets.queries.issuing import waiting
from documents.tickets.transitions.issuing import drop_issue, prepare_issue
from documents.tickets.transitions.stock import confirm_blanks, hand_down_blanks, name_keeper, receive_blanks
from documents.tickets.transitions.writing_off import destroy_blanks, move_issued
from dues.ledger.transitions import close_books
from members.book.models import Registration
from members.meetings.enums import ItemKind
from members.meetings.models import Meeting
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.decisions import put_forward, reverse_decision
from members.meetings.transitions.meetings import cancel_meeting, unhold_meeting
from members.movement.transitions.arrivals import take_back_arrival
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.organizations import merge_organizations
from members.movement.transitions.transfers import arrive
from members.people.models import CardMark, Member
from members.people.rules.taking_back import dependencies_of
from registry import integrity
from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.organizations.transitions.charters import change_charter
from tests.clock import at
from tests.members import applicants, places, sessions
from tests.members.lists.test_updates import Book
from tests.members.movement.test_neighbours import departed
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees
from tests.registry.organizations.test_time_zones import FIRST, KALININGRAD, LAST, NIGHT
from tests.registry.organizations.test_time_zones import moved as moved_to

from .stocks import Stocks, empty, numbers, stocks, today
from .test_issuing import decide_duplicate, issue, on_card, post, prepare, put
from .test_writing_off import COMMISSION, counts, move, write_off

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)


@pytest.fixture
def held() -> Stocks:
    return stocks()


def sound() -> None:
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def neighbour(held: Stocks) -> tuple[Organization, Actor]:
    """Create another local organisation with the tickets № 0000301–0000310; return it and its chair."""
    other = trees.again(trees.below(held.place.region, Level.LOCAL, "Соседняя МО"))
    chair = trees.officer(other, Role.CHAIR, "Соседова")
    confirm_blanks(held.hand_down(numbers(301, 310), to=other).pk, by=chair)
    return other, chair


def moved(held: Stocks, one: Member, other: Organization, chair: Actor) -> Member:
    code = departed(Member.objects.get(pk=one.pk), held.place.chair)
    return arrive(organization=other, ticket_number=on_card(one), code=code, on=today(), by=chair)


# Transfers


def test_v_b9_a_ticket_stays_in_the_balance_that_issued_it_until_the_new_place_replaces_it(held: Stocks) -> None:
    one = put(held, "Абрамова")
    issue(held, one)
    other, chair = neighbour(held)
    moved(held, one, other, chair)
    assert (counts(held.place.keeper), counts(other)) == ({"in_stock": 99, "issued": 1}, {"in_stock": 10})
    assert list(Blank.objects.answered_for_by(other)) == [Blank.objects.get()]
    decided_at(other, chair, one)
    sheet = prepare_issue(other.pk, kind="ticket", members=[one.pk], made_on=today(), by=chair)
    post(held, sheet, by=chair)
    assert on_card(one) == "0000301"
    assert counts(held.place.keeper) == {"in_stock": 99, "handed_down": 1}
    assert counts(other) == {"in_stock": 9, "issued": 1, "lost": 1}
    for organization in (held.place.keeper, other):
        assert balance_on(organization.pk, "ticket", today()).counts() == balance_on(organization.pk, "ticket").counts()
    sound()


def decided_at(organization: Organization, chair: Actor, one: Member) -> None:
    """Decide on a new ticket instead of a lost one at a meeting of the other organisation."""
    item = put_forward(
        organization=organization, kind=ItemKind.DUPLICATE, title="О дубликате", member=one, ticket_reason="lost",
        statement_on=today(), filed_on=today(), by=chair,
    )  # fmt: skip
    meeting = sessions.planned(organization, chair, held_on=today(), starts_at=dt.time(0, Meeting.objects.count()))
    put_on(meeting.pk, items=[item.pk], by=chair)
    sessions.held(meeting, chair)
    sessions.decided(item, chair)


def test_v_b9_a_sheet_does_not_issue_to_somebody_who_was_transferred_meanwhile(held: Stocks) -> None:
    one, stays = put(held, "Абрамова", ticket_number="77"), put(held, "Белова")
    decide_duplicate(held, one)
    paper = prepare(held, one, stays)
    other, chair = neighbour(held)
    moved(held, one, other, chair)
    with refused("V-C3", blockers=[f"{one.full_name}: уже нет на учёте"]):
        post(held, paper)
    # The new organisation now carries out the decision.
    assert list(waiting(other, chair, "ticket")) == [one]
    assert on_card(stays) == ""
    sound()


def test_v_b9_an_arrival_after_which_a_blank_was_issued_is_not_taken_back(held: Stocks) -> None:
    one, untouched = put(held, "Абрамова", ticket_number="77"), put(held, "Белова", ticket_number="78")
    other, chair = neighbour(held)
    for member in (one, untouched):
        moved(held, member, other, chair)
    receive_blanks(
        other.pk, kind="card", numbers=[numbers(1, 5)], number="1", made_on=today(), source="Типография", by=chair
    )
    sheet = prepare_issue(other.pk, kind="card", members=[one.pk], made_on=today(), by=chair)
    post(held, sheet, by=chair)
    with refused("V-B9", match="отменить приём уже нельзя"):
        take_back_arrival(one.transfers.get().pk, by=chair)
    take_back_arrival(untouched.transfers.get().pk, by=chair)
    sound()


@pytest.mark.both
def test_n_h3_a_ticket_on_its_way_with_its_member_goes_to_the_successor(held: Stocks) -> None:
    one = put(held, "Абрамова")
    issue(held, one)
    other, _chair = neighbour(held)
    code = departed(Member.objects.get(pk=one.pk), held.place.chair)
    act = hand_down_blanks(
        held.place.keeper.pk, receiver_id=held.place.region.pk, kind="ticket", numbers=[numbers(102, 200)],
        made_on=today(), by=held.place.chair,
    )  # fmt: skip
    confirm_blanks(act.pk, by=held.place.region_chair)
    merge_organizations(held.place.keeper.pk, other.pk, on=today(), by=held.place.region_chair)
    blank = Blank.objects.get()
    assert (blank.organization, list(Blank.objects.to_collect(other))) == (other, [])
    third = trees.again(trees.below(held.place.region, Level.LOCAL, "Дальняя МО"))
    there_chair = trees.officer(third, Role.CHAIR, "Дальнева")
    arrive(organization=third, ticket_number="0000101", code=code, on=today(), by=there_chair)
    move(held, [blank], "return", by=there_chair, at=third)  # type: ignore[arg-type]
    assert (counts(other), counts(third)) == ({"in_stock": 10, "handed_down": 1}, {"returned": 1})
    sound()


# Decisions that are reversed


def test_v_b5_a_duplicate_whose_decision_was_reversed_is_not_issued(held: Stocks) -> None:
    one = put(held, "Абрамова", ticket_number="77")
    mark = decide_duplicate(held, one)
    paper = prepare(held, one)
    assert mark.item is not None
    reverse_decision(mark.item.pk, by=held.place.chair)
    assert list(waiting(held.place.keeper, held.place.chair, "ticket")) == []
    with refused("V-C3", blockers=[f"{one.full_name}: есть № 77; для нового билета нужно решение органа"]):
        post(held, paper)
    assert (on_card(one), Blank.objects.count()) == ("77", 0)


@pytest.mark.both
def test_v_b5_a_decision_is_not_reversed_while_the_ticket_issued_by_it_is_valid(held: Stocks) -> None:
    one = put(held, "Абрамова", ticket_number="77")
    mark = decide_duplicate(held, one)
    issue(held, one)
    assert mark.item is not None
    with refused("V-B5", match="выдан билет № 0000101"):
        reverse_decision(mark.item.pk, by=held.place.chair)
    assert CardMark.objects.filter(pk=mark.pk).exists()
    move(held, [Blank.objects.get()], "cancellation", note="решение внесено ошибочно")  # type: ignore[arg-type]
    reverse_decision(mark.item.pk, by=held.place.chair)
    assert not CardMark.objects.filter(pk=mark.pk).exists()
    sound()


def test_v_b16_a_reversed_exclusion_leaves_the_ticket_valid_and_nothing_to_collect(held: Stocks) -> None:
    one = put(held, "Абрамова")
    issue(held, one)
    chair, keeper = held.place.chair, held.place.keeper
    item = put_forward(
        organization=keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=one, exclusion_reason="violation",
        filed_on=today(), by=chair,
    )  # fmt: skip
    meeting = sessions.planned(keeper, chair, held_on=today())
    put_on(meeting.pk, items=[item.pk], by=chair)
    sessions.held(meeting, chair)
    sessions.decided(item, chair, not_notified=True)
    assert list(Blank.objects.to_collect(keeper)) == [Blank.objects.get()]
    reverse_decision(item.pk, by=chair)
    assert list(Blank.objects.to_collect(keeper)) == []
    assert (Blank.objects.get().state, on_card(one)) == ("issued", "0000101")
    sound()


@pytest.mark.both
def test_u_5_an_entry_is_not_taken_back_once_a_blank_was_issued(held: Stocks) -> None:
    held.receive(numbers(1, 5), kind="card")
    held.give(numbers(1, 5), kind="card")
    one, untouched = put(held, "Абрамова"), put(held, "Белова")
    issue(held, one, kind="card")
    both = Member.objects.filter(pk__in=[one.pk, untouched.pk])
    assert [text.split(":")[0] for text in map(str, dependencies_of(both))] == [one.full_name]
    # Issuing did not change the cards.
    assert set(both.values_list("version", flat=True)) == {1}


def test_v_a5_an_admission_is_reversed_before_a_blank_is_issued_and_not_after(held: Stocks) -> None:
    held.receive(numbers(1, 5), kind="card")
    held.give(numbers(1, 5), kind="card")
    item, chair = sessions.admission(held.place, applicants.many(held.place, 1)), held.place.chair
    sessions.decided(item, chair)
    reverse_decision(item.pk, by=chair)
    assert not Member.objects.registered().exists()
    sessions.decided(item, chair)
    one = Member.objects.registered().get()
    issue(held, one, kind="card")
    with refused("V-A5", blockers=[f"{one.full_name}: после приёма карточку изменили или напечатали документ."]):
        reverse_decision(item.pk, by=chair)
    sound()


# Numbers on the card


@pytest.mark.both
def test_v_c1_a_workbook_of_changes_types_no_number_of_the_ledger(held: Stocks) -> None:
    one, other, chair = put(held, "Абрамова"), put(held, "Белова"), held.place.chair
    book = Book([one, other], chair)
    (column,) = (at for name, at in book.columns.items() if name and "билет" in name.lower())
    for row, number in enumerate(("0000150", "7000150")):
        book.sheet.cell(row + 2, column).value = number
    rows = list(book.load(chair).rows.order_by("number"))
    assert [row.verdict for row in rows] == ["refused", "ready"]
    assert "есть в учёте бланков" in str([rows[0].remarks, rows[0].changes])


# Pressed twice, and ids of others


def test_n_d2_what_is_sent_twice_happens_once(held: Stocks) -> None:
    keeper, chair = held.place.keeper, held.place.chair
    with refused("V-C1", field="numbers"):
        held.receive(numbers(1, 1000))
    held.hand_down(numbers(301, 310))
    with refused("V-C1", field="numbers"):
        held.hand_down(numbers(301, 310))
    write_off(held, numbers(200, 200))
    with refused("V-C1", field="numbers"):
        write_off(held, numbers(200, 200))
    spoiled = Blank.objects.get()
    given: dict[str, Any] = {
        "kind": "ticket", "blanks": [spoiled.pk], "made_on": today(), "way": "сожжён", "signed_by": COMMISSION,
    }  # fmt: skip
    destroy_blanks(keeper.pk, **given, by=chair)
    with refused("V-C1"):
        destroy_blanks(keeper.pk, **given, by=chair)
    one = put(held, "Абрамова")
    first, second = prepare(held, one), prepare(held, one, put(held, "Белова"))
    with refused("V-C3"):
        prepare(held, one)
    post(held, first)
    with refused("V-C3"):
        post(held, second)
    assert counts(keeper) == {"in_stock": 98, "issued": 1, "destroyed": 1}
    sound()


def test_v_c1_blanks_and_people_of_others_are_as_if_they_were_not_there(held: Stocks) -> None:
    other, chair = neighbour(held)
    one = put(held, "Абрамова")
    issue(held, one)
    write_off(held, numbers(200, 200))
    foreign, spoiled = Blank.objects.get(number=101), Blank.objects.get(number=200)
    with refused("V-C1"):
        move_issued(
            other.pk,
            paper_kind="lost",
            blanks=[foreign.pk],
            made_on=today(),
            note="?",
            by=chair,  # type: ignore[arg-type]
        )
    with refused("V-C1"):
        destroy_blanks(
            other.pk, kind="ticket", blanks=[spoiled.pk], made_on=today(), way="сожжён", signed_by=COMMISSION, by=chair
        )
    with refused("V-C3"):
        prepare_issue(other.pk, kind="ticket", members=[one.pk], made_on=today(), by=chair)
    with refused("V-C1", field="numbers"):
        hand_down_blanks(
            other.pk, receiver_id=held.place.region.pk, kind="ticket", numbers=[numbers(110, 120)], made_on=today(),
            by=chair,
        )  # fmt: skip
    assert held.place.chair.account is not None
    with pytest.raises(Account.DoesNotExist):
        name_keeper(other.pk, kind="ticket", account_id=held.place.chair.account.pk, by=chair)
    with pytest.raises(Organization.DoesNotExist):
        hand_down_blanks(
            other.pk, receiver_id=held.place.keeper.pk, kind="ticket", numbers=[numbers(301, 302)], made_on=today(),
            by=chair,
        )  # fmt: skip
    with pytest.raises(BlankPaper.DoesNotExist):
        confirm_blanks(held.hand_down(numbers(401, 402)).pk, by=chair)
    sound()


# Days


def test_v_c1_a_confirmation_has_the_day_on_which_the_blanks_came() -> None:
    held = empty()
    received, sent, came = today() - 5 * DAY, today() - 4 * DAY, today() - 2 * DAY
    head, region = held.place.head, held.place.region
    given: dict[str, Any] = {"kind": "ticket", "numbers": [numbers(1, 10)], "by": held.head_chair}
    receive_blanks(head.pk, **given, number="1", made_on=received, source="Типография")
    act = hand_down_blanks(head.pk, **given, receiver_id=region.pk, made_on=sent)
    for wrong, said in ((sent - DAY, "Бланки переданы"), (today() + DAY, "Дата ещё не наступила")):
        with refused("V-C1", field="made_on", match=said):
            confirm_blanks(act.pk, made_on=wrong, by=held.place.region_chair)
    assert confirm_blanks(act.pk, made_on=came, by=held.place.region_chair).confirmed_on == came
    on_day = {day: balance_on(region.pk, "ticket", day).counts()["stock"] for day in (came - DAY, came, today())}
    assert on_day == {came - DAY: 0, came: 10, today(): 10}
    sound()


def test_v_c1_without_a_day_blanks_came_today_and_on_the_day_of_the_act_at_the_earliest(held: Stocks) -> None:
    act = held.hand_down(numbers(301, 310))
    assert confirm_blanks(act.pk, made_on=today(), by=held.place.region_chair).confirmed_on == today()
    assert confirm_blanks(held.hand_down(numbers(311, 311)).pk, by=held.place.region_chair).confirmed_on == today()


def test_v_c1_an_act_of_a_day_that_has_not_begun_at_the_receiver_is_confirmed() -> None:
    held = empty()
    region, chair = moved_to(held.place, KALININGRAD).region, held.place.region_chair
    with at(NIGHT):
        held.receive(numbers(1, 10))
        act = held.hand_down(numbers(1, 10), to=region)
        assert (act.made_on, region.today) == (FIRST, LAST)
        with refused("V-C1", field="made_on"):
            confirm_blanks(act.pk, made_on=FIRST + DAY, by=chair)
        with refused("V-C1", field="made_on"):
            confirm_blanks(act.pk, made_on=LAST, by=chair)
        assert confirm_blanks(act.pk, by=chair).confirmed_on == FIRST
        sound()


def test_v_c1_a_back_dated_sheet_issues_no_number_that_came_later() -> None:
    held = empty()
    keeper, chair, one = held.place.keeper, held.place.chair, put(held, "Абрамова")
    given: dict[str, Any] = {"kind": "ticket", "number": "1", "source": "Типография", "by": chair}
    receive_blanks(keeper.pk, **given, numbers=[numbers(11, 20)], made_on=today() - 9 * DAY)
    receive_blanks(keeper.pk, **given, numbers=[numbers(1, 10)], made_on=today() - 3 * DAY)
    paper = prepare(held, one)
    with refused("V-C1", field="made_on"):
        post(held, paper, made_on=today() - 4 * DAY)
    assert (on_card(one), BlankRange.objects.get().range) == ("", numbers(1, 20))
    assert post(held, paper, made_on=today() - 3 * DAY).number == "1"
    assert on_card(one) == "0000001"
    sound()


# Organisations that end, and blocked members


@pytest.mark.both
def test_n_h3_sheets_in_preparation_end_with_their_organisation(held: Stocks) -> None:
    draft = prepare(held, put(held, "Абрамова"))
    posted = issue(held, put(held, "Белова"))
    other, _chair = neighbour(held)
    act = hand_down_blanks(
        held.place.keeper.pk, receiver_id=held.place.region.pk, kind="ticket", numbers=[numbers(102, 200)],
        made_on=today(), by=held.place.chair,
    )  # fmt: skip
    confirm_blanks(act.pk, by=held.place.region_chair)
    merge_organizations(held.place.keeper.pk, other.pk, on=today(), by=held.place.region_chair)
    assert [BlankPaper.objects.get(pk=one.pk).state for one in (draft, posted)] == ["dropped", "posted"]
    sound()


def blocked(held: Stocks, member: Member) -> None:
    mark_signed(member.pk, signed_on=today(), by_hand=True, by=held.place.chair)
    given = {"purposes": ["processing"], "received_on": today(), "channel": "hand", "by": held.place.chair}
    block_card(register_withdrawal(member.pk, **given).pk, by=held.place.chair)  # type: ignore[arg-type]


@pytest.mark.both
def test_n_c1_blocked_members_are_on_no_sheet_in_preparation(held: Stocks) -> None:
    one, stays = put(held, "Абрамова"), put(held, "Белова")
    posted, draft = issue(held, put(held, "Власова")), prepare(held, one, stays)
    blocked(held, one)
    assert list(draft.lines.values_list("member", flat=True)) == [stays.pk]
    assert posted.lines.count() == 1
    post(held, draft)
    assert (on_card(one), on_card(stays)) == ("", "0000102")
    sound()


@pytest.mark.both
def test_n_c1_pages_of_blanks_do_not_name_blocked_members(held: Stocks) -> None:
    one, stays = put(held, "Абрамова"), put(held, "Белова")
    sheet = issue(held, one, stays)
    move(held, list(Blank.objects.order_by("number")), "return")
    blocked(held, one)
    for who in (held.place.chair, held.place.region_chair):
        page = places.signed_in(who).get(reverse("documents:blank_paper", args=[sheet.pk])).content.decode()
        assert ("Абрамова" in page, "Белова" in page) == (False, True)
    page = places.signed_in(held.place.chair).get(reverse("documents:destroy_blanks")).content.decode()
    assert ("Абрамова" in page, "Белова" in page, "0000101" in page) == (False, True, True)


@pytest.mark.both
def test_v_b9_a_ticket_is_recorded_where_its_owner_is_registered(held: Stocks) -> None:
    one = put(held, "Абрамова")
    issue(held, one)
    other, chair = neighbour(held)
    blank = Blank.objects.get()
    code = departed(Member.objects.get(pk=one.pk), held.place.chair)
    # In transit, the former organisation is still responsible for the ticket.
    assert list(Blank.objects.answered_for_by(held.place.keeper)) == [blank]
    arrive(organization=other, ticket_number="0000101", code=code, on=today(), by=chair)
    with refused("V-C1", match="уже нет"):
        move(held, [blank], "return")
    move(held, [blank], "return", by=chair, at=other)
    sound()


# Cancelled meetings, former members and closed months


def test_v_b5_a_sheet_is_not_posted_after_the_meeting_of_its_decision_was_called_off(held: Stocks) -> None:
    one, chair = put(held, "Абрамова", ticket_number="77"), held.place.chair
    item = decide_duplicate(held, one).item
    assert item is not None and item.meeting is not None
    paper, meeting = prepare(held, one), item.meeting
    with refused("V-A5", match="решений уже принята"):
        unhold_meeting(meeting.pk, by=chair)
    reverse_decision(item.pk, by=chair)
    unhold_meeting(meeting.pk, by=chair)
    cancel_meeting(meeting.pk, by=chair)
    with refused("V-C3", blockers=[f"{one.full_name}: есть № 77; для нового билета нужно решение органа"]):
        post(held, paper)
    assert (on_card(one), Blank.objects.count()) == ("77", 0)
    page = signed_in(chair).get(reverse("documents:blank_paper", args=[paper.pk]))
    assert page.status_code == 200
    sound()


def test_v_b14_a_sheet_with_somebody_whose_data_are_destroyed_is_refused_without_a_name(held: Stocks) -> None:
    one, chair = put(held, "Абрамова"), held.place.chair
    paper = prepare(held, one)
    deregister(one.pk, reason="death", paper="I-БО № 5", on=today(), by=chair)
    Member.objects.filter(pk=one.pk).update(erase_after=today() - DAY)
    erase(one.pk, by=Actor.system("test"))
    with refused("V-C3", blockers=["Данные уничтожены: уже нет на учёте"]):
        post(held, paper)
    assert "Абрамова" not in signed_in(chair).get(reverse("documents:blank_paper", args=[paper.pk])).content.decode()
    sound()


def test_v_c1_tickets_are_issued_while_the_books_of_the_month_before_are_closed(held: Stocks) -> None:
    one, chair = put(held, "Абрамова"), held.place.chair
    close_books(held.place.keeper.pk, today().replace(day=1) - DAY, by=chair)
    issue(held, one)
    deregister(one.pk, reason="own_wish", on=today(), by=chair)
    assert list(Blank.objects.to_collect(held.place.keeper)) == [Blank.objects.get()]
    take_back_leaving(Registration.objects.filter(member=one).latest("pk").pk, by=chair)
    assert (list(Blank.objects.to_collect(held.place.keeper)), on_card(one)) == ([], "0000101")
    sound()


def test_v_c1_a_kind_of_blank_goes_with_its_sheets_in_preparation_before_any_was_received(held: Stocks) -> None:
    one, head = put(held, "Абрамова"), held.place.head
    with refused("V-C1", field="blanks"):
        change_charter(head.federation_id, values={"blanks": ["card"]}, by=trees.INSTALLATION)
    paper = prepare(held, one, kind="card")
    change_charter(head.federation_id, values={"blanks": ["ticket"]}, by=trees.INSTALLATION)
    chair = Actor.of(held.place.chair.account)  # type: ignore[arg-type]
    with refused("V-C1"):
        post(held, paper, by=chair)
    client = signed_in(chair)
    pages = (reverse("documents:blank_paper", args=[paper.pk]), reverse("start"))
    assert [client.get(url).status_code for url in pages] == [200, 200]
    drop_issue(paper.pk, by=chair)
    sound()
