"""Parcels and acts, handing out, blocking; cards of members who leave or move (U-9, U-10, V-B14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from documents.ecards import integrity
from documents.ecards.models import CardDelivery, CardDeliveryLine, CardOrder, CardRequest, ElectronicCard
from documents.ecards.transitions import batches, cards, deliveries, orders
from members.book.models import BookLine
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from tests.refusals import refused

from .cards_world import Cards, cards_world, ids, lines_of, other_region, requests_of, states, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files"), pytest.mark.once]


@pytest.fixture
def held() -> Cards:
    return cards_world()


def fresh(request: CardRequest) -> CardRequest:
    return CardRequest.objects.get(pk=request.pk)


def sound() -> list[str]:
    """Return all faults that the invariants of cards find."""
    checks = (
        integrity.batches_are_unchanged, integrity.valid_cards_have_an_owner, integrity.requests_agree_with_cards,
        integrity.deliveries_agree_with_requests, integrity.states_have_their_days,
    )  # fmt: skip
    return [fault for check in checks for fault in check()]


# Parcels


def test_u9_a_parcel_is_entered_and_confirmed_card_by_card(held: Cards) -> None:
    parcel = held.packed("Абрамова", "Белова")
    first, second = (line.request for line in parcel.lines.select_related("request").order_by("position"))
    assert (parcel.giver, parcel.receiver, parcel.state) == (None, held.place.region, "on_the_way")
    confirmed = deliveries.confirm_delivery(parcel.pk, arrived=[first.pk], by=held.region)
    assert (confirmed.state, confirmed.received_on, states([first, second])) == (
        "received",
        today(),
        ["arrived", "made"],
    )
    assert (fresh(first).place, fresh(second).place) == (held.place.region, None)
    assert list(parcel.lines.order_by("position").values_list("arrived", flat=True)) == [True, False]
    # Missing cards can be sent in another parcel.
    assert list(CardRequest.objects.to_pack(held.place.region)) == [second]
    assert sound() == []


@pytest.mark.parametrize("tracking", ["", "  ", "A1", "x" * 41, "<script>"])
def test_u9_a_parcel_has_a_tracking_number(held: Cards, tracking: str) -> None:
    with refused("U-9", field="tracking"):
        held.packed("Абрамова", tracking=tracking)


def test_u9_a_parcel_is_entered_once_and_not_ahead(held: Cards) -> None:
    held.packed("Абрамова")
    with refused("U-9", field="tracking"):
        held.packed("Белова", first=5)
    region, request = held.place.region.pk, CardRequest.objects.get(member=held.member("Белова"))
    tomorrow = today() + dt.timedelta(days=1)
    with refused("U-10", field="sent_on"):
        deliveries.record_parcel(region, requests=[request.pk], tracking="RB12", sent_on=tomorrow, by=held.region)
    with refused("U-10"):
        deliveries.record_parcel(region, requests=[], tracking="RB12", sent_on=today(), by=held.region)


def test_u9_a_parcel_with_cards_of_another_region_names_them(held: Cards) -> None:
    batch = held.made("Абрамова")
    (request,) = requests_of(batch)
    stranger, place = other_region(held)
    # The member moved to the other region; the card was made for an order of the former one.
    CardRequest.objects.filter(pk=request.pk).update(organization=place.keeper)
    with refused("U-9", blockers=[f"№ {fresh(request).number}, {request.printed_name}"]):
        deliveries.record_parcel(place.region.pk, requests=[request.pk], tracking="RB12", sent_on=today(), by=stranger)
    assert CardDelivery.objects.count() == 0
    parcel = held.packed("Белова", first=5)
    with pytest.raises(CardDelivery.DoesNotExist):
        deliveries.confirm_delivery(parcel.pk, arrived=lines_of(parcel), by=stranger)


def test_u9_only_made_cards_are_packed_and_each_once(held: Cards) -> None:
    sent = requests_of(held.sent("Абрамова"))
    parcel = held.packed("Белова")
    for requests in (ids(sent), lines_of(parcel)):
        with refused("U-9", blockers=1):
            deliveries.record_parcel(
                held.place.region.pk, requests=requests, tracking="RB12", sent_on=today(), by=held.region
            )
    with refused("U-9"):
        batches.fail_request(lines_of(parcel)[0], note="Утрачена", by=held.region)


@pytest.mark.both
def test_u10_a_delivery_is_confirmed_once_by_its_receiver(held: Cards) -> None:
    act = held.handed_down("Абрамова")
    with pytest.raises(NotAllowed):
        deliveries.confirm_delivery(act.pk, arrived=lines_of(act), by=held.region)
    with refused("U-10"):
        deliveries.confirm_delivery(act.pk, arrived=[10**9], by=held.chair)
    deliveries.confirm_delivery(act.pk, arrived=lines_of(act), by=held.chair)
    with refused("U-10"):
        deliveries.confirm_delivery(act.pk, arrived=[], by=held.chair)
    assert states([act.lines.get().request]) == ["arrived"]


# Acts


def test_u10_cards_go_down_by_an_act_and_missing_ones_stay_with_the_giver(held: Cards) -> None:
    act = held.handed_down("Абрамова", "Белова")
    first, second = (line.request for line in act.lines.select_related("request").order_by("position"))
    assert (act.number, fresh(first).place) == (1, held.place.region)
    assert list(CardRequest.objects.in_hand(held.place.region)) == []
    deliveries.confirm_delivery(act.pk, arrived=[second.pk], by=held.chair)
    assert (fresh(first).place, fresh(second).place) == (held.place.region, held.keeper)
    assert list(CardRequest.objects.in_hand(held.place.region)) == [first]
    assert list(CardRequest.objects.to_hand_out(held.keeper)) == [second]
    assert sound() == []


def test_u10_an_act_is_for_cards_that_lie_here_and_members_of_the_receiver(held: Cards) -> None:
    (request,) = held.at_region("Абрамова")
    region = held.place.region.pk

    def hand(receiver: int, requests: list[int]) -> CardDelivery:
        return deliveries.hand_down(region, receiver_id=receiver, requests=requests, sent_on=today(), by=held.region)

    CardRequest.objects.filter(pk=request.pk).update(organization=held.place.region)
    named = [f"№ {fresh(request).number}, {request.printed_name}"]
    with refused("U-10", blockers=named):
        hand(held.keeper.pk, [request.pk])
    CardRequest.objects.filter(pk=request.pk).update(organization=held.keeper)
    with refused("U-10", field="receiver"):
        hand(region, [request.pk])
    with refused("U-10"):
        hand(held.keeper.pk, [])
    hand(held.keeper.pk, [request.pk])
    with refused("U-10", blockers=named):
        hand(held.keeper.pk, [request.pk])


def test_u10_a_card_of_a_member_who_went_elsewhere_goes_back_up(held: Cards) -> None:
    (request,) = held.arrived("Абрамова")
    act = deliveries.hand_down(
        held.keeper.pk, receiver_id=held.place.region.pk, requests=[request.pk], sent_on=today(), by=held.chair
    )
    deliveries.confirm_delivery(act.pk, arrived=[request.pk], by=held.region)
    assert (fresh(request).place, states([request])) == (held.place.region, ["arrived"])


@pytest.mark.both
def test_u10_the_database_keeps_a_card_on_one_way_and_one_request_open(held: Cards) -> None:
    act = held.handed_down("Абрамова")
    line = act.lines.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CardDeliveryLine.objects.create(delivery=act, position=2, request=line.request)
    twin = CardRequest.objects.get(pk=line.request_id)
    twin.pk, twin.number, twin.code = None, None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


# Handing out


@pytest.mark.both
def test_u10_cards_are_handed_out_to_many_at_once(held: Cards) -> None:
    requests = held.arrived("Абрамова", "Белова")
    assert cards.hand_out(held.keeper.pk, requests=ids(requests), on=today(), by=held.chair) == 2
    issued = ElectronicCard.objects.order_by("request__position")
    assert [(c.member, c.state, c.handed_out_on, c.handed_out_by) for c in issued] == [
        (held.member(name), "active", today(), held.chair.account) for name in ("Абрамова", "Белова")
    ]
    assert states(requests) == ["handed_out"] * 2
    assert [(fresh(r).place, fresh(r).photo) for r in requests] == [(None, None)] * 2
    assert StoredFile.objects.filter(purpose="card_photo").count() == 0
    assert sound() == []


def test_u10_handing_many_cards_out_takes_as_many_queries_as_handing_one_out(held: Cards) -> None:
    counts = []
    for number, surnames in enumerate((["Абрамова"], ["Белова", "Власова"])):
        requests = held.arrived(*surnames, first=1 + 5 * number, tracking=f"RA 000{number}")
        assert all(fresh(request).photo for request in requests)
        with CaptureQueriesContext(connection) as captured:
            cards.hand_out(held.keeper.pk, requests=ids(requests), on=today(), by=held.chair)
        counts.append(len(captured))
        assert [fresh(request).photo for request in requests] == [None] * len(requests)
    assert counts[0] == counts[1]
    assert not StoredFile.objects.filter(purpose="card_photo").exists()


def test_u10_only_cards_that_lie_here_are_handed_out_and_all_or_none(held: Cards) -> None:
    (here,) = held.arrived("Абрамова")
    (above,) = held.at_region("Белова", first=5, tracking="RB12")
    with refused("U-10", blockers=1):
        cards.hand_out(held.keeper.pk, requests=[here.pk, above.pk], on=today(), by=held.chair)
    with refused("U-10"):
        cards.hand_out(held.keeper.pk, requests=[], on=today(), by=held.chair)
    for on in (today() + dt.timedelta(days=1), today() - dt.timedelta(days=1)):
        with refused("U-10", field="on"):
            cards.hand_out(held.keeper.pk, requests=[here.pk], on=on, by=held.chair)
    with pytest.raises(NotAllowed):
        cards.hand_out(held.keeper.pk, requests=[here.pk], on=today(), by=held.region)
    assert ElectronicCard.objects.count() == 0
    cards.hand_out(held.keeper.pk, requests=[here.pk], on=today(), by=held.chair)
    with refused("U-10", blockers=1):
        cards.hand_out(held.keeper.pk, requests=[here.pk], on=today(), by=held.chair)


def test_u10_a_card_on_the_way_is_not_handed_out(held: Cards) -> None:
    (request,) = held.arrived("Абрамова")
    deliveries.hand_down(
        held.keeper.pk, receiver_id=held.place.region.pk, requests=[request.pk], sent_on=today(), by=held.chair
    )
    with refused("U-10", blockers=1):
        cards.hand_out(held.keeper.pk, requests=[request.pk], on=today(), by=held.chair)
    with refused("U-9"):
        cards.give_back(request.pk, note="Брак", by=held.chair)


@pytest.mark.both
@pytest.mark.parametrize("reason", ["lost", "stolen", "damaged"])
def test_u10_a_new_card_replaces_the_former_one_as_it_is_handed_out(held: Cards, reason: str) -> None:
    former = held.issued("Абрамова")
    blocked = cards.block_card(former.pk, reason=reason, by=held.chair)
    assert (blocked.state, blocked.blocked_on, blocked.block_reason) == ("blocked", today(), reason)
    with refused("U-10"):
        cards.block_card(former.pk, reason=reason, by=held.chair)
    card = held.issued("Абрамова", first=7, tracking="RB12")
    former.refresh_from_db()
    assert (former.state, card.state, card.request.reason) == ("replaced", "active", reason)
    assert card.request.replaces == former.request
    assert sound() == []


def test_u10_a_valid_card_is_replaced_by_one_with_the_new_name(held: Cards) -> None:
    former = held.issued("Абрамова")
    held.order("Абрамова", reason="name")
    assert ElectronicCard.objects.get(pk=former.pk).state == "active"
    order = CardOrder.objects.get(state="draft")
    orders.submit_order(order.pk, by=held.chair)
    orders.check_order(order.pk, by=held.region)
    batch = batches.gather_batch(held.place.region.pk, by=held.region)
    assert states(requests_of(batch)) == ["ordered"]


@pytest.mark.parametrize("reason", ["", "left", "other"])
def test_u10_officers_enter_what_happened(held: Cards, reason: str) -> None:
    card = held.issued("Абрамова")
    with refused("U-10", field="reason"):
        cards.block_card(card.pk, reason=reason, by=held.chair)


def test_u10_void_cards_that_are_there_are_destroyed(held: Cards) -> None:
    card = held.issued("Абрамова")
    with refused("U-10"):
        cards.destroy_card(card.pk, on=today(), by=held.chair)
    cards.block_card(card.pk, reason="damaged", by=held.chair)
    with refused("U-10", field="on"):
        cards.destroy_card(card.pk, on=today() + dt.timedelta(days=1), by=held.chair)
    destroyed = cards.destroy_card(card.pk, on=today(), by=held.chair)
    assert (destroyed.state, destroyed.destroyed_on) == ("destroyed", today())
    lost = held.issued("Белова", first=9, tracking="RB12")
    cards.block_card(lost.pk, reason="lost", by=held.chair)
    with refused("U-10"):
        cards.destroy_card(lost.pk, on=today(), by=held.chair)


@pytest.mark.both
def test_u10_a_card_with_a_mistake_is_not_handed_out_and_ordered_again(held: Cards) -> None:
    (request,) = held.arrived("Абрамова")
    with refused("U-8", field="note"):
        cards.give_back(request.pk, note="", by=held.chair)
    cards.give_back(request.pk, note="Ошибка в имени", by=held.chair)
    again = held.order("Абрамова").requests.get(state="draft")
    assert (states([request]), fresh(request).note, again.replaces) == (["returned"], "Ошибка в имени", request)


# Members who leave, return or move


def leave(held: Cards, surname: str, reason: str = "death") -> Member:
    member = held.member(surname)
    deregister(member.pk, reason=reason, on=today(), paper="Заявление", by=held.chair)
    return Member.objects.get(pk=member.pk)


@pytest.mark.parametrize(
    ("way", "state"),
    [
        (lambda held: held.order("Абрамова"), "cancelled"),
        (lambda held: held.gathered("Абрамова"), "cancelled"),
        (lambda held: held.sent("Абрамова"), "cancelled"),
        (lambda held: held.made("Абрамова"), "cancelled"),
        (lambda held: held.arrived("Абрамова"), "returned"),
    ],
)  # fmt: skip
def test_u10_leaving_cancels_the_open_request(held: Cards, way: Callable[[Cards], object], state: str) -> None:
    way(held)
    request = CardRequest.objects.get(member=held.member("Абрамова"))
    leave(held, "Абрамова", "own_wish")
    assert (states([request]), fresh(request).photo) == ([state], None)
    assert sound() == []


@pytest.mark.both
@pytest.mark.parametrize("reason", ["death", "own_wish"])
def test_u10_the_end_of_the_membership_blocks_the_card(held: Cards, reason: str) -> None:
    card = held.issued("Абрамова")
    leave(held, "Абрамова", reason)
    card.refresh_from_db()
    assert (card.state, card.block_reason, card.blocked_on) == ("blocked", "left", today())


def test_u10_taking_back_a_leaving_makes_the_card_valid_again(held: Cards) -> None:
    card = held.issued("Абрамова")
    member = leave(held, "Абрамова")
    take_back_leaving(BookLine.objects.get(member=member).pk, by=held.chair)
    card.refresh_from_db()
    assert (card.state, card.block_reason, card.blocked_on) == ("active", "", None)


@pytest.mark.both
def test_u10_a_lost_card_stays_blocked_when_a_leaving_is_taken_back(held: Cards) -> None:
    card = held.issued("Абрамова")
    cards.block_card(card.pk, reason="lost", by=held.chair)
    member = leave(held, "Абрамова")
    take_back_leaving(BookLine.objects.get(member=member).pk, by=held.chair)
    card.refresh_from_db()
    assert (card.state, card.block_reason) == ("blocked", "lost")


@pytest.mark.both
def test_v_b14_a_card_that_is_destroyed_leaves_no_name_in_orders(held: Cards) -> None:
    card = held.issued("Абрамова")
    request = fresh(card.request)
    member = leave(held, "Абрамова")
    Member.objects.filter(pk=member.pk).update(erase_after=today())
    erase(member.pk, by=held.chair)
    request, card = fresh(request), ElectronicCard.objects.get(pk=card.pk)
    assert (request.member, request.printed_name, request.code, card.member) == (None, "", None, None)
    assert [row.printed_name for row in CardRequest.history.filter(id=request.pk)] == [""] * request.history.count()
    assert sound() == []


def transfer(held: Cards, surname: str) -> Member:
    """Transfer the member to a primary organisation of another region."""
    _stranger, place = other_region(held)
    member = held.member(surname)
    asked = request_departure(member.pk, target=place.keeper, by=held.chair)
    confirm(asked.pk, by=place.chair)
    member = Member.objects.get(pk=member.pk)
    assert member.organization == place.keeper
    return member


@pytest.mark.parametrize("way", [Cards.order, Cards.submitted, Cards.gathered])
def test_u8_a_request_that_was_not_sent_is_taken_along_into_an_order_there(
    held: Cards, way: Callable[[Cards, str], object]
) -> None:
    way(held, "Абрамова")
    request = CardRequest.objects.get()
    member = transfer(held, "Абрамова")
    request = fresh(request)
    assert (request.state, request.organization, request.batch) == ("draft", member.organization, None)
    assert (request.order.organization, request.order.state) == (member.organization, "draft")
    assert sound() == []


@pytest.mark.both
def test_u8_a_card_in_production_goes_to_the_new_organisation_and_a_valid_one_stays_valid(held: Cards) -> None:
    (request,) = requests_of(held.sent("Абрамова"))
    card = held.issued("Белова", first=8, tracking="RB12")
    member = transfer(held, "Абрамова")
    assert (fresh(request).state, fresh(request).organization) == ("sent", member.organization)
    card.refresh_from_db()
    assert card.state == "active"
