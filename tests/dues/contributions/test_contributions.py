"""Property contributions: set by a decision, charged once, paid, cancelled (V-D2, V-D8, N-D2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dues.contributions.models import PropertyContribution
from dues.contributions.queries import not_charged, organizations_to_charge, sums_of
from dues.contributions.rules import Term
from dues.contributions.transitions import cancel_contribution, charge_contribution, reverse_contribution
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.transitions import close_books
from members.book.enums import EndReason
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.enums import Role
from registry.errors import NotAllowed
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from ..test_ledger import wrong
from .world import DAY, DECIDED_ON, FIRST, SECOND, TODAY, person, setting

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def charged_to(member: Member) -> list[tuple[Any, ...]]:
    found = LedgerEntry.objects.filter(account__member=member, kind="charge", reversed_by__isnull=True, fee="property")
    return list(found.order_by("due_on", "pk").values_list("contribution", "year", "amount", "made_on", "due_on"))


def owes(member: Member) -> tuple[Decimal, dt.date | None]:
    account = DuesAccount.objects.get(member=member)
    return account.unpaid, account.unpaid_since


@pytest.mark.both
def test_v_d2_every_member_of_the_day_is_charged_each_instalment_once() -> None:
    s = setting()
    contribution = s.set()
    assert (contribution.amount, contribution.paper) == (
        Decimal(300), f"Постановление конференции № 4 от {DECIDED_ON:%d.%m.%Y}",
    )  # fmt: skip
    assert [s.charge(contribution) for _again in range(2)] == [3, 0]
    one = (contribution.pk, DECIDED_ON.year, Decimal(100), DECIDED_ON, FIRST)
    two = (contribution.pk, DECIDED_ON.year, Decimal(200), DECIDED_ON, SECOND)
    assert [charged_to(member) for member in (*s.members, s.stranger)] == [[one, two]] * 3 + [[]]
    assert [owes(member) for member in s.members] == [(Decimal(300), FIRST)] * 3
    assert charge_contribution(contribution.pk, s.keeper.pk, by=s.chair) == 0
    assert wrong() == []


@pytest.mark.both
def test_v_d2_a_region_charges_the_members_of_all_organisations_below() -> None:
    s = setting()
    contribution = s.set(s.place.region, by=s.place.region_chair)
    assert organizations_to_charge(contribution) == sorted([s.keeper.pk, s.other.pk])
    assert s.charge(contribution, by=s.place.region_chair) == 4
    books = LedgerEntry.objects.filter(contribution=contribution).values_list("organization", flat=True).distinct()
    assert sorted(set(books)) == sorted([s.keeper.pk, s.other.pk])
    assert sums_of(contribution, s.chair).charged == 900
    assert sums_of(contribution, s.place.region_chair).charged == 1200
    assert wrong() == []


def test_v_d2_two_contributions_of_one_year_are_two_debts() -> None:
    s = setting()
    first = s.set()
    second = s.set(title="Покупка автобуса", number="5", terms=[Term(FIRST, Decimal(50))])
    assert (s.charge(first), s.charge(second)) == (3, 3)
    s.pay(second, "50")
    assert [entry[0] for entry in charged_to(s.members[0])] == [first.pk, second.pk, first.pk]
    assert (sums_of(first, s.chair).paid, sums_of(second, s.chair).paid) == (0, 50)
    # The payment is for the second, so the first remains unpaid although it is older.
    assert owes(s.members[0]) == (Decimal(300), FIRST)
    s.pay(first, "100")
    assert owes(s.members[0]) == (Decimal(200), SECOND)
    assert wrong() == []


@pytest.mark.parametrize(("entered", "count"), [(DECIDED_ON, 1), (DECIDED_ON + DAY, 0)])
def test_v_d2_who_is_registered_after_the_day_of_the_decision_owes_nothing(entered: dt.date, count: int) -> None:
    s = setting()
    contribution = s.set()
    s.charge(contribution)
    new = s.place.put(**person(9, registered_on=entered))
    assert list(not_charged(contribution)) == [new][:count]
    assert s.charge(contribution) == count
    assert len(charged_to(new)) == 2 * count


@pytest.mark.parametrize(("left_on", "count"), [(DECIDED_ON, 2), (DECIDED_ON + DAY, 2)])
def test_v_d2_who_has_left_before_the_charge_owes_nothing(left_on: dt.date, count: int) -> None:
    s = setting()
    contribution = s.set()
    deregister(s.members[0].pk, reason=EndReason.DEATH, on=left_on, paper="Свидетельство", by=s.chair)
    assert s.charge(contribution) == count
    assert charged_to(s.members[0]) == []


def test_n_d1_the_charge_of_a_closed_period_is_made_on_the_first_open_day() -> None:
    s = setting()
    last = TODAY.replace(day=1) - DAY
    close_books(s.keeper.pk, last, by=s.chair)
    contribution = s.set(decided_on=last)
    s.charge(contribution)
    assert [entry[3] for entry in charged_to(s.members[0])] == [last + DAY] * 2


def test_v_d2_the_charge_of_many_takes_as_many_statements_as_of_few() -> None:
    s = setting()

    def statements(number: str, people: int) -> int:
        contribution = s.set(number=number)
        with CaptureQueriesContext(connection) as caught:
            assert charge_contribution(contribution.pk, s.keeper.pk, by=s.chair) == people
        return len(caught)

    # The first charge also opens the account of the income.
    statements("1", 3)
    few = statements("2", 3)
    for at in range(5, 11):
        s.place.put(**person(at))
    assert statements("3", 9) == few


def test_v_d2_more_than_the_contribution_cannot_be_paid() -> None:
    s = setting()
    contribution = s.set()
    s.charge(contribution)
    with refused("V-D2", field="amount"):
        s.pay(contribution, "300.01")
    s.pay(contribution, "300")
    with refused("V-D1", field="purpose"):
        s.pay(contribution, "1")
    assert DuesAccount.objects.get(member=s.members[0]).advance == 0


def test_v_d8_a_cancelled_contribution_keeps_what_was_paid_and_reverses_the_rest() -> None:
    s = setting()
    contribution = s.set()
    s.charge(contribution)
    s.pay(contribution, "130")
    s.pay(contribution, "300", s.members[1])
    with refused("V-D2", field="reason"):
        cancel_contribution(contribution.pk, reason=" ", by=s.chair)
    with refused("V-D2"):
        reverse_contribution(contribution.pk, s.keeper.pk, by=s.chair)
    cancel_contribution(contribution.pk, reason="Решение отменено", by=s.chair)
    assert [reverse_contribution(contribution.pk, s.keeper.pk, by=s.chair) for _again in range(2)] == [2, 0]
    assert [[entry[2] for entry in charged_to(member)] for member in s.members] == [
        [Decimal(100), Decimal(30)], [Decimal(100), Decimal(200)], [],
    ]  # fmt: skip
    accounts = [DuesAccount.objects.get(member=member) for member in s.members]
    assert [(account.unpaid, account.advance) for account in accounts] == [(0, 0)] * 3
    found = sums_of(contribution, s.chair)
    assert (found.charged, found.paid, found.owed) == (430, 430, 0)
    papers = LedgerEntry.objects.filter(contribution=contribution, kind="reversal").values_list("paper", flat=True)
    assert set(papers) == {"Решение отменено"}
    with refused("V-D2"):
        cancel_contribution(contribution.pk, reason="Ещё раз", by=s.chair)
    with refused("V-D2"):
        charge_contribution(contribution.pk, s.keeper.pk, by=s.chair)
    assert wrong() == []


def test_v_d2_a_cancelled_contribution_can_be_set_again() -> None:
    s = setting()
    first = s.set()
    with refused("N-D2", field="title"):
        s.set()
    cancel_contribution(first.pk, reason="Опечатка", by=s.chair)
    assert s.charge(s.set()) == 3
    assert PropertyContribution.objects.valid().count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"spending": " "}, "spending"),
        ({"body": "committee"}, "body"),
        ({"number": " "}, "number"),
        ({"decided_on": TODAY + DAY}, "decided_on"),
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": TODAY - 1099 * DAY}, "decided_on"),
        ({"terms": []}, "terms"),
        ({"terms": [Term(FIRST + at * DAY, Decimal(1)) for at in range(13)]}, "terms"),
        ({"terms": [Term(FIRST, Decimal("0.001"))]}, "terms"),
        ({"terms": [Term(FIRST, Decimal(-1))]}, "terms"),
        ({"terms": [Term(FIRST, Decimal("NaN"))]}, "terms"),
        ({"terms": [Term(FIRST, Decimal("1000000.01"))]}, "terms"),
        ({"terms": [Term(FIRST, Decimal(1)), Term(FIRST, Decimal(1))]}, "terms"),
        ({"terms": [Term(SECOND, Decimal(1)), Term(FIRST, Decimal(1))]}, "terms"),
        ({"terms": [Term(DECIDED_ON, Decimal(1))]}, "terms"),
        ({"terms": [Term(DECIDED_ON + 1831 * DAY, Decimal(1))]}, "terms"),
    ],
)
def test_v_d2_an_impossible_contribution_is_refused(changed: dict[str, Any], field: str) -> None:
    s = setting()
    with refused("V-D2", field=field):
        s.set(**changed)
    assert not PropertyContribution.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"decided_on": TODAY, "terms": [Term(TODAY + DAY, Decimal("0.01"))]},
        {"decided_on": TODAY - 1098 * DAY, "terms": [Term(TODAY, Decimal("1000000.00"))]},
        {"terms": [Term(FIRST + at * DAY, Decimal(1)) for at in range(12)]},
        {"terms": [Term(DECIDED_ON + DAY, Decimal(1)), Term(DECIDED_ON + 1830 * DAY, Decimal(1))]},
    ],
)
def test_v_d2_the_last_possible_days_and_sums_are_taken(changed: dict[str, Any]) -> None:
    s = setting()
    assert s.set(**changed).terms.count() == len(changed["terms"])


def test_v_d2_others_do_not_set_charge_or_cancel() -> None:
    s = setting()
    with pytest.raises(NotAllowed):
        s.set(by=s.place.reviewer)
    with pytest.raises(NotAllowed):
        s.set(by=s.place.region_chair)
    contribution = s.set(s.place.region, by=s.place.region_chair)
    with pytest.raises(NotAllowed):
        charge_contribution(contribution.pk, s.keeper.pk, by=s.chair)
    with pytest.raises(NotAllowed):
        cancel_contribution(contribution.pk, reason="Ошибка", by=s.chair)
    own = s.set()
    with pytest.raises(PropertyContribution.DoesNotExist):
        cancel_contribution(own.pk, reason="Ошибка", by=s.other_chair)
    union = places.union()
    with refused("V-D2"):
        s.set(union.keeper, by=union.chair)
    cell = s.place.cells[0]
    with refused("V-D2"):
        s.set(cell, by=trees.officer(cell, Role.CHAIR))
