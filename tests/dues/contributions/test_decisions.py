"""Contributions decided at meetings, and those of members who move between organisations (V-D2, V-B9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dues.contributions.models import PropertyContribution
from dues.contributions.queries import decided_items
from dues.contributions.rules import Term
from dues.contributions.transitions import cancel_contribution, charge_contribution, reverse_contribution
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.payments.transitions import record_payment
from members.book.enums import EndReason
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem
from members.meetings.transitions import decisions
from members.meetings.transitions.agenda import put_on
from members.movement.enums import PaperCard
from members.movement.transitions import leaving, transfers
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization
from tests.members import sessions
from tests.refusals import refused

from ..test_ledger import wrong
from .world import DAY, FIRST, SECOND, TODAY, Setting, setting

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TERMS = [Term(FIRST, Decimal(100)), Term(SECOND, Decimal(200))]


def decided(s: Setting, *, adopted: bool = True) -> AgendaItem:
    """Return an item about 300 roubles due on the second date, decided at a meeting held two days ago."""
    sessions.body_of(s.keeper)
    item = decisions.put_forward(
        organization=s.keeper, kind=ItemKind.PROPERTY, title="О взносе на ремонт", amount=Decimal(300), due_on=SECOND,
        filed_on=TODAY - 3 * DAY, by=s.chair,
    )  # fmt: skip
    meeting = sessions.planned(s.keeper, s.chair)
    put_on(meeting.pk, items=[item.pk], by=s.chair)
    sessions.held(meeting, s.chair)
    return sessions.decided(item, s.chair, adopted=adopted)


def test_v_d2_an_adopted_item_is_charged_once_with_its_sum_and_last_term() -> None:
    s = setting()
    item = decided(s)
    assert [one.pk for one in decided_items(s.keeper, s.chair)] == [item.pk]
    with refused("V-D2", field="terms"):
        s.set(item_id=item.pk, terms=[Term(SECOND, Decimal("299.99"))])
    with refused("V-D2", field="terms"):
        s.set(item_id=item.pk, terms=[Term(SECOND + DAY, Decimal(300))])
    found = s.set(item_id=item.pk, terms=TERMS)
    assert item.meeting is not None
    assert (found.decided_on, found.agenda_item) == (item.meeting.held_on, item.pk)
    assert found.paper == f"Правление: протокол от {item.meeting.held_on:%d.%m.%Y}"
    assert s.charge(found) == 3
    assert decided_items(s.keeper, s.chair) == []
    with refused("V-D2"):
        s.set(item_id=item.pk, terms=TERMS)


def test_v_d2_an_item_that_is_not_adopted_or_of_others_sets_no_contribution() -> None:
    s = setting()
    rejected = decided(s, adopted=False)
    with refused("V-D2"):
        s.set(item_id=rejected.pk, terms=TERMS)
    adopted = decided(s)
    with refused("V-D2"):
        s.set(s.place.region, item_id=adopted.pk, terms=TERMS, by=s.place.region_chair)
    with pytest.raises(AgendaItem.DoesNotExist):
        s.set(s.other, item_id=adopted.pk, terms=TERMS, by=s.other_chair)
    assert not PropertyContribution.objects.exists()


def test_v_a5_a_decision_is_reversed_after_its_contribution_is_cancelled() -> None:
    s = setting()
    item = decided(s)
    found = s.set(item_id=item.pk, terms=TERMS)
    with refused("V-A5", blockers=1):
        decisions.reverse_decision(item.pk, by=s.chair)
    cancel_contribution(found.pk, reason="Ошибка", by=s.chair)
    assert decisions.reverse_decision(item.pk, by=s.chair).state == ItemState.SCHEDULED


def move(s: Setting, member: Member, organization: Organization, chair: Actor) -> None:
    departure = leaving.deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, paper_card=PaperCard.HANDED, by=s.chair
    )
    transfers.arrive(
        organization=organization, ticket_number=member.ticket_number, code=departure.code, on=TODAY, by=chair
    )


def books(member: Member) -> list[tuple[int, dt.date | None]]:
    found = LedgerEntry.objects.filter(account__member=member, kind="charge", fee="property")
    return list(found.order_by("due_on").values_list("organization", "due_on"))


def test_v_d2_who_has_moved_within_the_region_owes_it_where_they_are_now() -> None:
    s = setting()
    regional = s.set(s.place.region, by=s.place.region_chair)
    local = s.set()
    move(s, s.members[0], s.other, s.other_chair)
    assert (s.charge(local), s.charge(regional, by=s.place.region_chair)) == (2, 4)
    assert books(s.members[0]) == [(s.other.pk, FIRST), (s.other.pk, SECOND)]


def test_v_d2_a_debt_moves_along_is_paid_in_the_new_books_and_reversed_in_the_old_ones() -> None:
    s = setting()
    found = s.set(s.place.region, by=s.place.region_chair)
    s.charge(found, by=s.place.region_chair)
    member = s.members[0]
    move(s, member, s.other, s.other_chair)
    assert charge_contribution(found.pk, s.other.pk, by=s.place.region_chair) == 0
    record_payment(
        member.pk, fee="property", year=found.decided_on.year, contribution=found.pk, amount=Decimal(100),
        made_on=TODAY, paper="Квитанция", key="moved", by=s.other_chair,
    )  # fmt: skip
    payment = LedgerEntry.objects.get(kind="payment")
    assert (payment.organization_id, DuesAccount.objects.get(member=member).unpaid) == (s.other.pk, 200)
    cancel_contribution(found.pk, reason="Отменено", by=s.place.region_chair)
    for place in (s.keeper, s.other):
        reverse_contribution(found.pk, place.pk, by=s.place.region_chair)
    account = DuesAccount.objects.get(member=member)
    assert (account.unpaid, account.advance, wrong()) == (0, 0, [])
