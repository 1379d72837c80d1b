"""After any steps with cards, states follow the tables of moves, and every card is in one place (U-8 to U-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.consents.models import Consent
from documents.ecards.contents import AnswerLine
from documents.ecards.enums import CARD_MOVES, CARD_REQUEST_MOVES, BatchState, DeliveryState, OrderState
from documents.ecards.models import CardBatch, CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.transitions import batches, cards, deliveries, orders
from members.book.models import BookLine
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.people.models import Member
from registry.errors import RuleViolation
from tests.conftest import examples

from .cards_world import NAMES, Cards, cards_world, number, today
from .test_deliveries import sound

WHO = st.sampled_from(NAMES)
SOME = st.sets(st.integers(0, 2))
ANSWERED = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([True, False, None])), max_size=4)
STEPS = st.one_of(
    st.tuples(st.just("order"), WHO),
    st.tuples(st.just("another"), WHO),
    st.tuples(st.just("submit")),
    st.tuples(st.just("recall")),
    st.tuples(st.just("check"), SOME),
    st.tuples(st.just("gather")),
    st.tuples(st.just("send")),
    st.tuples(st.just("answer"), ANSWERED),
    st.tuples(st.just("pack")),
    st.tuples(st.just("hand_down")),
    st.tuples(st.just("confirm"), SOME),
    st.tuples(st.just("hand_out")),
    st.tuples(st.just("give_back")),
    st.tuples(st.just("block"), st.sampled_from(["lost", "damaged"])),
    st.tuples(st.just("leave"), WHO),
    st.tuples(st.just("come_back"), WHO),
    st.tuples(st.just("withdraw"), WHO),
)
#: The steps from the order to the hand-out, so that random steps can begin at each of them.
WAY: Sequence[tuple[Any, ...]] = (
    ("order", "Абрамова"), ("order", "Белова"), ("submit",), ("check", set()), ("gather",), ("send",),
    ("answer", [(0, True), (1, True)]), ("pack",), ("confirm", {0, 1}), ("hand_down",), ("confirm", {0, 1}),
    ("hand_out",),
)  # fmt: skip


class Drive:
    """A federation in which steps are tried; checks that a refused step changes nothing."""

    def __init__(self, held: Cards) -> None:
        self.held, self.parcels = held, 0
        self.seen = self.states()

    def states(self) -> dict[tuple[str, int], str]:
        requests = {("request", pk): state for pk, state in CardRequest.objects.values_list("pk", "state")}
        return requests | {("card", pk): state for pk, state in ElectronicCard.objects.values_list("pk", "state")}

    def step(self, verb: str, *values: Any) -> None:
        try:
            getattr(self, verb)(*values)
        except RuleViolation:
            assert self.states() == self.seen
        self.check()

    def check(self) -> None:
        """Assert that states changed only by allowed moves, and that nobody has two open requests or valid cards."""
        now = self.states()
        for key, state in now.items():
            moves = CARD_REQUEST_MOVES if key[0] == "request" else CARD_MOVES
            assert state in reachable(moves, self.seen.get(key, "draft" if key[0] == "request" else "active"))
        self.seen = now
        for rows in (CardRequest.objects.open(), ElectronicCard.objects.active()):
            counted = rows.order_by().values("member").annotate(n=Count("pk"))
            assert [row for row in counted if row["n"] > 1] == []

    def member(self, surname: str) -> Member:
        return Member.objects.get(surname=surname)

    def order(self, surname: str, reason: str = "") -> None:
        orders.add_to_order(self.held.keeper.pk, members=[self.member(surname).pk], reason=reason, by=self.held.chair)

    def another(self, surname: str) -> None:
        self.order(surname, "name")

    def submit(self) -> None:
        for order in CardOrder.objects.filter(state=OrderState.DRAFT):
            orders.submit_order(order.pk, by=self.held.chair)

    def recall(self) -> None:
        for order in CardOrder.objects.filter(state=OrderState.SUBMITTED)[:1]:
            orders.recall_order(order.pk, by=self.held.chair)

    def check_order(self, rejected: set[int]) -> None:
        for order in CardOrder.objects.filter(state=OrderState.SUBMITTED)[:1]:
            lines = enumerate(order.requests.open().order_by("pk"))
            notes = {request.pk: "Фото" for at, request in lines if at in rejected}
            orders.check_order(order.pk, rejected=notes, by=self.held.region)

    def gather(self) -> None:
        batches.gather_batch(self.held.place.region.pk, by=self.held.region)

    def send(self) -> None:
        for batch in CardBatch.objects.filter(state=BatchState.DRAFT):
            batches.send_batch(batch.pk, by=self.held.region)

    def answer(self, said: list[tuple[int, bool | None]]) -> None:
        for batch in CardBatch.objects.filter(state=BatchState.SENT)[:1]:
            ids = [*CardRequest.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True), 10**9]
            lines = [
                AnswerLine(row, pk := ids[at % len(ids)], made=made, number=number(pk % 10**6) if made else "")
                for row, (at, made) in enumerate(said, 2)
            ]
            batches.record_answer(batch.pk, lines, by=self.held.region)

    def pack(self) -> None:
        region = self.held.place.region
        self.parcels += 1
        made = list(CardRequest.objects.to_pack(region).values_list("pk", flat=True))
        deliveries.record_parcel(
            region.pk, requests=made, tracking=f"RA {self.parcels}", sent_on=today(), by=self.held.region
        )

    def hand_down(self) -> None:
        region = self.held.place.region
        lying = list(CardRequest.objects.in_hand(region).values_list("pk", flat=True))
        deliveries.hand_down(
            region.pk, receiver_id=self.held.keeper.pk, requests=lying, sent_on=today(), by=self.held.region
        )

    def confirm(self, there: set[int]) -> None:
        for delivery in CardDelivery.objects.filter(state=DeliveryState.ON_THE_WAY)[:1]:
            arrived = [line.request_id for at, line in enumerate(delivery.lines.all()) if at in there]
            by = self.held.region if delivery.giver is None else self.held.chair
            deliveries.confirm_delivery(delivery.pk, arrived=arrived, by=by)

    def hand_out(self) -> None:
        lying = list(CardRequest.objects.to_hand_out(self.held.keeper).values_list("pk", flat=True))
        cards.hand_out(self.held.keeper.pk, requests=lying, on=today(), by=self.held.chair)

    def give_back(self) -> None:
        for request in CardRequest.objects.to_hand_out(self.held.keeper)[:1]:
            cards.give_back(request.pk, note="Брак", by=self.held.chair)

    def block(self, reason: str) -> None:
        for card in ElectronicCard.objects.active()[:1]:
            cards.block_card(card.pk, reason=reason, by=self.held.chair)

    def leave(self, surname: str) -> None:
        member = self.member(surname)
        if member.organization_id is not None:
            deregister(member.pk, reason="death", on=today(), paper="Свидетельство", by=self.held.chair)

    def come_back(self, surname: str) -> None:
        member = self.member(surname)
        if member.organization_id is None:
            line = BookLine.objects.filter(member=member).latest("pk")
            take_back_leaving(line.pk, by=self.held.chair)

    def withdraw(self, surname: str) -> None:
        """Withdraw the consent to the transfer directly; its pages are tested separately."""
        Consent.objects.filter(member=self.member(surname), purpose="transfer").update(state="withdrawn")


def reachable(moves: dict[str, set[str]], state: str) -> set[str]:
    """Return the state and all states that can follow it in one or more moves."""
    found, new = set[str](), {state}
    while new:
        found |= new
        new = {to for one in new for to in moves[one]} - found
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("own_files")
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, len(WAY)), st.lists(STEPS, max_size=12))
def test_u8_random_lives_of_cards_keep_the_invariants(begun: int, steps: list[tuple[Any, ...]]) -> None:
    # Every example starts from the same state.
    with transaction.atomic():
        drive = Drive(cards_world())
        for verb, *values in (*WAY[:begun], *steps):
            drive.step("check_order" if verb == "check" else verb, *values)
        assert sound() == []
        transaction.set_rollback(True)
