"""A submitted order is always printed as it was submitted (U-8)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.ecards.models import CardOrder, CardRequest
from documents.ecards.queries.submitted import submitted_at
from documents.ecards.transitions import orders
from documents.papers import card_order
from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry.charters.base import CARD_PRODUCER
from registry.enums import Role
from registry.organizations.transitions.charters import change_charter
from registry.organizations.transitions.renames import rename_organization
from tests.documents.samples import batch_of, text_of
from tests.members.places import signed_in
from tests.registry import trees

from .cards_world import Cards, cards_world, today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture
def held() -> Cards:
    return cards_world()


def printed(order: CardOrder) -> list[Any]:
    """Return the contexts of the order's pages, built from the database."""
    found = CardOrder.objects.select_related("organization__federation").get(pk=order.pk)
    return card_order.build(found, batch_of(found.organization))


def blocked(held: Cards, surname: str) -> None:
    """Block the card, which cancels a request that was not sent."""
    given: dict[str, Any] = {"purposes": ["processing"], "received_on": today(), "channel": "hand", "by": held.chair}
    block_card(register_withdrawal(held.member(surname).pk, **given).pk, by=held.chair)


def renamed(member: Member, surname: str, held: Cards) -> None:
    edit_card(member.pk, values={"surname": surname}, version=None, by=held.chair)


def test_u8_a_submitted_order_prints_the_same_whatever_happens_later(held: Cards) -> None:
    order = held.submitted("Белова", "Абрамова", "Власова")
    before = printed(order)
    assert (before[0]["draft"], before[0]["number"]) == (False, 1)
    text = str(before)
    assert text.index("Абрамова") < text.index("Белова") < text.index("Власова")
    orders.check_order(order.pk, by=held.region)
    blocked(held, "Абрамова")
    assert CardRequest.objects.get(member__surname="Абрамова").state == "cancelled"
    renamed(held.member("Белова"), "Юдина", held)
    # The request of a member who moved before the card was ordered is in a draft of another organisation.
    other = CardOrder.objects.create(organization=held.place.region, consolidator=held.place.region, state="draft")
    moved = CardRequest.objects.get(member__surname="Власова")
    moved.order, moved.state = other, "draft"
    moved.save()
    rename_organization(held.keeper.pk, full_name="Другая ППО", short_name="Другая", by=held.region)
    administrator = trees.officer(held.place.head, Role.ADMINISTRATOR)
    producer = {CARD_PRODUCER: {"name": "Другой изготовитель", "address": "Тула"}}
    change_charter(held.place.head.federation_id, values={"recipients": producer}, by=administrator)
    assert printed(order) == before
    empty = card_order.build(None, batch_of(trees.again(held.keeper)))
    assert ["Другой изготовитель" in str(pages) for pages in (before, empty)] == [False, True]
    page = signed_in(held.chair).get(reverse("documents:card_order", args=[order.pk]))
    assert page.context["may_print"] is True
    pdf = signed_in(held.chair).post(reverse("documents:print_card_order", args=[order.pk])).content
    assert [name in text_of(pdf) for name in ("Абрамова", "Белова", "Власова", "Юдина")] == [True, True, True, False]


def test_u8_a_request_that_went_to_another_draft_before_is_not_in_the_submitted_order(held: Cards) -> None:
    order = held.order("Абрамова", "Белова")
    moved = CardRequest.objects.get(member__surname="Белова")
    moved.order = CardOrder.objects.create(
        organization=held.place.region, consolidator=held.place.region, state="draft"
    )
    moved.save()
    text = str(printed(orders.submit_order(order.pk, by=held.chair)))
    assert [name in text for name in ("Абрамова", "Белова")] == [True, False]


def test_u8_an_order_is_printed_as_it_was_submitted_the_last_time(held: Cards) -> None:
    order = held.submitted("Абрамова", "Белова")
    first = submitted_at(order)
    orders.recall_order(order.pk, by=held.chair)
    order = CardOrder.objects.get()
    assert (submitted_at(order), printed(order)[0]["draft"]) == (None, True)
    orders.take_out(CardRequest.objects.get(member__surname="Абрамова").pk, by=held.chair)
    held.order("Власова")
    renamed(held.member("Белова"), "Юдина", held)
    order = orders.submit_order(order.pk, by=held.chair)
    again = submitted_at(order)
    assert first is not None and again is not None and first < again
    before = printed(order)
    text = str(before)
    assert [name in text for name in ("Абрамова", "Власова", "Юдина", "Белова")] == [False, True, True, False]
    orders.check_order(order.pk, rejected={CardRequest.objects.get(member__surname="Юдина").pk: "Фото"}, by=held.region)
    renamed(held.member("Юдина"), "Белова", held)
    assert printed(CardOrder.objects.get()) == before


def test_u8_a_draft_shows_its_present_members_and_a_destroyed_card_leaves_its_line(held: Cards) -> None:
    order = held.order("Абрамова", "Белова")
    renamed(held.member("Белова"), "Юдина", held)
    text = str(printed(order))
    assert [name in text for name in ("Абрамова", "Юдина", "Белова")] == [True, True, False]
    blocked(held, "Абрамова")
    assert "Абрамова" not in str(printed(order))
    order = orders.submit_order(order.pk, by=held.chair)
    pk = held.member("Юдина").pk
    # As after the destruction of a card: no member and no name in the request and its history.
    CardRequest.objects.filter(member=pk).update(member=None)
    CardRequest.history.filter(member=pk).update(member=None)
    Member.history.filter(id=pk).delete()
    pages = printed(order)
    assert (card_order.ERASED in str(pages), "Юдина" in str(pages), "1 " in pages[-1]["total"]) == (True, False, True)
