"""Scenes for the guards of electronic cards, of the exchange and of withdrawals; each guard has to refuse its scene
(U-7 to U-11, N-C1).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from documents.consents.enums import ConsentPurpose
from documents.consents.models import Withdrawal
from documents.consents.transitions import withdrawals
from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.destroying import destroy_data
from documents.ecards.models import CardDelivery
from documents.ecards.transitions import batches, cards, deliveries, orders
from documents.exchange.models import OutboxEntry
from documents.exchange.transitions import files, leaflets, sending, settings
from documents.rights.transitions import register_request
from members.book.enums import EndReason
from members.movement.transitions import transfers
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.organizations.models import Organization
from tests.documents.ecards.cards_world import NAMES
from tests.documents.exchange.consenting import consent, entry_of, switched_on, withdraw
from tests.registry import trees

from .acts import Scene, ecards, exchange
from .acts.base import TODAY
from .acts.new import ago
from .guards import Case, Step, at

TOMORROW = -1


def case(rule: str, said: str, step: Any) -> Case:
    """Return a case for a guard in the union, which has electronic cards and a bonus programme."""
    return Case(rule, said, step, charter="union")


def ordering(s: Scene, members: list[int] | None = None, **values: Any) -> Step:
    ids = [ecards.ready(s, NAMES[0]).pk] if members is None else members
    return partial(orders.add_to_order, s.keeper.pk, members=ids, **{"by": s.chair, **values})


def answering(s: Scene, **values: Any) -> Step:
    batch = ecards.sent(s)
    return partial(batches.record_answer, batch.pk, **{"lines": ecards.answered(s, batch), "by": s.superior, **values})


def unsent_answer(s: Scene) -> Step:
    batch = ecards.gathered(s)
    return partial(batches.record_answer, batch.pk, ecards.answered(s, batch), by=s.superior)


def packing(s: Scene, requests: list[int] | None = None, **values: Any) -> Step:
    given = {"tracking": "RA 12", "sent_on": TODAY(), "by": s.superior, **values}
    chosen = ecards.made(s) if requests is None else requests
    return partial(deliveries.record_parcel, s.place.region.pk, requests=chosen, **given)


def packed_twice(s: Scene) -> Step:
    """Enter a second parcel with the cards of the first."""
    parcel = ecards.parcel(s)
    return packing(s, list(parcel.lines.values_list("request", flat=True)), tracking="RA 13")


def handing(s: Scene, **values: Any) -> Step:
    given = {
        "receiver_id": s.keeper.pk,
        "requests": ecards.at_region(s),
        "sent_on": TODAY(),
        "by": s.superior,
        **values,
    }
    return partial(deliveries.hand_down, s.place.region.pk, **given)


def confirming(s: Scene, delivery: CardDelivery, arrived: list[int] | None = None) -> Step:
    ids = list(delivery.lines.values_list("request", flat=True)) if arrived is None else arrived
    return partial(deliveries.confirm_delivery, delivery.pk, arrived=ids, by=s.chair)


def giving(s: Scene, requests: list[int] | None = None, **values: Any) -> Step:
    ids = ecards.arrived(s) if requests is None else requests
    return partial(cards.hand_out, s.keeper.pk, requests=ids, **{"on": TODAY(), "by": s.chair, **values})


def on_the_way_back(s: Scene) -> Step:
    """Hand out a card that is in an unconfirmed act back to the region."""
    ids = ecards.arrived(s)
    deliveries.hand_down(s.keeper.pk, receiver_id=s.place.region.pk, requests=ids, sent_on=TODAY(), by=s.chair)
    return giving(s, ids)


def lost(s: Scene) -> Step:
    card = cards.block_card(ecards.card(s).pk, reason="lost", by=s.chair)
    return partial(cards.destroy_card, card.pk, on=TODAY(), by=s.chair)


def recalled_beside(s: Scene) -> Step:
    """Recall a submitted order while there is another draft."""
    first = ecards.submitted(s)
    ordering(s)()
    return partial(orders.recall_order, first.pk, by=s.chair)


def submitted_request(s: Scene) -> Step:
    return partial(orders.take_out, ecards.submitted(s).requests.get().pk, by=s.chair)


def checking(s: Scene, rejected: dict[int, str]) -> Step:
    order = ecards.submitted(s)
    own = order.requests.get().pk
    return partial(
        orders.check_order, order.pk, rejected={own if pk == 0 else pk: note for pk, note in rejected.items()},
        by=s.superior,
    )  # fmt: skip


def emptied(s: Scene) -> Step:
    order = ecards.order(s)
    orders.take_out(order.requests.get().pk, by=s.chair)
    return partial(orders.submit_order, order.pk, by=s.chair)


def with_photo_lost(s: Scene) -> Step:
    """Remove a photograph after the order was submitted."""
    order = ecards.submitted(s)
    orders.check_order(order.pk, by=s.superior)
    batch = batches.gather_batch(s.place.region.pk, by=s.superior)
    Member.objects.filter(card_requests__order=order).update(photo=None)
    return partial(batches.send_batch, batch.pk, by=s.superior)


# The exchange


def changing(s: Scene, **values: Any) -> Step:
    given = {"channel": "web", "address": exchange.ADDRESS, "signed_answers": False, **values}
    return partial(settings.change_settings, **given, by=s.actors["administrator"])


def waiting(s: Scene) -> OutboxEntry:
    consent(s.member, s.place)
    return entry_of(s.member)


def replaying(s: Scene, *, on: bool = True, told: bool = False) -> Step:
    entry = waiting(s)
    if on:
        switched_on(s.place, exchange.ADDRESS)
    if told:
        OutboxEntry.objects.filter(pk=entry.pk).update(
            state="confirmed", next_at=None, offered_version=1, confirmed_version=1
        )
    return partial(sending.replay, [entry.pk], by=s.chair)


def out_of_date(s: Scene) -> Step:
    """Download a file after its member has withdrawn the consent."""
    file = exchange.written(s)
    withdraw(s.member, s.place)
    return partial(files.pick_up, file.pk, by=s.actors["head"])


def mailing(s: Scene, *, consented: bool) -> Step:
    if consented:
        consent(s.member, s.place)
    else:
        Member.objects.filter(pk=s.member.pk).update(email="member@example.org")
    return partial(leaflets.start_mail, s.member.pk, by=s.chair)


# Withdrawals


def withdrawing(s: Scene, *purposes: str, **values: Any) -> Step:
    """Register a statement of withdrawal after the consent to processing was signed."""
    mark_signed(s.member.pk, signed_on=TODAY(), by_hand=True, by=s.chair)
    given = {"purposes": list(purposes), "received_on": TODAY(), "channel": "hand", "by": s.chair, **values}
    return partial(withdrawals.register_withdrawal, s.member.pk, **given)


def withdrawn(s: Scene, purpose: str = "processing") -> Withdrawal:
    if purpose == ConsentPurpose.TRANSFER:
        consent(s.member, s.place)
    return withdrawing(s, purpose)()


UNBLOCKED = "заблокируйте учётную карточку"


def asking_to_go(s: Scene) -> Step:
    """Request a transfer of a member whose card has to be blocked."""
    withdrawn(s)
    return partial(transfers.request_departure, s.member.pk, target=s.other, by=s.chair)


def confirmed_unblocked(s: Scene) -> Step:
    """Confirm a transfer after the member has withdrawn the consent."""
    asked = transfers.request_departure(s.member.pk, target=s.other, by=s.chair)
    withdrawn(s)
    return partial(transfers.confirm, asked.pk, by=s.neighbour)


def departing(s: Scene, reason: str = EndReason.DEPARTURE) -> Step:
    """Deregister a member whose card has to be blocked."""
    withdrawn(s)
    return partial(deregister, s.member.pk, reason=reason, on=TODAY(), by=s.chair)


def blocked(s: Scene) -> Withdrawal:
    return withdrawals.block_card(withdrawn(s).pk, by=s.chair)


def destroying(withdrawal: Withdrawal, s: Scene, **values: Any) -> Step:
    return partial(destroy_data, withdrawal.pk, **{"destroyed_on": TODAY(), "carriers": {}, "by": s.chair, **values})


def asking(withdrawal: Withdrawal, s: Scene) -> Withdrawal:
    """Return the withdrawal, whose member asks for access to their data."""
    register_request(withdrawal.member_id, kind="access", received_on=TODAY(), channel="hand", by=s.chair)
    return withdrawal


def telling(s: Scene, **values: Any) -> Step:
    return partial(withdrawals.note_told, withdrawn(s).pk, **{"told_on": TODAY(), "by": s.chair, **values})


def twice(step: Step) -> Step:
    step()
    return step


def elsewhere(s: Scene) -> Organization:
    """Return an organisation in another region of the federation."""
    region = trees.below(s.place.head, s.place.region.level, "Другая РО")
    return trees.again(region)


CASES: dict[str, Case] = {
    # Orders
    "a card of nobody": case("U-8", "Отметьте тех", lambda s: ordering(s, [])),
    "a card of somebody who is not registered": case("U-8", "уже нет на учёте", lambda s: ordering(s, [0])),
    "a card of somebody who lacks something": case("U-8", "Не всем", lambda s: ordering(s, [s.member.pk])),
    "cards ordered by the region": case(
        "U-8", "в которой члены состоят",
        lambda s: partial(orders.add_to_order, s.place.region.pk, members=[0], by=s.superior),
    ),
    "cards of a federation without them": Case(
        "U-8", "нет электронных", lambda s: partial(orders.add_to_order, s.keeper.pk, members=[0], by=s.chair)
    ),
    "another card for a reason that is none": case("U-8", at("reason"), lambda s: ordering(s, reason="lost")),
    "another card without a valid one": case("U-8", at("reason"), lambda s: ordering(s, reason="name")),
    "an order without members": case("U-8", "никого нет", emptied),
    "an order recalled beside another one": case("U-8", "Готовится другая", recalled_beside),
    "a member taken out of a submitted order": case("U-8", "Заявка подана", submitted_request),
    "an order submitted twice": case(
        "U-8", "подана", lambda s: partial(orders.submit_order, ecards.submitted(s).pk, by=s.chair)
    ),
    "an order checked that was not submitted": case(
        "U-8", "готовится", lambda s: partial(orders.check_order, ecards.order(s).pk, by=s.superior)
    ),
    "somebody not accepted who is not in the order": case("U-8", "больше нет", lambda s: checking(s, {-1: "Фото"})),
    "somebody not accepted without a word": case("U-8", "Укажите причину", lambda s: checking(s, {0: " "})),
    # The consolidated order
    "nothing to consolidate": case(
        "U-8", "ожидающих отправки", lambda s: partial(batches.gather_batch, s.place.region.pk, by=s.superior)
    ),
    "orders consolidated by the keeper of the cards": case(
        "U-8", "региональная", lambda s: partial(batches.gather_batch, s.keeper.pk, by=s.chair)
    ),
    "a member left out without a word": case(
        "U-8", "Укажите причину",
        lambda s: partial(batches.reject_request, ecards.gathered(s).requests.get().pk, note=" ", by=s.superior),
    ),
    "a member left out of what was sent": case(
        "U-8", "отправлена",
        lambda s: partial(batches.reject_request, ecards.sent(s).requests.get().pk, note="Фото", by=s.superior),
    ),
    "an order sent with somebody without a photograph": case("U-8", "Не всем", with_photo_lost),
    "an order sent twice": case(
        "U-8", "отправлена", lambda s: partial(batches.send_batch, ecards.sent(s).pk, by=s.superior)
    ),
    "an order dropped that was sent": case(
        "U-8", "отправлена", lambda s: partial(batches.drop_batch, ecards.sent(s).pk, by=s.superior)
    ),
    "an answer before the order was sent": case("U-8", "ещё не отправлена", unsent_answer),
    "an answer without lines": case("U-8", at("file"), lambda s: answering(s, lines=[])),
    "cards printed where the producer makes them": case(
        "U-8", "делает изготовитель", lambda s: answering(s, printed_here=True)
    ),
    "a card not made without a word": case(
        "U-8", "Укажите причину",
        lambda s: partial(batches.fail_request, ecards.sent(s).requests.get().pk, note=" ", by=s.superior),
    ),
    "a card not made that is in a parcel": case(
        "U-9", "в пути",
        lambda s: partial(batches.fail_request, ecards.parcel(s).lines.get().request_id, note="Брак", by=s.superior),
    ),
    # Parcels and acts
    "a parcel without cards": case("U-10", "Отметьте карты", lambda s: packing(s, [])),
    "a parcel with a card that is not there": case("U-10", "больше нет", lambda s: packing(s, [0])),
    "a parcel without its number": case("U-9", at("tracking"), lambda s: packing(s, tracking=" ")),
    "a parcel to come": case("U-10", at("sent_on"), lambda s: packing(s, sent_on=ago(TOMORROW))),
    "a parcel entered twice": case(
        "U-9", at("tracking"), lambda s: (ecards.parcel(s), packing(s, [0]))[1]
    ),
    "a card packed twice": case("U-9", "уже вложены", packed_twice),
    "a card packed that is not made": case(
        "U-9", "не для вашего региона", lambda s: packing(s, [ecards.sent(s).requests.get().pk])
    ),
    "a parcel received by the keeper of the cards": case(
        "U-8", "региональная",
        lambda s: partial(
            deliveries.record_parcel, s.keeper.pk, requests=[0], tracking="RA 12", sent_on=TODAY(), by=s.chair
        ),
    ),
    "cards handed to themselves": case("U-10", at("receiver"), lambda s: handing(s, receiver_id=s.place.region.pk)),
    "cards handed to an organisation beside": case(
        "U-10", at("receiver"), lambda s: handing(s, receiver_id=elsewhere(s).pk, by=s.actors["installation"])
    ),
    "cards handed to organisations of other members": case(
        "U-10", "другой организации", lambda s: handing(s, receiver_id=s.other.pk)
    ),
    "an act to come": case("U-10", at("sent_on"), lambda s: handing(s, sent_on=ago(TOMORROW))),
    "cards handed down that are on the way": case(
        "U-10", "здесь нет",
        lambda s: (
            act := ecards.act(s),
            partial(
                deliveries.hand_down, s.place.region.pk, receiver_id=s.keeper.pk, sent_on=TODAY(), by=s.superior,
                requests=list(act.lines.values_list("request", flat=True)),
            ),
        )[1],
    ),
    "an act confirmed twice": case("U-10", "уже подтверждено", lambda s: twice(confirming(s, ecards.act(s)))),
    "a card confirmed that was not sent": case(
        "U-10", "в этой передаче нет", lambda s: confirming(s, ecards.act(s), [0])
    ),
    # Handing out
    "no cards handed out": case("U-10", "Отметьте карты", lambda s: giving(s, [])),
    "a card handed out that lies at the region": case(
        "U-10", "выдать нельзя", lambda s: giving(s, ecards.at_region(s))
    ),
    "a card handed out that goes back": case("U-10", "выдать нельзя", on_the_way_back),
    "a card handed out tomorrow": case("U-10", at("on"), lambda s: giving(s, on=ago(TOMORROW))),
    "a card handed out before it came": case("U-10", at("on"), lambda s: giving(s, on=ago(1))),
    "a card not handed out without a word": case(
        "U-8", "Укажите причину", lambda s: partial(cards.give_back, ecards.arrived(s)[0], note=" ", by=s.chair)
    ),
    "a card not handed out that goes back": case(
        "U-9", "в пути",
        lambda s: partial(cards.give_back, on_the_way_back(s).keywords["requests"][0], note="Брак", by=s.chair),  # type: ignore[attr-defined]
    ),
    "a card blocked as officers do not": case(
        "U-10", "что случилось", lambda s: partial(cards.block_card, ecards.card(s).pk, reason="left", by=s.chair)
    ),
    "a valid card destroyed": case(
        "U-10", "действует", lambda s: partial(cards.destroy_card, ecards.card(s).pk, on=TODAY(), by=s.chair)
    ),
    "a lost card destroyed": case("U-10", "нет на месте", lost),
    "a card destroyed tomorrow": case(
        "U-10", at("on"),
        lambda s: partial(
            cards.destroy_card, cards.block_card(ecards.card(s).pk, reason="damaged", by=s.chair).pk,
            on=ago(TOMORROW), by=s.chair,
        ),
    ),
    # The exchange
    "an exchange without an address": case("U-7", at("address"), lambda s: changing(s, address="")),
    "an exchange by an address that everybody reads": case(
        "U-7", at("address"), lambda s: changing(s, address="ftp://programme.example/")
    ),
    "an exchange without a secret": case("U-7", at("new_secret"), lambda s: changing(s)),
    "a secret that is none": case("U-7", at("new_secret"), lambda s: changing(s, new_secret="whsec_short")),
    "an exchange of a federation without a programme": Case("U-7", "нет бонусной", lambda s: changing(s)),
    "a message sent again while nothing is sent": case("U-7", "выключена", lambda s: replaying(s, on=False)),
    "a message sent again that is confirmed": case("U-7", "уже подтвердила", lambda s: replaying(s, told=True)),
    "a file downloaded that is out of date": case("U-7", "устарел", out_of_date),
    "a leaflet to somebody who did not consent": case("U-11", "не подписано", lambda s: mailing(s, consented=False)),
    "a leaflet to somebody without an address": case(
        "U-11", "нет адреса", lambda s: mailing(s, consented=True)
    ),
    # Withdrawals
    "a withdrawal of nothing": case("N-C1", at("purposes"), lambda s: withdrawing(s)),
    "a withdrawal of what was not signed": case("N-C1", at("purposes"), lambda s: withdrawing(s, "transfer")),
    "a withdrawal received tomorrow": case(
        "N-C1", at("received_on"), lambda s: withdrawing(s, "processing", received_on=ago(TOMORROW))
    ),
    "a withdrawal without its day": case(
        "N-C1", at("received_on"), lambda s: withdrawing(s, "processing", received_on=None)
    ),
    "a card blocked that may be processed": case(
        "N-C1", "не отозвано", lambda s: partial(withdrawals.block_card, withdrawn(s, "transfer").pk, by=s.chair)
    ),
    "a transfer asked for before the card is blocked": case("N-C1", UNBLOCKED, asking_to_go),
    "a transfer confirmed before the card is blocked": case("N-C1", UNBLOCKED, confirmed_unblocked),
    "a departure by code before the card is blocked": Case("N-C1", UNBLOCKED, departing),
    "a card blocked twice": case(
        "N-C1", "уже заблокирована", lambda s: partial(withdrawals.block_card, blocked(s).pk, by=s.chair)
    ),
    "a notice recorded twice": case("N-C1", "уже отмечено", lambda s: twice(telling(s))),
    "a notice before the statement": case("N-C1", at("told_on"), lambda s: telling(s, told_on=ago(1))),
    "a notice to come": case("N-C1", at("told_on"), lambda s: telling(s, told_on=ago(TOMORROW))),
    "a card released that is not blocked": case(
        "N-C1", "не заблокирована",
        lambda s: partial(withdrawals.release_card, withdrawn(s).pk, signed_on=TODAY(), by=s.chair),
    ),
    "data destroyed on a card that is not blocked": case(
        "N-C1", "не заблокирована", lambda s: destroying(withdrawn(s), s)
    ),
    "data destroyed on a card that was released": case(
        "N-C1", "не заблокирована",
        lambda s: destroying(withdrawals.release_card(blocked(s).pk, signed_on=TODAY(), by=s.chair), s),
    ),
    "data destroyed twice": case("N-C1", "уже уничтожены", lambda s: twice(destroying(blocked(s), s))),
    "data destroyed before the card was blocked": case(
        "N-C1", at("destroyed_on"), lambda s: destroying(blocked(s), s, destroyed_on=ago(1))
    ),
    "data destroyed tomorrow": case(
        "N-C1", at("destroyed_on"), lambda s: destroying(blocked(s), s, destroyed_on=ago(TOMORROW))
    ),
    "data destroyed on no day": case(
        "N-C1", at("destroyed_on"), lambda s: destroying(blocked(s), s, destroyed_on=None)
    ),
    "data destroyed by a crowd": case(
        "N-C1", at("commission"), lambda s: destroying(blocked(s), s, commission=["Ким Л."] * 8)
    ),
    "sheets of paper that are no number": case(
        "N-C1", at("sheets_copies"), lambda s: destroying(blocked(s), s, carriers={"copies": -1})
    ),
    "other papers without a name": case(
        "N-C1", at("other_carrier"), lambda s: destroying(blocked(s), s, carriers={"other": 1})
    ),
    "papers destroyed in no way": case(
        "N-C1", at("way"), lambda s: destroying(blocked(s), s, carriers={"copies": 1})
    ),
    "data destroyed before the person has access": case(
        "V-C5", "ответить до", lambda s: destroying(asking(blocked(s), s), s)
    ),
    "a card released by an older consent": case(
        "N-C1", at("signed_on"),
        lambda s: partial(withdrawals.release_card, blocked(s).pk, signed_on=ago(1), by=s.chair),
    ),
    "a card released tomorrow": case(
        "U-7", at("signed_on"),
        lambda s: partial(withdrawals.release_card, blocked(s).pk, signed_on=ago(TOMORROW), by=s.chair),
    ),
}  # fmt: skip
