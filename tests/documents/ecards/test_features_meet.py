"""Electronic cards combined with transfers, moved and merged organisations, and blocked members (U-8, U-10, N-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from documents.consents.transitions.withdrawals import block_card as block_member
from documents.consents.transitions.withdrawals import register_withdrawal, release_card
from documents.ecards.models import CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.queries.showing import VerifiedCard, find_valid_card
from documents.ecards.transitions import batches, cards, deliveries, orders
from members.book.models import Registration
from members.movement.models import Transfer
from members.movement.transitions.arrivals import take_back_arrival
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.organizations import merge_organizations, move_organization
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.transitions import Act
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .cards_world import Cards, cards_world, ids, made, other_region, requests_of, states, today
from .test_deliveries import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files"), pytest.mark.once]


@pytest.fixture
def held() -> Cards:
    return cards_world()


def sound() -> None:
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def gone(held: Cards, surname: str, there: places.Place) -> Member:
    """Transfer the member to a primary organisation of another region, and return the member."""
    member = held.member(surname)
    asked = request_departure(member.pk, target=there.keeper, by=held.chair)
    confirm(asked.pk, by=there.chair)
    return Member.objects.get(pk=member.pk)


def handed(giver: Organization, receiver: Organization, request: CardRequest, by: Actor, taken_by: Actor) -> None:
    act = deliveries.hand_down(giver.pk, receiver_id=receiver.pk, requests=[request.pk], sent_on=today(), by=by)
    deliveries.confirm_delivery(act.pk, arrived=[request.pk], by=taken_by)


# Members who move


def test_u10_a_card_in_production_reaches_the_region_to_which_its_owner_went(held: Cards) -> None:
    _other, there = other_region(held)
    head, above = held.place.head, trees.officer(held.place.head, Role.CHAIR, "Главная")
    batch = held.sent("Абрамова")
    (request,) = requests_of(batch)
    gone(held, "Абрамова", there)
    assert list(CardRequest.objects.visible_to(held.region)) == [request]
    assert list(CardRequest.objects.visible_to(held.chair)) == []
    batches.record_answer(batch.pk, [made(request, 1)], by=held.region)
    region = held.place.region
    parcel = deliveries.record_parcel(
        region.pk, requests=[request.pk], tracking="RB12", sent_on=today(), by=held.region
    )
    deliveries.confirm_delivery(parcel.pk, arrived=[request.pk], by=held.region)
    handed(region, head, request, held.region, above)
    # The former region has handed the card over and no longer sees it.
    assert list(CardRequest.objects.visible_to(held.region)) == []
    handed(head, there.keeper, request, above, there.chair)
    cards.hand_out(there.keeper.pk, requests=[request.pk], on=today(), by=there.chair)
    assert states([request]) == ["handed_out"]
    sound()


@pytest.mark.both
def test_u8_a_card_that_is_lost_after_its_owner_went_is_recorded_by_the_region_that_ordered_it(held: Cards) -> None:
    _other, there = other_region(held)
    (request,) = requests_of(held.sent("Абрамова"))
    gone(held, "Абрамова", there)
    batches.fail_request(request.pk, note="Потеряна", by=held.region)
    assert states([request]) == ["failed"]
    assert list(CardRequest.objects.visible_to(held.region)) == []


def test_u10_a_card_that_lies_with_the_former_organisation_is_handed_back_or_destroyed_by_it(held: Cards) -> None:
    _other, there = other_region(held)
    first, second = held.arrived("Абрамова", "Белова")
    for surname in ("Абрамова", "Белова"):
        gone(held, surname, there)
    stranger = trees.officer(trees.below(held.place.region, name="ППО школы № 3"), Role.CHAIR, "Чужова")
    assert list(CardRequest.objects.visible_to(stranger)) == []
    assert set(CardRequest.objects.visible_to(held.chair)) == {first, second}
    with refused("U-10", blockers=[f"№ {first.number}, {first.name_shown}: карты здесь нет"]):
        cards.hand_out(there.keeper.pk, requests=[first.pk], on=today(), by=there.chair)
    handed(held.keeper, held.place.region, first, held.chair, held.region)
    cards.give_back(second.pk, note="Изготовлена для другой организации", by=held.chair)
    assert (fresh(first).place, fresh(second).state) == (held.place.region, "returned")
    assert list(CardRequest.objects.visible_to(held.chair)) == []
    sound()


@pytest.mark.both
@pytest.mark.parametrize("blocked", [False, True])
def test_u10_the_card_goes_with_its_owner(held: Cards, blocked: bool) -> None:
    _other, there = other_region(held)
    card = held.issued("Абрамова")
    if blocked:
        cards.block_card(card.pk, reason="damaged", by=held.chair)
    gone(held, "Абрамова", there)
    assert list(ElectronicCard.objects.visible_to(held.chair)) == []
    assert list(ElectronicCard.objects.visible_to(there.chair)) == [card]
    shown = None if blocked else VerifiedCard(there.keeper.short_name, "А. М. Н.")
    assert find_valid_card(card.request.code or "") == shown
    if not blocked:
        cards.block_card(card.pk, reason="damaged", by=there.chair)
    cards.destroy_card(card.pk, on=today(), by=there.chair)
    sound()


def test_u10_void_cards_stay_with_the_organisation_that_replaced_them(held: Cards) -> None:
    _other, there = other_region(held)
    former = held.issued("Абрамова")
    cards.block_card(former.pk, reason="damaged", by=held.chair)
    card = held.issued("Абрамова", first=7, tracking="RB12")
    gone(held, "Абрамова", there)
    assert list(ElectronicCard.objects.visible_to(held.chair)) == [former]
    assert list(ElectronicCard.objects.visible_to(there.chair)) == [card]
    cards.destroy_card(former.pk, on=today(), by=held.chair)
    sound()


def test_u8_a_member_who_has_a_card_and_an_unsent_request_takes_both_along(held: Cards) -> None:
    _other, there = other_region(held)
    card = held.issued("Абрамова")
    held.order("Абрамова", reason="damaged")
    former = fresh(card.request).order
    gone(held, "Абрамова", there)
    new = CardRequest.objects.get(state="draft")
    assert (new.organization, new.order.organization) == (there.keeper, there.keeper)
    request = fresh(card.request)
    assert (request.organization, request.order, request.state) == (there.keeper, former, "handed_out")
    sound()


@pytest.mark.both
@pytest.mark.parametrize("by_code", [False, True])
def test_v_b9_an_unsent_request_goes_back_when_the_arrival_is_taken_back(held: Cards, by_code: bool) -> None:
    _other, there = other_region(held)
    held.order("Абрамова")
    gone(held, "Абрамова", there)
    request = CardRequest.objects.get()
    assert request.organization == there.keeper
    if by_code:
        # In this case the member card is in transit again, and in no organisation.
        Transfer.objects.update(asked_by=None)
    take_back_arrival(Transfer.objects.get().pk, by=there.chair)
    request = fresh(request)
    assert (request.organization, request.order.organization, request.state) == (held.keeper, held.keeper, "draft")
    assert list(CardRequest.objects.visible_to(there.chair)) == []
    sound()


# Organisations that move to another region


def above(held: Cards) -> Actor:
    return trees.officer(held.place.head, Role.CHAIR, "Главная")


def waiting(held: Cards) -> list[CardRequest]:
    """Create four requests: sent, gathered into a batch, submitted, and in a draft order."""
    held.put("Дальнева")
    held.sent("Абрамова")
    batch = held.gathered("Белова")
    submitted = held.submitted("Власова")
    draft = held.order("Дальнева")
    assert (batch.state, submitted.state, draft.state) == ("draft", "submitted", "draft")
    found = list(CardRequest.objects.order_by("pk"))
    assert states(found) == ["sent", "ordered", "draft", "draft"]
    return found


def test_u8_what_is_not_sent_is_checked_and_gathered_by_the_region_to_which_the_organisation_moved(held: Cards) -> None:
    other, there = other_region(held)
    sent, *unsent = waiting(held)
    move_organization(held.keeper.pk, there.region.pk, on=today(), by=above(held))
    assert [fresh(one).order.consolidator for one in unsent] == [there.region] * 3
    assert fresh(sent).order.consolidator == held.place.region
    assert states([sent, *unsent]) == ["sent", "checked", "draft", "draft"]
    assert [fresh(one).batch for one in unsent] == [None] * 3
    with refused("U-8", match="Принятых заказов"):
        batches.gather_batch(held.place.region.pk, by=held.region)
    orders.check_order(fresh(unsent[1]).order_id, by=other)
    orders.submit_order(fresh(unsent[2]).order_id, by=Actor.of(held.chair.account))  # type: ignore[arg-type]
    orders.check_order(fresh(unsent[2]).order_id, by=other)
    batch = batches.gather_batch(there.region.pk, by=other)
    assert requests_of(batch) == unsent
    batches.send_batch(batch.pk, by=other)
    # Cards already ordered are delivered by the former region.
    assert list(CardRequest.objects.visible_to(held.region)) == [sent]
    sound()


def test_u8_an_organisation_that_moves_within_its_region_keeps_its_consolidated_order(held: Cards) -> None:
    local = trees.below(held.place.region, Level.LOCAL, "Заречная МО")
    (request,) = requests_of(held.gathered("Белова"))
    move_organization(held.keeper.pk, local.pk, on=today(), by=held.region)
    assert (fresh(request).state, fresh(request).order.consolidator) == ("ordered", held.place.region)


@pytest.mark.both
def test_u8_accepted_requests_of_a_merged_organisation_are_gathered_by_the_region_of_the_successor(held: Cards) -> None:
    other, there = other_region(held)
    (request,) = requests_of(held.gathered("Белова"))
    orders.check_order(held.submitted("Власова").pk, by=held.region)
    merge_organizations(held.keeper.pk, there.keeper.pk, on=today(), by=above(held))
    assert (fresh(request).state, fresh(request).batch, fresh(request).organization) == ("checked", None, there.keeper)
    assert set(CardOrder.objects.values_list("consolidator", flat=True)) == {there.region.pk}
    batch = batches.send_batch(batches.gather_batch(there.region.pk, by=other).pk, by=other)
    assert len(requests_of(batch)) == 2
    sound()


@pytest.mark.both
def test_u8_what_went_to_another_region_before_the_rows_were_locked_is_not_gathered(
    held: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    _other, there = other_region(held)
    requests = []
    for surname in ("Абрамова", "Белова"):
        orders.check_order(held.submitted(surname).pk, by=held.region)
        requests.append(CardRequest.objects.get(member__surname=surname))
    lock_many = Act.lock_many

    def meanwhile(act: Act, queryset: QuerySet[Any]) -> list[Any]:
        if queryset.model is CardRequest:
            CardOrder.objects.filter(pk=requests[0].order_id).update(consolidator=there.region)
        return lock_many(act, queryset)

    monkeypatch.setattr(Act, "lock_many", meanwhile)
    assert requests_of(batches.gather_batch(held.place.region.pk, by=held.region)) == requests[1:]
    assert states(requests) == ["checked", "ordered"]


# Blocked members


def blocked(held: Cards, surname: str) -> int:
    given = {"purposes": ["processing"], "received_on": today(), "channel": "hand", "by": held.chair}
    found = register_withdrawal(held.member(surname).pk, **given)  # type: ignore[arg-type]
    return block_member(found.pk, by=held.chair).pk


def test_n_c1_the_code_of_a_blocked_member_shows_nothing_until_the_card_is_released(held: Cards) -> None:
    card = held.issued("Абрамова")
    withdrawal = blocked(held, "Абрамова")
    assert find_valid_card(card.request.code or "") is None
    release_card(withdrawal, signed_on=today(), by=held.chair)
    assert find_valid_card(card.request.code or "") == VerifiedCard(held.keeper.short_name, "А. М. Н.")


def test_n_c1_a_blocked_member_is_taken_out_of_the_order_that_was_not_sent(held: Cards) -> None:
    (sent,) = requests_of(batch := held.sent("Власова"))
    order = held.order("Абрамова", "Белова")
    for surname in ("Абрамова", "Власова"):
        blocked(held, surname)
    found = dict(CardRequest.objects.values_list("member__surname", "state"))
    assert found == {"Абрамова": "cancelled", "Белова": "draft", "Власова": "sent"}
    assert fresh(sent).batch == batch
    orders.submit_order(order.pk, by=held.chair)
    sound()


def test_n_c1_pages_of_orders_and_parcels_do_not_name_blocked_members(held: Cards) -> None:
    parcel = held.packed("Абрамова", "Белова")
    blocked(held, "Абрамова")
    order = CardOrder.objects.get()
    for who in (held.chair, held.region, trees.officer(held.keeper, Role.REGISTRAR, "Писарева")):
        browser = places.signed_in(who)
        text = browser.get(reverse("documents:card_order", args=[order.pk])).content.decode()
        assert ("Абрамова" in text, "Белова" in text) == (False, True)
    page = places.signed_in(held.region).get(reverse("documents:card_delivery", args=[parcel.pk])).content.decode()
    assert ("Абрамова" in page, "Белова" in page) == (False, True)
    # Both cards have arrived, so the receiver confirms both.
    requests = list(CardRequest.objects.all())
    assert [str(one.number) in page for one in requests] == [True, True]
    deliveries.confirm_delivery(parcel.pk, arrived=ids(requests), by=held.region)
    assert states(requests) == ["arrived", "arrived"]
    assert ids(CardRequest.objects.visible_to(held.region)) == [held.member("Белова").card_requests.get().pk]
    sound()


# Members who died, with destroyed data; members who return


def died_and_destroyed(held: Cards, surname: str) -> None:
    member = held.member(surname)
    deregister(member.pk, reason="death", paper="I-БО № 5", on=today(), by=held.chair)
    Member.objects.filter(pk=member.pk).update(erase_after=today() - dt.timedelta(days=1))
    erase(member.pk, by=Actor.system("test"))


@pytest.mark.both
@pytest.mark.parametrize(
    ("way", "state"),
    [
        (Cards.order, "cancelled"),
        (Cards.gathered, "cancelled"),
        (Cards.made, "cancelled"),
        (Cards.packed, "cancelled"),
        (Cards.handed_down, "returned"),
        (Cards.issued, "handed_out"),
    ],
)
def test_v_b14_what_is_on_its_way_ends_after_the_owner_died_and_the_data_were_destroyed(
    held: Cards, way: Callable[[Cards, str], object], state: str
) -> None:
    way(held, "Абрамова")
    request = CardRequest.objects.get()
    died_and_destroyed(held, "Абрамова")
    request.refresh_from_db()
    assert (request.state, request.name_shown, request.photo, request.member) == (state, "", None, None)
    # Officers who hold or expect the card can continue, without seeing the name.
    for delivery in CardDelivery.objects.filter(state="on_the_way"):
        receiver = held.chair if delivery.giver_id else held.region
        page = places.signed_in(receiver).get(reverse("documents:card_delivery", args=[delivery.pk]))
        assert (page.status_code, "Абрамова" in page.content.decode()) == (200, False)
        deliveries.confirm_delivery(delivery.pk, arrived=[request.pk], by=receiver)
    if request.batch is not None:
        answer = batches.record_answer(request.batch_id or 0, [made(request, 77)], by=held.region)
        assert [outcome for _row, _pk, outcome in answer.lines] == [
            "cancelled" if state == "cancelled" else "contradicts"
        ]
    with refused("U-10"):
        cards.hand_out(held.keeper.pk, requests=[request.pk], on=today(), by=held.chair)
    for card in ElectronicCard.objects.all():
        assert find_valid_card(request.code or "") is None
        cards.destroy_card(card.pk, on=today(), by=held.chair)
    assert {
        # The transaction of a test is never committed, so deleted files remain.
        title: wrong
        for title, wrong in integrity.run()
        if wrong and "file" not in title
    } == {}


@pytest.mark.parametrize("way", [Cards.gathered, Cards.sent, Cards.arrived])
def test_u8_who_comes_back_orders_a_card_again_and_the_former_one_is_never_handed_out(
    held: Cards, way: Callable[[Cards, str], object]
) -> None:
    way(held, "Абрамова")
    member, former = held.member("Абрамова"), CardRequest.objects.get()
    deregister(member.pk, reason="own_wish", on=today(), by=held.chair)
    take_back_leaving(Registration.objects.filter(member=member).latest("pk").pk, by=held.chair)
    assert states([former]) == ["returned" if way == Cards.arrived else "cancelled"]
    held.order("Абрамова")
    if way == Cards.sent:
        lines = batches.record_answer(former.batch_id or 0, [made(former, 1)], by=held.region).lines
        assert [outcome for _row, _pk, outcome in lines] == ["cancelled"]
    with refused("U-10"):
        cards.hand_out(held.keeper.pk, requests=[former.pk], on=today(), by=held.chair)
    assert states(CardRequest.objects.exclude(pk=former.pk)) == ["draft"]
    sound()
