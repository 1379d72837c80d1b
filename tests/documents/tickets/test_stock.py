"""Receipt, handing down, confirmation (V-C1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from documents.tickets.integrity import balances_of_blanks, movements_have_a_balance, numbers_received_once
from documents.tickets.models import BlankMovement, BlankRange, BlankStock
from documents.tickets.queries.balance import balance_on
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.stock import (
    confirm_blanks,
    hand_down_blanks,
    receive_blanks,
    take_back_blanks,
)
from registry.access import Actor
from registry.enums import Level
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .stocks import Stocks, numbers, stocks, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def held() -> Stocks:
    return stocks()


def in_stock(organization: Organization, kind: str = "ticket") -> list[NumberRange]:
    found = BlankRange.objects.in_stock().filter(organization=organization, kind=kind)
    return [one.range for one in found.order_by("series", "first")]


def counts(organization: Organization, kind: str = "ticket") -> dict[str, int]:
    stock = BlankStock.objects.get(organization=organization, kind=kind)
    names = ("received", "in_stock", "on_the_way", "handed_down", "issued", "lost")
    return {name: getattr(stock, name) for name in names if getattr(stock, name)}


def check_books() -> None:
    assert list(balances_of_blanks()) == []
    assert list(movements_have_a_balance()) == []
    assert list(numbers_received_once()) == []


def test_v_c1_what_is_handed_down_leaves_the_stock_when_it_is_confirmed(held: Stocks) -> None:
    head, region = held.place.head, held.place.region
    act = held.hand_down(numbers(201, 300), numbers(1, 50))
    assert (act.number, act.state) == ("2", "sent")
    assert in_stock(head) == [numbers(51, 100), numbers(301, 1000)]
    assert counts(head) == {"received": 1000, "in_stock": 750, "on_the_way": 150, "handed_down": 100}
    assert in_stock(region) == []
    check_books()
    confirm_blanks(act.pk, by=held.place.region_chair)
    assert in_stock(region) == [numbers(1, 50), numbers(201, 300)]
    assert counts(head) == {"received": 1000, "in_stock": 750, "handed_down": 250}
    assert counts(region) == {"received": 150, "in_stock": 150}
    assert balance_on(head.pk, "ticket").handed_down == [numbers(101, 200), numbers(1, 50), numbers(201, 300)]
    check_books()


def test_v_c1_what_the_receiver_does_not_accept_goes_back(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 300))
    confirm_blanks(act.pk, accepted=[numbers(201, 250), numbers(252, 300)], by=held.place.region_chair)
    assert in_stock(held.place.region) == [numbers(201, 250), numbers(252, 300)]
    assert in_stock(held.place.head) == [numbers(1, 100), numbers(251, 251), numbers(301, 1000)]
    assert counts(held.place.head) == {"received": 1000, "in_stock": 801, "handed_down": 199}
    check_books()


def test_v_c1_an_act_is_confirmed_once_and_only_what_it_sent(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 300))
    for wrong in ([numbers(200, 210)], [numbers(201, 210), numbers(205, 215)], [numbers(201, 210, series="А")]):
        with refused("V-C1", field="numbers"):
            confirm_blanks(act.pk, accepted=wrong, by=held.place.region_chair)
    with refused("V-C1", match="Акт подтверждает организация"):
        confirm_blanks(act.pk, by=held.head_chair)
    confirm_blanks(act.pk, by=held.place.region_chair)
    with refused("V-C1", match="уже нельзя изменить"):
        confirm_blanks(act.pk, by=held.place.region_chair)
    with refused("V-C1", match="ещё не подтвердили"):
        take_back_blanks(act.pk, by=held.head_chair)
    check_books()


def test_v_c1_an_act_that_is_not_confirmed_is_taken_back(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 300))
    with pytest.raises(NotAllowed):
        take_back_blanks(act.pk, by=held.place.region_chair)
    take_back_blanks(act.pk, by=held.head_chair)
    assert in_stock(held.place.head) == [numbers(1, 100), numbers(201, 1000)]
    assert counts(held.place.head) == {"received": 1000, "in_stock": 900, "handed_down": 100}
    check_books()


def test_v_c1_numbers_are_received_once_in_a_federation_wherever_they_are(held: Stocks) -> None:
    for known in (numbers(1000, 1001), numbers(150, 150), numbers(0, 1), numbers(500, 510, width=6)):
        with refused("V-C1", field="numbers", match="уже есть в реестре"):
            held.receive(known)
    with refused("V-C1", field="numbers", match="уже есть в реестре"):
        held.receive(numbers(150, 150), at=held.place.region)
    held.receive(numbers(150, 150, series="А"))
    held.receive(numbers(150, 150), kind="card")
    check_books()


def test_v_c1_numbers_that_are_not_in_the_stock_are_not_handed_down(held: Stocks) -> None:
    for missing in (numbers(100, 101), numbers(1000, 1001), numbers(1, 5, series="А"), numbers(1, 5, width=6)):
        with refused("V-C1", field="numbers", match="есть на складе"):
            held.hand_down(missing)
    assert counts(held.place.head) == {"received": 1000, "in_stock": 900, "handed_down": 100}


def test_v_c1_blanks_go_down_the_tree_to_the_keeper_of_the_cards(held: Stocks) -> None:
    other = trees.below(held.place.head, Level.REGIONAL, "Псковская РО ВОИ")
    wrong: list[tuple[Organization, Organization, Actor]] = [
        (held.place.head, held.place.head, held.head_chair),
        (held.place.head, held.place.cells[0], held.head_chair),
        (held.place.keeper, held.place.cells[0], held.place.chair),
    ]
    for giver, receiver, by in wrong:
        with refused("V-C1", field="receiver"):
            hand_down_blanks(
                giver.pk, receiver_id=receiver.pk, kind="ticket", numbers=[numbers(110, 120)], made_on=today(), by=by
            )
    with pytest.raises(Organization.DoesNotExist):
        hand_down_blanks(
            held.place.region.pk, receiver_id=other.pk, kind="ticket", numbers=[numbers(110, 120)], made_on=today(),
            by=held.place.region_chair,
        )  # fmt: skip


def test_v_c1_a_receipt_names_its_paper_and_a_day_that_has_come(held: Stocks) -> None:
    def receive(**changed: object) -> None:
        whole = {
            "kind": "ticket", "numbers": [numbers(5001, 5002)], "number": "3", "made_on": today(), "source": "ГОЗНАК",
        }  # fmt: skip
        receive_blanks(held.place.head.pk, **{**whole, **changed}, by=held.head_chair)  # type: ignore[arg-type]

    for field, changed in {
        "number": {"number": " "}, "source": {"source": ""}, "made_on": {"made_on": today() + dt.timedelta(days=1)},
        "numbers": {"numbers": []},
    }.items():  # fmt: skip
        with refused("V-C1", field=field):
            receive(**changed)
    with refused("V-C1", field="numbers", match="пересекаются"):
        receive(numbers=[numbers(5001, 5010), numbers(5010, 5020)])
    with refused("V-C1", field="numbers", match="не больше 1000000 бланков"):
        receive(numbers=[numbers(10_001, 1_010_001)])
    receive(numbers=[numbers(10_001, 1_010_000)])
    check_books()


def test_v_c1_a_federation_without_blanks_receives_none() -> None:
    place = places.union()
    with refused("V-C1", field="kind"):
        receive_blanks(
            place.keeper.pk, kind="ticket", numbers=[numbers(1, 2)], number="1", made_on=today(), source="—",
            by=place.chair,
        )  # fmt: skip


@pytest.mark.both
def test_v_c1_the_database_refuses_ranges_that_overlap(held: Stocks) -> None:
    one = BlankRange.objects.get(organization=held.place.keeper)
    for first, last in ((150, 160), (200, 201), (90, 300), (1, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            BlankRange.objects.create(
                federation=one.federation, kind=one.kind, series="", first=first, last=last, width=7,
                organization=held.place.region,
            )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        BlankRange.objects.filter(pk=one.pk).update(last=201)
    BlankRange.objects.filter(pk=one.pk).update(last=199)
    BlankRange.objects.create(
        federation=one.federation, kind="card", series="", first=150, last=160, width=7, organization=held.place.region
    )


@pytest.mark.both
def test_v_c1_a_movement_is_never_changed_and_a_balance_is_whole(held: Stocks) -> None:
    movement = BlankMovement.objects.first()
    assert movement is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        BlankMovement.objects.filter(pk=movement.pk).update(last=movement.last + 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        movement.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        BlankStock.objects.filter(organization=held.place.head).update(in_stock=1)


def test_v_c1_the_books_notice_what_is_not_in_the_movements(held: Stocks) -> None:
    BlankRange.objects.filter(organization=held.place.keeper).update(last=199)
    assert list(balances_of_blanks()) == [
        f"organisation {held.place.keeper.pk}, ticket: the numbers that are stock are not those of the movements"
    ]
    BlankStock.objects.filter(organization=held.place.keeper).update(in_stock=99, lost=1)
    found = list(balances_of_blanks())
    assert f"organisation {held.place.keeper.pk}, ticket: in_stock is 99, the movements say 100" in found
    assert len(found) == 3


def test_v_c1_the_books_notice_numbers_that_were_received_twice(held: Stocks) -> None:
    first = held.receive(numbers(4001, 4100)).movements.get()
    inside = held.receive(numbers(5001, 5001)).movements.get()
    held.receive(numbers(4101, 4101))
    assert list(numbers_received_once()) == []
    again = {
        name: getattr(first, name) for name in ("federation", "kind", "series", "width", "taker", "to_place", "made_on")
    }
    for position, (begin, end) in enumerate([(4050, 4060), (4100, 4100), (4101, 4102)], 2):
        BlankMovement.objects.create(
            **again, paper=inside.paper, position=position, first=begin, last=end, made_at=first.made_at
        )
    twice = [m.pk for m in BlankMovement.objects.filter(paper=inside.paper, position__gt=1).order_by("position")]
    single = BlankMovement.objects.get(first=4101, last=4101)
    assert list(numbers_received_once()) == [
        f"movements {first.pk} and {twice[0]} received the same numbers",
        f"movements {first.pk} and {twice[1]} received the same numbers",
        f"movements {single.pk} and {twice[2]} received the same numbers",
    ]
