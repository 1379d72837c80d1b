"""Reduced and exempt members, by category and by decision, on the first and last days of reductions (V-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dues.contributions.rules import Term
from dues.contributions.transitions import charge_contribution, set_contribution
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.queries.figures import not_charged, uncharged_organizations
from dues.ledger.transitions import charge_new_year
from dues.opening.transitions import record_openings
from dues.payments.queries import owing
from dues.payments.rules import Purpose
from dues.rates.models import Exemption, Reduction
from dues.rates.rules.rates import rate_on, rates_of
from dues.rates.transitions import end_reduction, reduce_for_category, reduce_for_member, take_reduction_back
from dues.rates.views import _of_people
from members.movement.transitions.organizations import merge_organizations
from members.people.models import Member
from registry.enums import Role
from registry.errors import NotAllowed
from tests.clock import at
from tests.dues.contributions.world import person
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .test_ledger import FEE, admit, pay, undo, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
YEAR = TODAY.year
DAY = dt.timedelta(days=1)
NEW_YEAR = dt.date(YEAR, 1, 1)


def by_category(place: places.Place, **changed: Any) -> Reduction:
    values = {
        "category": "guardian", "fee": "annual", "percent": 40, "valid_from": NEW_YEAR,
        "paper": "Постановление правления № 2", "by": place.chair, **changed,
    }  # fmt: skip
    return reduce_for_category(values.pop("organization", place.keeper).pk, **values)


def by_decision(place: places.Place, member: Member, **changed: Any) -> int:
    values = {"fee": "annual", "percent": 0, "valid_from": NEW_YEAR, "paper": "Постановление № 9", **changed}
    values.setdefault("by", place.chair)
    return reduce_for_member(member.pk, **values)


def charged(member: Member) -> list[tuple[str, int | None, Decimal, str]]:
    found = LedgerEntry.objects.filter(account__member=member, kind="charge", reversed_by__isnull=True)
    return list(found.order_by("pk").values_list("fee", "year", "amount", "paper"))


def exempted(member: Member) -> list[tuple[str, int | None]]:
    return list(Exemption.objects.filter(account__member=member).order_by("pk").values_list("fee", "year"))


@pytest.mark.both
def test_v_d1_a_category_is_charged_the_reduced_sum_and_the_exempt_nothing() -> None:
    place = places.voi()
    by_category(place)
    by_category(place, category="trustee", percent=0)
    plain, guardian, trustee = (
        place.put(**person(number, category=category))
        for number, category in enumerate(("disabled", "guardian", "trustee"), start=1)
    )
    assert charge_new_year(place.keeper.pk, YEAR, by=place.chair) == 2
    rate = rate_on(rates_of(place.head.federation), "annual", NEW_YEAR)
    assert rate is not None
    assert [charged(member) for member in (plain, guardian, trustee)] == [
        [("annual", YEAR, FEE, rate.paper)],
        [("annual", YEAR, Decimal(20), "Постановление правления № 2")],
        [],
    ]
    assert exempted(trustee) == [("annual", YEAR)]
    assert list(not_charged(Member.objects.all(), YEAR)) == []
    assert uncharged_organizations(YEAR) == []
    # The exemption on the day of the charge remains, even if the card changes later.
    Member.objects.filter(pk=trustee.pk).update(category="disabled")
    assert charge_new_year(place.keeper.pk, YEAR, by=place.chair) == 0
    assert DuesAccount.objects.get(member=trustee).unpaid == 0
    owed = owing(Member.objects.all(), Purpose("annual", YEAR, Decimal(0)), rates_of(place.head.federation), TODAY)
    assert sorted(owed.values_list("pk", flat=True)) == sorted([plain.pk, guardian.pk])
    assert wrong() == []


@pytest.mark.both
def test_v_d1_who_was_charged_before_they_were_exempt_is_not_recorded_as_exempt() -> None:
    place = places.voi()
    by_category(place, category="trustee", percent=0)
    paid, unpaid, undone = (place.put(**person(number, category="disabled")) for number in (1, 2, 3))
    assert charge_new_year(place.keeper.pk, YEAR, by=place.chair) == 3
    pay(place, paid)
    undo(place, [undone])
    Member.objects.update(category="trustee")
    assert charge_new_year(place.keeper.pk, YEAR, by=place.chair) == 0
    assert [exempted(member) for member in (paid, unpaid, undone)] == [[], [], [("annual", YEAR)]]
    assert [len(charged(member)) for member in (paid, unpaid, undone)] == [1, 1, 0]
    assert wrong() == []


def test_v_d1_charges_and_exemptions_of_other_years_and_dues_say_nothing_about_a_year() -> None:
    with at("2040-06-01"):
        place = places.voi()
        trustee, guardian = (place.put(**person(n, category=one)) for n, one in enumerate(("trustee", "guardian"), 1))
        by_category(
            place, category="trustee", percent=0, valid_from=dt.date(2039, 1, 1), valid_until=dt.date(2039, 12, 31)
        )
        by_category(place, category="guardian", percent=0, valid_from=dt.date(2040, 1, 1))
        hall = set_contribution(
            place.keeper.pk, title="Ремонт зала", spending="По смете", terms=[Term(dt.date(2040, 9, 1), Decimal(100))],
            body="conference", number="4", decided_on=dt.date(2040, 5, 1), by=place.chair,
        )  # fmt: skip
        assert charge_contribution(hall.pk, place.keeper.pk, by=place.chair) == 2
        assert [charge_new_year(place.keeper.pk, year, by=place.chair) for year in (2039, 2040)] == [1, 1]
    assert [exempted(member) for member in (trustee, guardian)] == [[("annual", 2039)], [("annual", 2040)]]
    assert [sorted(charged(member))[0][:2] for member in (trustee, guardian)] == [("annual", 2040), ("annual", 2039)]


@pytest.mark.parametrize(
    ("first", "last", "amount"),
    [
        (NEW_YEAR, None, Decimal(20)),
        (NEW_YEAR, NEW_YEAR, Decimal(20)),
        (NEW_YEAR + DAY, None, FEE),
        (NEW_YEAR - 2 * DAY, NEW_YEAR - DAY, FEE),
        (NEW_YEAR - 2 * DAY, NEW_YEAR, Decimal(20)),
    ],
)
def test_v_d1_the_first_and_the_last_day_of_a_reduction_belong_to_it(
    first: dt.date, last: dt.date | None, amount: Decimal
) -> None:
    place = places.voi()
    by_category(place, valid_from=first, valid_until=last)
    member = place.put(**person(1, category="guardian"))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    assert [sum_ for _fee, _year, sum_, _paper in charged(member)] == [amount]


def test_v_d1_the_day_of_joining_counts_for_who_joined_in_the_year() -> None:
    place = places.voi()
    day = dt.date(YEAR, 1, 2)
    with at(f"{YEAR}-03-01"):
        by_category(place, valid_from=day)
        before, after = (
            place.put(**person(number, category="guardian", joined_on=joined, registered_on=joined))
            for number, joined in ((1, day - DAY), (2, day))
        )
        charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    assert [charged(member)[0][2] for member in (before, after)] == [FEE, Decimal(20)]


def test_v_b4_an_admission_charges_the_reduced_sums_and_forgets_an_exemption_when_undone() -> None:
    place = places.voi()
    by_category(place, fee="entrance", percent=None, amount=Decimal("12.50"), valid_from=TODAY)
    by_category(place, percent=0, valid_from=TODAY)
    member = place.put(**person(1, category="guardian"))
    for _again in range(2):
        admit(place, [member], TODAY)
    assert [row[:3] for row in charged(member)] == [("entrance", None, Decimal("12.50"))]
    assert exempted(member) == [("annual", YEAR)]
    undo(place, [member])
    assert (charged(member), exempted(member)) == ([], [])


def test_v_d1_a_superior_reduces_for_those_below_and_a_neighbour_does_not() -> None:
    place = places.voi()
    by_category(place, organization=place.region, percent=50, by=place.region_chair)
    beside = trees.below(place.region, place.keeper.level, "Заокская МО ВОИ")
    by_category(place, organization=beside, percent=0, by=trees.officer(beside, Role.CHAIR))
    member = place.put(**person(1, category="guardian"))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    assert [row[2] for row in charged(member)] == [Decimal(25)]


def test_v_d1_own_reductions_go_before_those_of_categories_and_the_least_sum_is_asked() -> None:
    place = places.voi()
    by_category(place, percent=40)
    by_category(place, organization=place.region, percent=30, by=place.region_chair)
    own, other = (place.put(**person(number, category="guardian")) for number in (1, 2))
    by_decision(place, own, percent=90)
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    assert [charged(member)[0][2] for member in (own, other)] == [Decimal(45), Decimal(15)]


@pytest.mark.parametrize(("percent", "sum_"), [(33, "16.50"), (1, "0.50"), (99, "49.50")])
def test_v_d1_a_percentage_is_exact_to_the_kopeck(percent: int, sum_: str) -> None:
    place = places.voi()
    by_category(place, percent=percent)
    member = place.put(**person(1, category="guardian"))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    assert charged(member)[0][2] == Decimal(sum_)


def test_v_d1_a_decision_about_a_member_changes_what_is_open_and_not_what_is_paid() -> None:
    place = places.voi()
    open_one, partly, exempt_one = (place.put(**person(number)) for number in (1, 2, 3))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    pay(place, partly, amount=Decimal(10))
    assert by_decision(place, open_one, percent=None, amount=Decimal(15)) == 1
    assert by_decision(place, partly, percent=10) == 0
    assert by_decision(place, exempt_one) == 1
    assert [[row[2:] for row in charged(member)] for member in (open_one, exempt_one)] == [
        [(Decimal(15), "Постановление № 9")], [],
    ]  # fmt: skip
    assert charged(partly)[0][2] == FEE
    assert [DuesAccount.objects.get(member=m).unpaid for m in (open_one, partly, exempt_one)] == [15, 40, 0]
    assert exempted(exempt_one) == [("annual", YEAR)]
    reversals = LedgerEntry.objects.filter(kind="reversal").values_list("paper", flat=True)
    assert list(reversals) == ["Постановление № 9"] * 2
    assert charge_new_year(place.keeper.pk, YEAR, by=place.chair) == 0
    assert wrong() == []


def test_v_d1_a_decision_changes_no_charge_of_days_before_it() -> None:
    place = places.voi()
    member = place.put(**person(1))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    assert by_decision(place, member, valid_from=NEW_YEAR + DAY) == 0
    assert charged(member)[0][2] == FEE


def test_v_d1_reductions_of_a_category_are_never_retroactive() -> None:
    place = places.voi()
    place.put(**person(1))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    with refused("V-D1", field="valid_from"):
        by_category(place, valid_from=NEW_YEAR)
    assert by_category(place, valid_from=NEW_YEAR + DAY).pk


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": "pensioner"}, "category"),
        ({"category": ""}, "category"),
        ({"fee": "property"}, "fee"),
        ({"fee": "voluntary"}, "fee"),
        ({"percent": 100}, "percent"),
        ({"percent": -1}, "percent"),
        ({"percent": None}, "percent"),
        ({"amount": Decimal(10)}, "percent"),
        ({"percent": None, "amount": Decimal(0)}, "amount"),
        ({"percent": None, "amount": Decimal("0.001")}, "amount"),
        ({"percent": None, "amount": Decimal("NaN")}, "amount"),
        ({"percent": None, "amount": Decimal("1000000.01")}, "amount"),
        ({"valid_until": NEW_YEAR - DAY}, "valid_until"),
        ({"paper": " "}, "paper"),
    ],
)
def test_v_d1_an_impossible_reduction_is_refused(changed: dict[str, Any], field: str) -> None:
    place = places.voi()
    with refused("V-D1", field=field):
        by_category(place, **changed)
    assert not Reduction.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        (NEW_YEAR + 10 * DAY, None, True),
        (NEW_YEAR + 20 * DAY, None, True),
        (NEW_YEAR + 21 * DAY, None, False),
        (NEW_YEAR, NEW_YEAR + 9 * DAY, False),
        (NEW_YEAR, NEW_YEAR + 10 * DAY, True),
    ],
)
def test_v_d1_reductions_of_the_same_people_do_not_overlap(
    first: dt.date, last: dt.date | None, is_refused: bool
) -> None:
    place = places.voi()
    by_category(place, valid_from=NEW_YEAR + 10 * DAY, valid_until=NEW_YEAR + 20 * DAY)
    if is_refused:
        with refused("V-D1", field="valid_from"):
            by_category(place, valid_from=first, valid_until=last)
    else:
        by_category(place, valid_from=first, valid_until=last)
    # Reductions of another fee or another category do not overlap.
    by_category(place, valid_from=NEW_YEAR + 10 * DAY, fee="entrance")
    by_category(place, valid_from=NEW_YEAR + 10 * DAY, category="trustee")


def test_v_d1_a_decision_about_a_member_begins_this_year_and_after_joining() -> None:
    place = places.voi()
    with at(f"{YEAR}-03-01"):
        old = place.put(**person(1))
        new = place.put(**person(2, joined_on=dt.date(YEAR, 2, 1), registered_on=dt.date(YEAR, 2, 1)))
        with refused("V-D1", field="valid_from"):
            by_decision(place, old, valid_from=NEW_YEAR - DAY)
        with refused("V-D1", field="valid_from"):
            by_decision(place, new, valid_from=dt.date(YEAR, 1, 31))
        by_decision(place, old, valid_from=NEW_YEAR)
        by_decision(place, new, valid_from=dt.date(YEAR, 2, 1))
        with refused("V-D1", field="valid_from"):
            by_decision(place, new, valid_from=dt.date(YEAR, 2, 2))


def test_v_d1_the_end_of_a_reduction_is_today_or_later_and_what_has_not_begun_is_taken_back() -> None:
    place = places.voi()
    begun = by_category(place)
    with refused("V-D1", field="valid_until"):
        end_reduction(begun.pk, valid_until=TODAY - DAY, by=place.chair)
    with refused("V-D1"):
        take_reduction_back(begun.pk, by=place.chair)
    end_reduction(begun.pk, valid_until=TODAY, by=place.chair)
    assert Reduction.objects.get(pk=begun.pk).valid_until == TODAY
    with refused("V-D1", field="valid_until"):
        end_reduction(begun.pk, valid_until=TODAY, by=place.chair)
    today = by_category(place, category="trustee", valid_from=TODAY)
    with refused("V-D1"):
        take_reduction_back(today.pk, by=place.chair)
    coming = by_category(place, category="disabled", valid_from=TODAY + DAY)
    with refused("V-D1", field="valid_until"):
        end_reduction(coming.pk, valid_until=TODAY, by=place.chair)
    take_reduction_back(coming.pk, by=place.chair)
    assert not Reduction.objects.filter(pk=coming.pk).exists()


def test_v_d1_others_do_not_reduce() -> None:
    place = places.voi()
    member = place.put(**person(1))
    for by in (place.reviewer, place.region_chair):
        with pytest.raises(NotAllowed):
            by_category(place, by=by)
        with pytest.raises(NotAllowed):
            by_decision(place, member, by=by)
    above = by_category(place, organization=place.region, by=place.region_chair)
    with pytest.raises(NotAllowed):
        end_reduction(above.pk, valid_until=TODAY, by=place.chair)
    cell = place.cells[0]
    with refused("V-D1"):
        by_category(place, organization=cell, by=trees.officer(cell, Role.CHAIR))
    union = places.union()
    with refused("V-D1"):
        by_category(union)


def test_v_d1_an_opening_balance_charges_this_year_as_reduced() -> None:
    place = places.voi()
    by_category(place)
    by_category(place, category="trustee", percent=0)
    guardian, trustee = (
        place.put(**person(number, category=category)) for number, category in ((1, "guardian"), (2, "trustee"))
    )
    record_openings(place.keeper.pk, {guardian.pk: YEAR - 1, trustee.pk: YEAR - 1}, paper="Книга", by=place.chair)
    assert [row[1:3] for row in charged(guardian)] == [(YEAR - 1, FEE), (YEAR, Decimal(20))]
    assert [row[1:3] for row in charged(trustee)] == [(YEAR - 1, FEE)]
    assert exempted(trustee) == [("annual", YEAR)]
    assert wrong() == []


def test_v_d1_the_charge_of_a_year_with_reductions_takes_as_many_statements_for_many_as_for_few() -> None:
    place = places.voi()
    by_category(place, valid_from=dt.date(YEAR - 2, 1, 1))
    by_category(place, category="trustee", percent=0, valid_from=dt.date(YEAR - 2, 1, 1))
    for number, category in ((1, "guardian"), (2, "trustee"), (3, "disabled")):
        place.put(**person(number, category=category))

    def statements(year: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            charge_new_year(place.keeper.pk, year, by=place.chair)
        return len(caught)

    few = statements(YEAR - 1)
    for number in range(4, 13):
        place.put(**person(number, category=("guardian", "trustee", "disabled")[number % 3]))
    assert statements(YEAR) == few


@pytest.mark.once
def test_v_d1_the_page_reads_the_reductions_and_not_all_members() -> None:
    place = places.voi()
    by_decision(place, place.put(**person(1)), percent=50)
    found = _of_people(Reduction.objects.visible_to(place.chair), place.chair)
    sql, params = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [step for *_ids, step in cursor.fetchall()]
    # U0 is the subquery for the members in scope.
    assert [step for step in steps if " U0 " in step] == ["SEARCH U0 USING INTEGER PRIMARY KEY (rowid=?)"]
    assert len(found) == 1


@pytest.mark.both
def test_n_h3_a_decision_about_a_member_holds_in_the_organisation_that_the_own_one_was_merged_into() -> None:
    place = places.voi()
    exempt, other = (place.put(**person(number, category="disabled")) for number in (1, 2))
    by_decision(place, exempt)
    by_category(place, category="disabled", valid_from=NEW_YEAR)
    target = trees.below(place.region, place.keeper.level, "Киреевская МО ВОИ")
    there = trees.officer(target, Role.CHAIR)
    merge_organizations(place.keeper.pk, target.pk, on=TODAY, by=place.region_chair)
    personal, of_category = Reduction.objects.get(member=exempt), Reduction.objects.get(member=None)
    assert (personal.organization, personal.version, of_category.organization) == (target, 2, place.keeper)
    charge_new_year(target.pk, YEAR, by=there)
    assert ([charge[2] for charge in charged(exempt)], [charge[2] for charge in charged(other)]) == ([], [FEE])
    end_reduction(personal.pk, valid_until=TODAY, by=there)
    assert wrong() == []
