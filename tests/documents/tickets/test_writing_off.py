"""Spoiled, lost, returned, counted and destroyed blanks (V-C1, V-B15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from documents.tickets import rules
from documents.tickets.enums import PaperKind, Place
from documents.tickets.integrity import balances_of_blanks, movements_have_a_balance, tickets_of_cards
from documents.tickets.models import Blank, BlankMovement, BlankPaper, BlankRange, BlankStock, IssueLine
from documents.tickets.queries.counting import differences
from documents.tickets.queries.issuing import standing_elsewhere
from documents.tickets.queries.journal import void_by
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import post_issue, prepare_issue
from documents.tickets.transitions.stock import confirm_blanks, hand_down_blanks, name_keeper, receive_blanks
from documents.tickets.transitions.writing_off import destroy_blanks, move_issued, take_stock, write_off_blanks
from members.people.models import Member
from registry.access import Actor
from registry.charters.voi import CHARTER
from registry.enums import Level, Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .stocks import Stocks, numbers, stocks, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

COMMISSION = ["председатель Громов Г. Г.", "член Швец Ш. Ш."]


@pytest.fixture
def held() -> Stocks:
    return stocks()


def check_books() -> None:
    for check in (balances_of_blanks, movements_have_a_balance, tickets_of_cards):
        assert list(check()) == []


def counts(organization: Organization) -> dict[str, int]:
    stock = BlankStock.objects.get(organization=organization, kind="ticket")
    names = ("in_stock", "issued", "returned", "spoiled", "lost", "cancelled", "destroyed", "handed_down")
    return {name: getattr(stock, name) for name in names if getattr(stock, name)}


def in_stock(organization: Organization) -> list[NumberRange]:
    found = BlankRange.objects.in_stock().filter(organization=organization, kind="ticket")
    return [one.range for one in found.order_by("series", "first")]


def write_off(held: Stocks, *ranges: NumberRange, by: Actor | None = None, **values: Any) -> BlankPaper:
    whole = {"paper_kind": PaperKind.SPOILED, "made_on": today(), "note": "залиты водой", "kind": "ticket", **values}
    return write_off_blanks(held.place.keeper.pk, numbers=ranges, by=by or held.place.chair, **whole)


def issue(held: Stocks, *members: Member) -> list[Blank]:
    sheet = prepare_issue(
        held.place.keeper.pk, kind="ticket", members=[m.pk for m in members], made_on=today(), by=held.place.chair
    )
    post_issue(sheet.pk, made_on=today(), by=held.place.chair)
    return list(Blank.objects.filter(issue_line__paper=sheet).order_by("number"))


def member(held: Stocks, surname: str = "Абрамова") -> Member:
    return held.place.put(surname=surname, snils="", ticket_number="", confirmed_duplicate=True)


def move(
    held: Stocks, blanks: Collection[Blank], kind: PaperKind, *, by: Actor | None = None,
    at: Organization | None = None, **values: Any,
) -> BlankPaper:  # fmt: skip
    whole = {"made_on": today(), "note": "порвался", **values}
    pks = [blank.pk for blank in blanks]
    at = at or held.place.keeper
    return move_issued(at.pk, paper_kind=kind, blanks=pks, by=by or held.place.chair, **whole)


def count(held: Stocks, *there: NumberRange, by: Actor | None = None, **values: Any) -> BlankPaper:
    whole = {"made_on": today(), "note": "пересчёт", "signed_by": COMMISSION, "kind": "ticket", **values}
    return take_stock(held.place.keeper.pk, counted=there, by=by or held.place.chair, **whole)


def destroy(held: Stocks, blanks: Collection[Blank], *, by: Actor | None = None, **values: Any) -> BlankPaper:
    whole = {"made_on": today(), "way": "измельчены", "signed_by": COMMISSION, "kind": "ticket", **values}
    return destroy_blanks(held.place.keeper.pk, blanks=[b.pk for b in blanks], by=by or held.place.chair, **whole)


def void(held: Stocks) -> list[Blank]:
    return list(Blank.objects.filter(organization=held.place.keeper).void().order_by("number"))


# Writing off -------------------------------------------------------------------------------------------------------


def test_v_c1_spoiled_and_lost_blanks_leave_the_stock_by_an_act(held: Stocks) -> None:
    act = write_off(held, numbers(101, 103), numbers(150, 150), signed_by=COMMISSION)
    lost = write_off(held, numbers(200, 200), paper_kind=PaperKind.LOST, note="не найден в сейфе")
    assert (act.kind, act.number, act.note, act.signed_by) == ("spoiled", "1", "залиты водой", COMMISSION)
    assert (lost.kind, lost.number) == ("lost", "1")
    assert in_stock(held.place.keeper) == [numbers(104, 149), numbers(151, 199)]
    assert counts(held.place.keeper) == {"in_stock": 95, "spoiled": 4, "lost": 1}
    left = Blank.objects.order_by("number").values_list("number", "state", "reason")
    assert list(left) == [
        (101, "spoiled", "залиты водой"), (102, "spoiled", "залиты водой"), (103, "spoiled", "залиты водой"),
        (150, "spoiled", "залиты водой"), (200, "lost", "не найден в сейфе"),
    ]  # fmt: skip
    assert write_off(held, numbers(104, 104)).number == "2"
    check_books()


def test_v_c1_only_what_is_in_the_own_stock_is_written_off_and_with_a_reason(held: Stocks) -> None:
    for wrong in (numbers(100, 101), numbers(200, 201), numbers(1, 1), numbers(101, 101, width=6),
                  numbers(101, 101, series="А")):  # fmt: skip
        with refused("V-C1", field="numbers"):
            write_off(held, wrong)
    with refused("V-C1", field="numbers"):
        write_off(held)
    with refused("V-C1", field="note"):
        write_off(held, numbers(101, 101), note=" ")
    with refused("V-C1", field="made_on"):
        write_off(held, numbers(101, 101), made_on=today() + dt.timedelta(days=1))
    with refused("V-C1", field="kind"):
        write_off(held, numbers(101, 101), kind="leaflet")
    for kind in (PaperKind.RETURN, PaperKind.CANCELLATION, PaperKind.DESTRUCTION):
        with refused("V-C1", field="paper_kind"):
            write_off(held, numbers(101, 101), paper_kind=kind)
    assert counts(held.place.keeper) == {"in_stock": 100}
    check_books()


def test_v_c1_one_act_writes_off_a_thousand_blanks_at_most(held: Stocks) -> None:
    held.receive(numbers(5001, 6001))
    spoil = {"kind": "ticket", "paper_kind": PaperKind.SPOILED, "made_on": today(), "note": "х", "by": held.head_chair}
    with refused("V-C1", field="numbers", match="не больше 1000 бланков"):
        write_off_blanks(held.place.head.pk, numbers=[numbers(5001, 6001)], **spoil)
    write_off_blanks(held.place.head.pk, numbers=[numbers(5001, 6000)], **spoil)
    assert counts(held.place.head) == {"in_stock": 901, "spoiled": 1000, "handed_down": 100}
    check_books()


def test_v_c1_a_long_explanation_stands_in_the_act_and_its_beginning_with_the_number(held: Stocks) -> None:
    act = write_off(held, numbers(101, 101), note="я" * 500)
    assert len(act.note) == 500
    assert Blank.objects.get(number=101).reason == "я" * 200


def test_v_c1_a_paper_of_a_day_before_a_later_movement_of_its_numbers_is_refused(held: Stocks) -> None:
    yesterday = today() - dt.timedelta(days=1)
    with refused("V-C1", field="made_on"):
        write_off(held, numbers(101, 101), made_on=yesterday)
    assert counts(held.place.keeper) == {"in_stock": 100}
    receive_blanks(
        held.place.keeper.pk, kind="ticket", numbers=[numbers(7001, 7002)], number="2", made_on=yesterday,
        source="Типография", by=held.place.chair,
    )  # fmt: skip
    write_off(held, numbers(7001, 7001), made_on=yesterday)
    check_books()


def test_v_c1_others_write_nothing_off(held: Stocks) -> None:
    neighbour = trees.officer(trees.below(held.place.region, Level.LOCAL, "Соседняя МО"), Role.CHAIR, "Соседова")
    for stranger in (neighbour, places.union().chair):
        with pytest.raises(Organization.DoesNotExist):
            write_off(held, numbers(101, 101), by=stranger)
    for officer in (held.place.reviewer, held.place.region_chair, held.head_chair):
        with pytest.raises(NotAllowed):
            write_off(held, numbers(101, 101), by=officer)
    assert counts(held.place.keeper) == {"in_stock": 100}


# Two persons -------------------------------------------------------------------------------------------------------


def test_v_c1_who_keeps_the_blanks_does_not_write_them_off_where_the_charter_says_so(
    held: Stocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    deputy = trees.officer(held.place.keeper, Role.DEPUTY, "Замова")
    assert deputy.account is not None
    name_keeper(held.place.keeper.pk, kind="ticket", account_id=deputy.account.pk, by=held.place.chair)
    write_off(held, numbers(101, 101), by=deputy)
    monkeypatch.setattr(Organization, "charter", property(lambda _self: replace(CHARTER, written_off_by_another=True)))
    for step in (
        lambda: write_off(held, numbers(102, 102), by=deputy),
        lambda: count(held, numbers(102, 200), by=deputy),
        lambda: destroy(held, void(held), by=deputy),
    ):
        with refused("V-C1", match="ранит бланки"):
            step()
    write_off(held, numbers(102, 102))
    destroy(held, void(held))
    check_books()


@pytest.mark.both
def test_v_c1_the_keeper_works_in_the_organisation(held: Stocks) -> None:
    chair, stranger = held.place.chair.account, held.place.region_chair.account
    assert chair is not None
    assert stranger is not None
    stock = name_keeper(held.place.keeper.pk, kind="ticket", account_id=chair.pk, by=held.place.chair)
    assert stock.keeper == chair
    elsewhere = trees.officer(held.place.cells[0], Role.CHAIR, "Ячейкина").account
    assert elsewhere is not None
    with refused("V-C1", field="keeper"):
        name_keeper(held.place.keeper.pk, kind="ticket", account_id=elsewhere.pk, by=held.place.chair)
    with refused("V-C1", field="kind"):
        name_keeper(held.place.keeper.pk, kind="leaflet", account_id=chair.pk, by=held.place.chair)
    with pytest.raises(type(chair).DoesNotExist):
        name_keeper(held.place.keeper.pk, kind="ticket", account_id=stranger.pk, by=held.place.chair)
    with pytest.raises(NotAllowed):
        name_keeper(held.place.keeper.pk, kind="ticket", account_id=chair.pk, by=held.place.reviewer)


# Issued blanks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "place"),
    [(PaperKind.RETURN, Place.RETURNED), (PaperKind.LOST, Place.LOST), (PaperKind.CANCELLATION, Place.CANCELLED)],
)
def test_v_c1_an_issued_ticket_comes_back_or_is_void(held: Stocks, kind: PaperKind, place: Place) -> None:
    first, second = issue(held, member(held), member(held, "Белова"))
    act = move(held, [first], kind, signed_by=COMMISSION)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reason, second.state) == (place, "порвался", Place.ISSUED)
    assert (act.kind, act.number, act.signed_by) == (kind, "1", COMMISSION)
    assert counts(held.place.keeper) == {"in_stock": 98, "issued": 1, place.value: 1}
    check_books()


def test_v_c1_a_lost_ticket_that_turns_up_is_returned_and_never_issued_again(held: Stocks) -> None:
    (ticket,) = issue(held, member(held))
    move(held, [ticket], PaperKind.LOST)
    with refused("V-C1", field="numbers"):
        count(held, numbers(101, 200))
    move(held, [ticket], PaperKind.RETURN, note="найден")
    assert counts(held.place.keeper) == {"in_stock": 99, "returned": 1}
    check_books()


def test_v_c1_a_ticket_whose_card_is_destroyed_never_returns_into_the_stock(held: Stocks) -> None:
    (ticket,) = issue(held, member(held))
    move(held, [ticket], PaperKind.LOST)
    Blank.objects.filter(pk=ticket.pk).update(member=None)
    IssueLine.objects.update(member=None, full_name="")
    with refused("V-C1", field="numbers"):
        count(held, numbers(101, 200))


def test_v_c1_no_member_returns_what_none_received(held: Stocks) -> None:
    write_off(held, numbers(101, 101), paper_kind=PaperKind.LOST)
    with refused("V-C1", field="numbers", match="никогда не выдавался"):
        move(held, Blank.objects.all(), PaperKind.RETURN)
    move(held, Blank.objects.all(), PaperKind.CANCELLATION)
    assert counts(held.place.keeper) == {"in_stock": 99, "cancelled": 1}
    check_books()


def test_v_c1_what_cannot_move_so_is_refused_and_nothing_moves(held: Stocks) -> None:
    first, second = issue(held, member(held), member(held, "Белова"))
    move(held, [first], PaperKind.RETURN)
    for kind in (PaperKind.RETURN, PaperKind.LOST):
        with refused("V-C1", match="такая запись невозможна"):
            move(held, [second, first], kind)
    with refused("V-C1", field="paper_kind"):
        move(held, [second], PaperKind.SPOILED)
    with refused("V-C1", field="note"):
        move(held, [second], PaperKind.RETURN, note="")
    with refused("V-C1", field="made_on"):
        move(held, [second], PaperKind.RETURN, made_on=today() + dt.timedelta(days=1))
    with refused("V-C1", field="made_on"):
        move(held, [second], PaperKind.RETURN, made_on=today() - dt.timedelta(days=1))
    with refused("V-C1", match="Отметьте бланки"):
        move(held, [], PaperKind.RETURN)
    second.refresh_from_db()
    assert second.state == Place.ISSUED
    assert counts(held.place.keeper) == {"in_stock": 98, "issued": 1, "returned": 1}
    check_books()


def test_v_c1_a_neighbour_or_another_federation_has_no_part_in_it(held: Stocks) -> None:
    (ticket,) = issue(held, member(held))
    other = trees.below(held.place.region, Level.LOCAL, "Соседняя МО")
    neighbour = trees.officer(other, Role.CHAIR, "Соседова")
    with refused("V-C1", match="Отметьте ещё раз"):
        move(held, [ticket], PaperKind.RETURN, by=neighbour, at=other)
    with refused("V-C1", match="Отметьте ещё раз"):
        move(held, [ticket], PaperKind.RETURN, by=held.place.region_chair, at=held.place.region)
    stranger = places.union()
    with refused("V-C1", match="Отметьте ещё раз"):
        move(held, [ticket], PaperKind.RETURN, by=stranger.chair, at=stranger.keeper)
    with pytest.raises(Organization.DoesNotExist):
        move(held, [ticket], PaperKind.RETURN, by=neighbour)
    with pytest.raises(NotAllowed):
        move(held, [ticket], PaperKind.RETURN, by=held.place.reviewer)
    ticket.refresh_from_db()
    assert ticket.state == Place.ISSUED


def test_v_b9_a_ticket_that_a_member_brought_comes_into_the_balance_where_it_is_returned(held: Stocks) -> None:
    person = member(held)
    (ticket,) = issue(held, person)
    other = trees.again(trees.below(held.place.region, Level.LOCAL, "Соседняя МО"))
    there = trees.officer(other, Role.CHAIR, "Соседова")
    Member.objects.filter(pk=person.pk).update(organization=other, unit=other, cell=None)
    move(held, [ticket], PaperKind.RETURN, by=there, at=other)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.organization) == (Place.RETURNED, other)
    assert counts(held.place.keeper) == {"in_stock": 99, "handed_down": 1}
    assert counts(other) == {"returned": 1}
    check_books()


# Stock-taking ------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_v_c1_a_stock_taking_posts_what_is_missing_and_what_turned_up(held: Stocks) -> None:
    act = count(held, numbers(101, 149), numbers(151, 198))
    assert (act.kind, act.number, act.signed_by) == ("stock_taking", "1", COMMISSION)
    assert in_stock(held.place.keeper) == [numbers(101, 149), numbers(151, 198)]
    assert counts(held.place.keeper) == {"in_stock": 97, "lost": 3}
    check_books()
    count(held, numbers(101, 150), numbers(151, 199))
    assert in_stock(held.place.keeper) == [numbers(101, 199)]
    assert counts(held.place.keeper) == {"in_stock": 99, "lost": 1}
    assert not Blank.objects.filter(number__in=(150, 199)).exists()
    check_books()


def test_v_c1_a_stock_taking_without_differences_needs_no_explanation(held: Stocks) -> None:
    count(held, numbers(101, 200), note="")
    assert counts(held.place.keeper) == {"in_stock": 100}
    with refused("V-C1", field="note"):
        count(held, numbers(101, 199), note=" ")
    count(held, note="склад пуст после пожара")
    assert counts(held.place.keeper) == {"lost": 100}
    check_books()


def test_v_c1_what_was_never_in_this_stock_is_not_counted_into_it(held: Stocks) -> None:
    for strange in (numbers(201, 201), numbers(100, 100), numbers(9000, 9001), numbers(101, 101, series="А")):
        with refused("V-C1", field="numbers"):
            count(held, numbers(101, 200), strange)
    with refused("V-C1", field="numbers", match="пересекаются"):
        count(held, numbers(101, 150), numbers(150, 200))
    for wrong in ([], ["председатель Громов Г. Г."], ["председатель Громов Г. Г.", " "]):
        with refused("V-B15", field="signed_by"):
            count(held, numbers(101, 200), signed_by=wrong)
    with refused("V-C1", field="made_on"):
        count(held, numbers(101, 200), made_on=today() + dt.timedelta(days=1))
    with refused("V-C1", field="made_on"):
        count(held, numbers(101, 199), made_on=today() - dt.timedelta(days=1))
    assert counts(held.place.keeper) == {"in_stock": 100}


@pytest.mark.both
def test_v_c1_a_scattered_stock_is_counted_at_once(held: Stocks) -> None:
    held.give(*(numbers(n, n) for n in range(300, 400, 2)))
    held.give(*(numbers(n, n) for n in range(400, 520, 2)))
    there = in_stock(held.place.keeper)
    assert len(there) == 111
    count(held, *there, note="")
    with refused("V-C1", field="numbers", match="не больше 2000"):
        count(held, *(numbers(n, n) for n in range(10_001, 14_003, 2)))


def test_v_c1_differences_that_changed_since_they_were_shown_are_shown_again(held: Stocks) -> None:
    there = [numbers(101, 199)]
    shown = differences(held.place.keeper, "ticket", there).fingerprint
    issue(held, member(held))
    with refused("V-C1"):
        count(held, *there, agreed=shown)
    there = [numbers(102, 199)]
    with refused("V-C1", match="изменился"):
        count(held, *there, numbers(200, 200), agreed=shown)
    count(held, *there, agreed=differences(held.place.keeper, "ticket", there).fingerprint)
    assert counts(held.place.keeper) == {"in_stock": 98, "issued": 1, "lost": 1}
    check_books()


def test_v_c1_more_than_a_thousand_differences_are_refused(held: Stocks) -> None:
    held.give(numbers(201, 1000))
    held.receive(numbers(5001, 5101))
    held.give(numbers(5001, 5101))
    with refused("V-C1", field="numbers", match="1000"):
        count(held)
    count(held, numbers(101, 101))
    assert counts(held.place.keeper) == {"in_stock": 1, "lost": 1000}


# Destruction -------------------------------------------------------------------------------------------------------


def test_v_b15_void_blanks_are_destroyed_by_an_act_of_a_commission(held: Stocks) -> None:
    write_off(held, numbers(200, 200))
    first, second = issue(held, member(held), member(held, "Белова"))
    move(held, [first], PaperKind.RETURN)
    move(held, [second], PaperKind.CANCELLATION, note="смерть")
    found = void(held)
    assert [blank.number for blank in found] == [101, 102, 200]
    act = destroy(held, found)
    assert (act.kind, act.number, act.note, act.signed_by) == ("destruction", "1", "измельчены", COMMISSION)
    assert [blank.reason for blank in Blank.objects.order_by("number")] == ["порвался", "смерть", "залиты водой"]
    assert counts(held.place.keeper) == {"in_stock": 97, "destroyed": 3}
    moved = [(m.range, m.from_place, m.to_place) for m in act.movements.order_by("position")]
    assert moved == [
        (numbers(200, 200), "spoiled", "destroyed"), (numbers(101, 101), "returned", "destroyed"),
        (numbers(102, 102), "cancelled", "destroyed"),
    ]  # fmt: skip
    check_books()
    with refused("V-C1", match="такая запись невозможна"):
        destroy(held, found)


def test_v_b15_only_void_blanks_of_the_organisation_are_destroyed(held: Stocks) -> None:
    (valid,) = issue(held, member(held))
    write_off(held, numbers(199, 199), paper_kind=PaperKind.LOST)
    write_off(held, numbers(200, 200))
    spoiled = Blank.objects.filter(number=200)
    for one in (valid, Blank.objects.get(number=199)):
        with refused("V-C1", match="такая запись невозможна"):
            destroy(held, [one])
    with refused("V-C1", match="Отметьте бланки"):
        destroy(held, [])
    with refused("V-C1", match="Отметьте ещё раз"):
        destroy(held, spoiled, kind="card")
    with refused("V-B15", field="signed_by"):
        destroy(held, spoiled, signed_by=["Громов Г. Г."])
    with refused("V-C1", field="note"):
        destroy(held, spoiled, way="")
    with refused("V-C1", field="made_on"):
        destroy(held, spoiled, made_on=today() + dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        destroy(held, spoiled, by=held.place.region_chair)
    values: dict[str, Any] = {"kind": "ticket", "made_on": today(), "way": "сожжены", "signed_by": COMMISSION}
    with refused("V-C1", match="Отметьте ещё раз"):
        destroy_blanks(held.place.region.pk, blanks=[spoiled.get().pk], by=held.place.region_chair, **values)
    assert counts(held.place.keeper) == {"in_stock": 97, "issued": 1, "lost": 1, "spoiled": 1}


@pytest.mark.both
def test_v_b15_what_is_posted_is_never_changed(held: Stocks) -> None:
    write_off(held, numbers(200, 200))
    act = destroy(held, void(held))
    for change in ({"last": 201}, {"to_place": "stock"}, {"made_on": today() - dt.timedelta(days=1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            BlankMovement.objects.filter(paper=act).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        BlankMovement.objects.filter(paper=act).delete()


# Guards asked directly ---------------------------------------------------------------------------------------------


def test_v_b15_a_commission_is_two_people_at_least() -> None:
    wrong: list[Sequence[str]] = [[], ["Громов"], ["Громов", ""], ["", " ", "Громов"]]
    for people in wrong:
        with refused("V-B15", field="signed_by"):
            rules.check_commission(people)
    rules.check_commission(["Громов", "Швец"])


def test_v_c1_one_paper_has_a_thousand_blanks_of_one_kind_at_most() -> None:
    blanks = [Blank(pk=n, kind="ticket") for n in range(1001)]
    rules.check_blanks(blanks[:1000], wanted=1000)
    with refused("V-C1", match="не больше 1000"):
        rules.check_blanks(blanks, wanted=1001)
    with refused("V-C1", match="Отметьте ещё раз"):
        rules.check_blanks(blanks[:2], wanted=3)
    with refused("V-C1", match="Отметьте ещё раз"):
        rules.check_blanks([Blank(kind="ticket"), Blank(kind="card")], wanted=2)


def test_v_c1_the_paper_says_where_issued_blanks_go() -> None:
    found = {}
    for kind in PaperKind:
        try:
            found[kind] = rules.place_after(kind)
        except RuleViolation as refusal:
            assert refusal.field == "paper_kind"
    assert found == {
        PaperKind.RETURN: Place.RETURNED, PaperKind.HANDED_BACK: Place.ISSUED, PaperKind.LOST: Place.LOST,
        PaperKind.CANCELLATION: Place.CANCELLED,
    }  # fmt: skip


def test_v_c1_blanks_that_are_not_needed_go_back_to_the_superior_alone(held: Stocks) -> None:
    keeper, region = held.place.keeper, held.place.region
    given: dict[str, Any] = {"kind": "ticket", "numbers": [numbers(151, 200)], "made_on": today()}
    with pytest.raises(Organization.DoesNotExist):
        hand_down_blanks(keeper.pk, receiver_id=held.place.head.pk, by=held.place.chair, **given)
    act = hand_down_blanks(keeper.pk, receiver_id=region.pk, by=held.place.chair, **given)
    confirm_blanks(act.pk, by=held.place.region_chair)
    assert in_stock(keeper) == [numbers(101, 150)]
    assert in_stock(region) == [numbers(151, 200)]
    assert counts(keeper) == {"in_stock": 50, "handed_down": 50}
    check_books()


def test_v_c1_numbers_of_another_federation_are_other_blanks(held: Stocks) -> None:
    paper = write_off(held, numbers(199, 199))
    far = stocks()
    later = write_off(far, numbers(199, 199))
    blanks = [Blank.objects.get(federation=one.place.head.federation_id, number=199) for one in (held, far)]
    assert [void_by([blank])[blank.pk] for blank in blanks] == [paper, later]
    taken = member(far)
    Member.objects.filter(pk=taken.pk).update(ticket_number="0000150")
    said = [standing_elsewhere(one.place.head.federation_id, [numbers(149, 151)]) for one in (held, far)]
    assert said == ["", "0000150"]


@pytest.mark.parametrize(("most", "most_ranges", "refuses"), [(6, 3, False), (5, 3, True), (6, 2, True)])
def test_v_c1_a_paper_has_at_most_its_number_of_blanks_and_of_ranges(
    most: int, most_ranges: int, refuses: bool
) -> None:
    given = [numbers(1, 2), numbers(5, 6), numbers(9, 10)]
    with refused("V-C1", field="numbers") if refuses else nullcontext():
        rules.check_numbers(given, most, most_ranges=most_ranges)
