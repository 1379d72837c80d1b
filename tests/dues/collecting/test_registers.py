"""Payment registers: who opens and fills them, what they post and refuse (V-D4, V-D5, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
import html
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from dues.collecting.enums import RegisterState
from dues.collecting.models import CollectorOrder, PaymentRegister, RegisterLine
from dues.collecting.rules import check_collects_by_registers, is_in_force
from dues.collecting.transitions import (
    add_to_register,
    appoint_collector,
    begin_collecting,
    cancel_register,
    close_register,
    end_appointment,
    enter_sums,
    open_register,
    receive_money,
)
from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.rules.holdings import left_to_hand_in
from dues.ledger.rules.standing import standing_of
from dues.ledger.transitions import close_books
from dues.money import roubles
from dues.payments.rules import RowsRefused
from dues.payments.transitions import reverse_payment
from members.book.enums import EndReason
from members.movement.rules.obstacles import register_obstacles
from members.movement.rules.organizations import (
    check_nothing_blocks_liquidation,
    check_nothing_blocks_merger,
    check_nothing_blocks_move,
)
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.transitions import change
from tests.dues.test_ledger import pay, wrong
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .world import FEE, TODAY, YEAR, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)


@pytest.fixture
def w() -> Collecting:
    return collecting()


def in_lines(register: PaymentRegister) -> list[int | None]:
    return list(register.lines.order_by("position").values_list("member", flat=True))


def order(w: Collecting, **changed: Any) -> CollectorOrder:
    values = {"number": "4", "issued_on": TODAY, "full_name": "Иванова Анна", "by": w.chair, **changed}
    return appoint_collector(w.keeper.pk, **values)


def test_v_d5_a_register_has_those_who_owe_in_the_cell_by_name(w: Collecting) -> None:
    pay(w.place, w.members[1])
    register = w.open()
    assert in_lines(register) == [w.members[0].pk, w.members[2].pk]
    assert (register.state, register.number, register.place) == (RegisterState.DRAFT, None, w.cell)


def test_v_d5_numbers_of_a_year_follow_each_other_without_gaps(w: Collecting) -> None:
    first, other = w.begun(), order(w)
    draft = open_register(other.pk, cell_id=w.place.cells[1].pk, fee="annual", year=YEAR, by=w.chair)
    second = begin_collecting(draft.pk, by=w.chair)
    assert [(r.number, r.number_year, r.opened_on) for r in (first, second)] == [(1, YEAR, TODAY), (2, YEAR, TODAY)]


@pytest.mark.both
def test_v_d5_closing_posts_every_payment_and_the_collector_holds_the_money(w: Collecting) -> None:
    register = w.closed(FEE, Decimal("20.50"))
    posted = LedgerEntry.objects.filter(kind="payment").select_related("debit", "credit").order_by("pk")
    assert [(e.member_id, e.amount, e.debit.kind, e.debit.collector_id, e.credit.kind, e.made_on) for e in posted] == [
        (w.members[0].pk, FEE, "collector", w.order.pk, "members", TODAY),
        (w.members[1].pk, Decimal("20.50"), "collector", w.order.pk, "members", TODAY),
    ]
    assert {e.paper for e in posted} == {f"Ведомость № 1 от {TODAY:%d.%m.%Y}"}
    assert (register.state, register.total, register.closed_on) == (RegisterState.CLOSED, Decimal("70.50"), TODAY)
    kept = register.lines.order_by("position").values_list("full_name", "ticket_number", "entry")
    assert list(kept) == [
        (w.members[0].full_name, "0", posted[0].pk),
        (w.members[1].full_name, "1", posted[1].pk),
        ("", "", None),
    ]
    assert ([standing_of(m).unpaid for m in w.members], wrong()) == ([0, Decimal("29.50"), 50], [])
    with refused("V-D5"):
        close_register(register.pk, by=w.collector)


def test_n_d1_of_a_register_all_payments_are_posted_or_none(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, FEE, FEE)
    Member.objects.filter(pk=w.members[1].pk).update(joined_on=TODAY + dt.timedelta(days=400))
    with pytest.raises(RowsRefused) as refusal:
        close_register(register.pk, by=w.collector)
    line = register.lines.get(member=w.members[1])
    assert (set(refusal.value.by_row), LedgerEntry.objects.filter(kind="payment").count()) == ({line.pk}, 0)
    register.refresh_from_db()
    assert register.state == RegisterState.COLLECTING


def test_v_d5_the_money_of_somebody_who_has_left_since_is_posted(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, FEE)
    deregister(w.members[0].pk, reason=EndReason.DEATH, on=TODAY, paper="Свидетельство о смерти № 1", by=w.chair)
    close_register(register.pk, by=w.collector)
    assert (LedgerEntry.objects.get(kind="payment").member_id, wrong()) == (w.members[0].pk, [])


def test_v_d5_a_line_whose_card_was_destroyed_must_be_cleared(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, FEE, FEE)
    RegisterLine.objects.filter(register=register, position=1).update(member=None)
    with refused("V-D5", match="строки 1"):
        close_register(register.pk, by=w.collector)


def test_n_d1_no_register_is_closed_with_payments_of_a_closed_month(w: Collecting) -> None:
    last = TODAY.replace(day=1) - DAY
    CollectorOrder.objects.update(issued_on=last)
    register = w.begun()
    enter_sums(register.pk, {register.lines.get(position=1).pk: (FEE, last)}, by=w.collector)
    close_books(w.keeper.pk, last, by=w.chair)
    with refused("N-D1"):
        close_register(register.pk, by=w.collector)


@pytest.mark.parametrize(
    ("amount", "day", "field"),
    [
        (Decimal("0.00"), TODAY, "amount"),
        (Decimal("-1.00"), TODAY, "amount"),
        (Decimal("0.001"), TODAY, "amount"),
        (Decimal("NaN"), TODAY, "amount"),
        (Decimal("1000000.01"), TODAY, "amount"),
        (FEE, None, "paid_on"),
        (FEE, TODAY + DAY, "paid_on"),
        (FEE, TODAY - DAY, "paid_on"),
        (Decimal("0.01"), TODAY, ""),
        (Decimal("1000000.00"), TODAY, ""),
        (None, None, ""),
        (None, TODAY, ""),
    ],
)
def test_v_d5_a_line_has_an_exact_sum_and_a_day_of_the_order(
    w: Collecting, amount: Decimal | None, day: dt.date | None, field: str
) -> None:
    register = w.begun()
    line = register.lines.get(position=2)
    if not field:
        enter_sums(register.pk, {line.pk: (amount, day)}, by=w.collector)
        line.refresh_from_db()
        assert (line.amount, line.paid_on) == (amount, day if amount else None)
        return
    other = register.lines.get(position=1)
    with refused("V-D5") as refusal:
        enter_sums(register.pk, {other.pk: (FEE, TODAY), line.pk: (amount, day)}, by=w.collector)
    other.refresh_from_db()
    assert isinstance(refusal.value, RowsRefused)
    assert (refusal.value.field, set(refusal.value.by_row), other.amount) == (field, {line.pk}, None)


def test_n_d2_the_same_sums_again_change_nothing(w: Collecting) -> None:
    register = w.begun()
    assert [w.fill(register, FEE, FEE), w.fill(register, FEE, FEE), w.fill(register, FEE, None)] == [2, 0, 1]
    assert Event.objects.filter(action="dues.register_filled").count() == 2


def test_v_d5_a_line_of_another_register_is_not_found(w: Collecting) -> None:
    register = w.begun()
    other = open_register(order(w).pk, cell_id=w.place.cells[1].pk, fee="annual", year=YEAR, by=w.chair)
    with pytest.raises(RegisterLine.DoesNotExist):
        enter_sums(register.pk, {other.lines.get().pk: (FEE, TODAY)}, by=w.collector)


def test_v_d5_an_empty_register_is_not_begun_and_one_without_sums_not_closed(w: Collecting) -> None:
    register = w.open()
    register.lines.all().delete()
    with refused("V-D5"):
        begin_collecting(register.pk, by=w.collector)
    add_to_register(register.pk, w.members[0].pk, by=w.collector)
    begun = begin_collecting(register.pk, by=w.collector)
    with refused("V-D5"):
        close_register(begun.pk, by=w.collector)
    with refused("V-D5"):
        begin_collecting(begun.pk, by=w.collector)


def test_v_d5_a_draft_is_not_closed(w: Collecting) -> None:
    register = w.open()
    w.fill(register, FEE)
    with refused("V-D5"):
        close_register(register.pk, by=w.collector)


@pytest.mark.both
def test_v_d3_somebody_who_owes_nothing_is_added_once(w: Collecting, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(w.place, w.members[1])
    register = w.open()
    line = add_to_register(register.pk, w.members[1].pk, by=w.collector)
    assert (line.position, add_to_register(register.pk, w.members[1].pk, by=w.collector)) == (3, line)
    with pytest.raises(Member.DoesNotExist):
        add_to_register(register.pk, w.elsewhere.pk, by=w.collector)
    monkeypatch.setattr("dues.collecting.transitions.MAX_LINES", 3)
    with refused("V-D5"):
        add_to_register(register.pk, w.place.put(snils="", ticket_number="9", cell=w.cell.pk).pk, by=w.collector)


def test_v_d5_nobody_is_added_to_a_register_that_is_closed(w: Collecting) -> None:
    register = w.closed()
    member = w.place.put(snils="", ticket_number="77", surname="Дубова", cell=w.cell.pk)
    before = register.lines.count()
    with refused("V-D5", field=""):
        add_to_register(register.pk, member.pk, by=w.collector)
    assert register.lines.count() == before


def test_v_d5_a_register_without_sums_is_cancelled_and_its_number_stays_taken(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, FEE)
    with refused("V-D5"):
        cancel_register(register.pk, reason="Ошибка", by=w.collector)
    w.fill(register, None)
    with refused("V-D5") as refusal:
        cancel_register(register.pk, reason=" ", by=w.collector)
    assert refusal.value.field == "reason"
    cancel_register(register.pk, reason="Ошибка", by=w.collector)
    assert w.begun().number == 2
    with refused("V-D5"):
        w.fill(register, FEE)


@pytest.mark.both
def test_v_d5_of_a_cell_one_register_for_the_same_dues_is_open(w: Collecting) -> None:
    register = w.open()
    with refused("V-D5"):
        w.open()
    assert w.open(fee="entrance", year=None).fee == "entrance"
    cancel_register(register.pk, reason="Ошибка", by=w.collector)
    assert w.open().state == RegisterState.DRAFT


def test_n_d1_a_payment_of_a_register_is_reversed_while_the_collector_holds_its_money(w: Collecting) -> None:
    w.closed(FEE)
    entry = LedgerEntry.objects.get(kind="payment")
    reverse_payment(entry.pk, reason="Не тот человек", by=w.chair)
    assert (standing_of(w.members[0]).unpaid, wrong()) == (FEE, [])


@pytest.mark.both
@pytest.mark.parametrize("is_destroyed", [False, True])
def test_n_d1_a_payment_of_somebody_who_has_left_is_reversed_from_the_register(
    w: Collecting, is_destroyed: bool
) -> None:
    """Otherwise the register would wait for money that nobody paid, and block the end of the organisation."""
    register = w.closed(FEE, FEE)
    entry = LedgerEntry.objects.get(kind="payment", account__member=w.members[0])
    deregister(w.members[0].pk, reason=EndReason.DEATH, on=TODAY, paper="Свидетельство о смерти № 1", by=w.chair)
    if is_destroyed:
        # As after the destruction of the card.
        DuesAccount.objects.filter(member=w.members[0]).update(member=None)
        RegisterLine.objects.filter(entry=entry).update(member=None, full_name="")
    page, line = signed_in(w.chair), reverse("dues:register", args=[register.pk])
    confirming = reverse("dues:reverse", args=[entry.pk])
    assert confirming in page.get(line).content.decode()
    name = "данные уничтожены" if is_destroyed else w.members[0].full_name
    assert f"{name}: {roubles(FEE)}, {entry.paper}" in html.unescape(page.get(confirming).content.decode())
    for stranger in (w.place.region_chair, w.collector):
        with pytest.raises(NotAllowed):
            reverse_payment(entry.pk, reason="Не тот человек", by=stranger)
    answer = page.post(confirming, {"reason": "Не тот человек"})
    assert (answer.status_code, answer["Location"], LedgerEntry.objects.get(reverses=entry).made_on) == (
        302,
        line,
        TODAY,
    )
    assert confirming not in page.get(line).content.decode()
    assert (left_to_hand_in(register), wrong()) == (FEE, [])


def test_n_d1_a_payment_of_somebody_who_was_transferred_is_reversed_where_it_was_recorded(w: Collecting) -> None:
    register = w.closed(FEE)
    entry = LedgerEntry.objects.get(kind="payment")
    other = trees.below(w.place.region, w.place.keeper.level, "Киреевская МО ВОИ")
    there = trees.officer(other, Role.CHAIR)
    Member.objects.filter(pk=w.members[0].pk).update(organization=other, unit=other, cell=None)
    with refused("N-D1") as refusal:
        reverse_payment(entry.pk, reason="Не тот человек", by=there)
    assert "Уплату внесла другая организация" in str(refusal.message)
    reverse_payment(entry.pk, reason="Не тот человек", by=w.chair)
    register.refresh_from_db()
    assert (register.state, standing_of(w.members[0]).unpaid) == (RegisterState.HANDED_IN, FEE)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": " "}, "number"),
        ({"number": "3"}, "number"),
        ({"issued_on": TODAY + DAY}, "issued_on"),
        ({"valid_until": TODAY - DAY}, "valid_until"),
        ({"full_name": " "}, "full_name"),
    ],
)
def test_v_d4_an_order_names_number_day_term_and_person(w: Collecting, changed: dict[str, Any], field: str) -> None:
    with refused("V-D4") as refusal:
        order(w, **changed)
    assert refusal.value.field == field


def test_v_d4_the_term_may_end_on_the_day_of_the_order_and_a_number_repeats_in_another_year(w: Collecting) -> None:
    made = order(w, number="3", issued_on=dt.date(YEAR - 1, 12, 31), valid_until=dt.date(YEAR - 1, 12, 31))
    assert (is_in_force(made, dt.date(YEAR - 1, 12, 31)), is_in_force(made, dt.date(YEAR, 1, 1))) == (True, False)


@pytest.mark.both
def test_v_d4_the_order_names_cells_and_an_account_of_the_organization(w: Collecting) -> None:
    stranger = places.voi()
    with pytest.raises(Organization.DoesNotExist):
        order(w, cells=[stranger.cells[0].pk])
    with refused("V-D4") as refusal:
        order(w, cells=[w.keeper.pk])
    assert refusal.value.field == "cells"
    assert stranger.chair.account is not None
    with refused("V-D4") as refusal:
        order(w, collector_id=stranger.chair.account.pk)
    assert refusal.value.field == "collector"
    of_cell = trees.officer(w.place.cells[1], Role.COLLECTOR)
    assert of_cell.account is not None
    with refused("V-D4"):
        order(w, collector_id=of_cell.account.pk, cells=[w.cell.pk])
    assert order(w, collector_id=of_cell.account.pk, cells=[w.place.cells[1].pk]).collector == of_cell.account


def test_v_d4_only_an_organization_that_keeps_cards_appoints_collectors(w: Collecting) -> None:
    check_collects_by_registers(w.keeper)
    for organization in (w.place.region, w.cell):
        with refused("V-D4", match="ведёт учётные карточки"):
            check_collects_by_registers(organization)
    with refused("V-D4", match="ведёт учётные карточки"):
        appoint_collector(w.place.region.pk, number="1", issued_on=TODAY, full_name="Иванова", by=w.place.region_chair)


@pytest.mark.parametrize(("days", "in_force"), [(-1, False), (0, True), (5, True), (6, False)])
def test_v_d4_an_order_is_in_force_to_the_last_day_of_its_term(days: int, in_force: bool) -> None:
    made = CollectorOrder(issued_on=TODAY, valid_until=TODAY + 5 * DAY)
    assert is_in_force(made, TODAY + days * DAY) is in_force


@pytest.mark.parametrize(("days", "in_force"), [(2, True), (3, False)])
def test_v_d4_an_ended_order_is_in_force_until_the_day_before(days: int, in_force: bool) -> None:
    made = CollectorOrder(issued_on=TODAY, ended_on=TODAY + 3 * DAY)
    assert is_in_force(made, TODAY + days * DAY) is in_force


def test_v_d4_the_database_agrees_on_which_orders_are_in_force() -> None:
    w = collecting()
    CollectorOrder.objects.update(issued_on=TODAY - 9 * DAY, valid_until=TODAY + 5 * DAY, ended_on=TODAY + 3 * DAY)
    days = [TODAY + at * DAY for at in range(-11, 7)]
    for changed in ({}, {"ended_on": None}, {"valid_until": None}):
        CollectorOrder.objects.update(**changed)
        made = CollectorOrder.objects.get(pk=w.order.pk)
        by_database = [CollectorOrder.objects.in_force(day).exists() for day in days]
        assert by_database == [is_in_force(made, day) for day in days]


@pytest.mark.both
def test_v_d4_an_order_is_ended_once_with_a_reason_and_without_open_registers(w: Collecting) -> None:
    CollectorOrder.objects.update(issued_on=TODAY - DAY)

    def end(**changed: Any) -> None:
        values = {"ended_on": TODAY, "reason": "Переезд", "by": w.chair, **changed}
        end_appointment(w.order.pk, **values)

    for changed, field in (
        ({"ended_on": TODAY - DAY}, "ended_on"), ({"ended_on": TODAY + DAY}, "ended_on"), ({"reason": " "}, "reason"),
    ):  # fmt: skip
        with refused("V-D4") as refusal:
            end(**changed)
        assert refusal.value.field == field
    register = w.open()
    with refused("V-D4"):
        end()
    cancel_register(register.pk, reason="Ошибка", by=w.collector)
    end()
    with refused("V-D4"):
        end()
    with refused("V-D4"):
        w.open()


def test_v_d4_no_register_is_begun_after_the_term_of_the_order(w: Collecting) -> None:
    register = w.open()
    CollectorOrder.objects.update(issued_on=TODAY - 2 * DAY, valid_until=TODAY - DAY)
    with refused("V-D4"):
        begin_collecting(register.pk, by=w.collector)


@pytest.mark.both
def test_v_d4_a_collector_opens_registers_of_their_own_cells_only(w: Collecting) -> None:
    with refused("V-D4"):
        w.open(cell_id=w.place.cells[1].pk)
    with refused("V-D4"):
        w.open(cell_id=None)
    with pytest.raises(Organization.DoesNotExist):
        w.open(cell_id=10**9)
    with pytest.raises(NotAllowed):
        w.open(cell_id=places.voi().cells[0].pk)
    whole = order(w)
    assert in_lines(w_open(whole, None, w.chair)) == [*(m.pk for m in w.members), w.elsewhere.pk]


def w_open(made: CollectorOrder, cell_id: int | None, by: Actor) -> PaymentRegister:
    return open_register(made.pk, cell_id=cell_id, fee="annual", year=YEAR, by=by)


def test_v_d4_a_collector_sees_and_fills_no_register_of_another_collector(w: Collecting) -> None:
    other = order(w, cells=[w.place.cells[1].pk])
    register = w_open(other, w.place.cells[1].pk, w.chair)
    with pytest.raises(PaymentRegister.DoesNotExist):
        add_to_register(register.pk, w.elsewhere.pk, by=w.collector)
    with pytest.raises(CollectorOrder.DoesNotExist):
        w_open(other, w.place.cells[1].pk, w.collector)
    assert list(PaymentRegister.objects.visible_to(w.collector)) == []
    mine = w.open()
    assert list(PaymentRegister.objects.visible_to(w.collector)) == [mine]
    assert set(PaymentRegister.objects.visible_to(w.place.region_chair)) == {mine, register}
    assert list(PaymentRegister.objects.visible_to(places.voi().chair)) == []


def test_v_d4_a_superior_looks_on_and_does_not_collect(w: Collecting) -> None:
    register = w.begun()
    for step in (
        lambda: enter_sums(register.pk, {}, by=w.place.region_chair),
        lambda: begin_collecting(register.pk, by=w.place.region_chair),
        lambda: close_register(register.pk, by=w.place.region_chair),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_v_d5_a_kind_of_dues_that_nobody_collects_is_refused(w: Collecting) -> None:
    for fee, year in (("percent", YEAR), ("annual", YEAR + 2), ("annual", None)):
        with refused("V-D5"):
            w.open(fee=fee, year=year)


@pytest.mark.both
def test_n_h3_a_cell_with_an_open_register_is_neither_liquidated_nor_moved(w: Collecting) -> None:
    register = w.open(cell_id=w.cell.pk)
    region = w.place.region_chair
    with refused("N-H3") as refusal:
        check_nothing_blocks_liquidation(w.cell, region)
    assert "Ведомость: черновик" in refusal.blockers
    other = trees.below(w.place.region, w.keeper.level, "Соседняя МО ВОИ")
    with refused("N-H3", blockers=["Ведомость: черновик"]):
        check_nothing_blocks_move(w.cell, other, region)
    cancel_register(register.pk, reason="Ошибка", by=w.collector)
    check_nothing_blocks_move(w.cell, other, region)


@pytest.mark.both
def test_n_h3_an_organization_is_not_merged_before_its_collectors_have_handed_the_money_in(w: Collecting) -> None:
    other = trees.below(w.place.region, w.keeper.level, "Соседняя МО ВОИ")
    register = w.closed(FEE)
    said = f"Ведомость № 1, {TODAY:%d.%m.%Y}: закрыта, деньги не сданы"
    with refused("N-H3", blockers=[said]):
        check_nothing_blocks_merger(w.keeper, other, w.place.region_chair)
    # The cell is not blocked: the money belongs to its organisation.
    assert register_obstacles(w.cell, w.place.region_chair) == []
    receive_money(
        register.pk, amount=FEE, made_on=TODAY, received_from="Смирновой", ground="Взносы",
        version=PaymentRegister.objects.get().version, by=w.chair,
    )  # fmt: skip
    with refused("N-H3", blockers=["Деньги в кассе: 50,00 руб."]):
        check_nothing_blocks_merger(w.keeper, other, w.place.region_chair)
    to_the_bank(w, FEE - Decimal("0.01"))
    with refused("N-H3", blockers=["Деньги в кассе: 0,01 руб."]):
        check_nothing_blocks_merger(w.keeper, other, w.place.region_chair)
    to_the_bank(w, Decimal("0.01"))
    check_nothing_blocks_merger(w.keeper, other, w.place.region_chair)


def to_the_bank(w: Collecting, amount: Decimal) -> None:
    """Pay money from the cash desk into the bank."""
    bank = ledger.AccountKey(AccountKind.BANK, number="40703810900000000017")
    with change(by=w.chair, rule="N-D1", event="dues.money_received") as act:
        move = ledger.Move(bank, ledger.CASH, amount, TODAY, "Квитанция банка", f"test:{amount}")
        ledger.post_moves(act, [move], organization=w.keeper, rule="N-D1")
        act.about(w.keeper, organization=w.keeper)


@pytest.mark.parametrize(("status", "works"), [("active", True), ("liquidating", False), ("ended", False)])
def test_v_d4_no_register_is_opened_in_a_cell_that_has_ended(w: Collecting, status: str, works: bool) -> None:
    ended_on = TODAY if status == "ended" else None
    Organization.objects.filter(pk=w.cell.pk).update(status=status, ended_on=ended_on)
    if works:
        assert w.open().state == RegisterState.DRAFT
        return
    with refused("V-D4") as refusal:
        w.open()
    assert refusal.value.field == "cell"
