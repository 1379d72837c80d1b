"""Limits of dues: due dates, years, sums, the day before, on the day and the day after (V-B4, V-B10, V-D1, N-D1)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from dues.ledger import book as ledger
from dues.ledger.jobs import charge_years
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.queries.figures import owed_by, uncharged_organizations, with_standing
from dues.ledger.queries.showing import standing_pill
from dues.ledger.rules.leaving import check_left_paid, warnings
from dues.ledger.rules.opening import plan_opening
from dues.ledger.rules.standing import arrears, standing, standing_of
from dues.ledger.tasks import entrance_fees
from dues.ledger.transitions import charge_new_year
from dues.opening.rules import check_paid_to
from dues.payments.rules import Purpose, check_after_decision, check_payment, check_plausible, check_sum, purposes
from dues.payments.transitions import Paid, record_payment, record_payments
from dues.rates.models import Rate
from dues.rates.rules.rates import annual_due_of_new, annual_term, due_after_decision, rate_on
from dues.rates.rules.setting import check_rate, check_rate_unused, check_year
from dues.rates.transitions import set_rate, take_rate_back
from members.book.enums import EndReason
from members.people.models import Member
from registry.journal.models import Event
from registry.organizations.models import Federation, Organization
from registry.transitions import change
from tests.clock import at
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = pytest.mark.once

D = dt.date
SUM = Decimal("50.00")
KOPECK = Decimal("0.01")


def outcome(rule: str, field: str | None) -> AbstractContextManager[Any]:
    """Expect a refusal by the rule at the field, or none if the field is None."""
    return nullcontext() if field is None else refused(rule, field=field)


def rate(fee: str = "annual", valid_from: dt.date | None = None, **values: Any) -> Rate:
    return Rate(**{"fee": fee, "amount": SUM, "valid_from": valid_from or D(2040, 1, 1), **values})


def pay(place: places.Place, member: Member, **values: Any) -> None:
    given = {"fee": "annual", "year": 2040, "amount": SUM, "made_on": D(2040, 6, 1), "paper": "Ведомость № 1", **values}
    record_payment(member.pk, key=str(uuid.uuid4()), by=place.chair, **given)


def admit(place: places.Place, members: Sequence[Member], decided_on: dt.date) -> None:
    with change(by=place.chair, rule="V-A5", event="member.put_on_account") as act:
        ledger.charge_admission(act, members, organization=place.keeper, decided_on=decided_on)
        act.about(None, organization=place.keeper)


def charged(member: Member) -> list[tuple[str, int | None, dt.date, dt.date | None]]:
    found = LedgerEntry.objects.filter(account__member=member, kind="charge", reversed_by__isnull=True)
    return list(found.order_by("pk").values_list("fee", "year", "made_on", "due_on"))


# Allowed payments


@pytest.mark.both
@pytest.mark.parametrize(
    ("fee", "made_on", "year_only", "field"),
    [
        ("entrance", D(2039, 3, 11), False, "made_on"),
        ("entrance", D(2039, 3, 12), False, None),
        ("entrance", D(2039, 3, 13), False, None),
        ("annual", D(2039, 3, 11), False, None),
        ("voluntary", D(2039, 3, 11), False, None),
        ("entrance", D(2039, 3, 11), True, None),
    ],
)
def test_v_b4_the_entrance_fee_is_not_paid_before_the_decision(
    fee: str, made_on: dt.date, year_only: bool, field: str | None
) -> None:
    member = Member(joined_on=D(2039, 3, 12), joined_year_only=year_only)
    with outcome("V-B4", field):
        check_after_decision(member, fee, made_on)


@pytest.mark.django_db
def test_v_b4_an_entrance_fee_of_before_the_decision_is_refused_alone_and_in_a_list() -> None:
    with at("2040-03-20"):
        place = places.voi()
        decided = D(2040, 3, 12)
        member = place.put(joined_on=decided, registered_on=decided, minutes_number="3", minutes_date=decided)
        given = {"fee": "entrance", "year": None, "amount": SUM, "made_on": D(2040, 3, 11)}
        with refused("V-B4", field="made_on"):
            pay(place, member, **given)
        with refused("V-B4", field="made_on"):
            record_payments(
                place.keeper.pk, [Paid(member_id=member.pk, paper="Ведомость № 1", key="1", **given)], by=place.chair
            )
        assert LedgerEntry.objects.filter(kind="payment").count() == 0


@pytest.mark.both
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": Decimal("-0.01")}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": KOPECK}, None),
        ({"amount": Decimal("0.005")}, "amount"),
        ({"amount": Decimal("1000000.00")}, None),
        ({"amount": Decimal("1000000.01")}, "amount"),
        ({"made_on": D(2040, 2, 28)}, None),
        ({"made_on": D(2040, 2, 29)}, None),
        ({"made_on": D(2040, 3, 1)}, "made_on"),
        ({"made_on": D(2018, 12, 31)}, "made_on"),
        ({"made_on": D(2019, 1, 1)}, None),
        ({"joined_on": None, "made_on": D(1968, 7, 3)}, "made_on"),
        ({"joined_on": None, "made_on": D(1968, 7, 4)}, None),
        ({"paper": " "}, "paper"),
    ],
)
def test_v_d1_a_payment_has_a_sum_a_day_and_a_paper_that_can_be_true(
    changed: dict[str, Any], field: str | None
) -> None:
    values = {"amount": SUM, "made_on": D(2040, 2, 1), "paper": "Ведомость № 1", "joined_on": D(2019, 3, 12), **changed}
    member = Member(birth_date=D(1968, 7, 4), joined_on=values.pop("joined_on"))
    with outcome("V-D1", field):
        check_payment(member, today=D(2040, 2, 29), **values)


@pytest.mark.both
@pytest.mark.parametrize(
    ("joined_on", "today", "annual", "percent"),
    [
        (D(2039, 12, 31), D(2040, 12, 31), [2039, 2040, 2041], [2039, 2040]),
        (D(2040, 1, 1), D(2040, 12, 31), [2040, 2041], [2040]),
        (D(2040, 1, 1), D(2041, 1, 1), [2040, 2041, 2042], [2040, 2041]),
        (None, D(2040, 1, 1), [2039, 2040, 2041], [2039, 2040]),
    ],
)
def test_v_d3_fees_of_the_last_year_to_the_next_are_offered_but_none_from_before_the_joining(
    joined_on: dt.date | None, today: dt.date, annual: list[int], percent: list[int]
) -> None:
    offered = purposes([rate(), rate("percent")], [], standing([]), today, joined_on=joined_on)
    expected = [*(("annual", year) for year in annual), *(("percent", year) for year in percent), ("voluntary", None)]
    assert [(purpose.fee, purpose.year) for purpose in offered] == expected


@pytest.mark.both
@pytest.mark.parametrize(
    ("left", "amount", "field"),
    [
        (SUM, SUM - KOPECK, None),
        (SUM, SUM, None),
        (SUM, SUM + KOPECK, "amount"),
        (Decimal("0.00"), SUM, None),
    ],
)
def test_v_b4_the_entrance_fee_is_not_paid_beyond_what_is_left(
    left: Decimal, amount: Decimal, field: str | None
) -> None:
    with outcome("V-B4", field):
        check_sum(Purpose("entrance", None, left), amount)  # type: ignore[arg-type]


@pytest.mark.both
@pytest.mark.parametrize(
    ("left", "amount", "field"),
    [
        (Decimal("20.00"), Decimal("20.00"), None),
        (Decimal("20.00"), Decimal("20.01"), "confirmed"),
        # A fee that is not charged yet is due by its rate.
        (Decimal("0.00"), SUM, None),
        (Decimal("0.00"), SUM + KOPECK, "confirmed"),
    ],
)
def test_v_d1_more_than_is_due_is_asked_about(left: Decimal, amount: Decimal, field: str | None) -> None:
    with outcome("V-D1", field):
        check_plausible(
            Purpose("annual", 2040, left),
            [],
            [rate()],
            amount=amount,
            made_on=D(2040, 5, 5),  # type: ignore[arg-type]
        )


# Rates and terms


@pytest.mark.both
@pytest.mark.parametrize(
    ("joined_on", "sums"),
    [
        (D(2039, 3, 1), [SUM, SUM]),
        (D(2040, 6, 30), [SUM]),
        (D(2040, 7, 1), [Decimal("70.00")]),
        (None, [SUM, SUM]),
    ],
)
def test_v_d1_an_opening_balance_takes_the_rate_of_the_day_of_joining(
    joined_on: dt.date | None, sums: list[Decimal]
) -> None:
    rates = [rate(valid_from=D(2039, 1, 1)), rate(valid_from=D(2040, 7, 1), amount=Decimal("70.00"))]
    plan = plan_opening([], rates, paid_to=2039, joined_on=joined_on, today=D(2040, 12, 1))
    assert [charge.rate.amount for charge in plan.charges] == sums


@pytest.mark.both
def test_v_d1_a_rate_holds_from_its_day_until_the_day_before_the_next_one() -> None:
    first, second = rate(valid_from=D(2040, 1, 1)), rate(valid_from=D(2040, 7, 1), amount=Decimal("70.00"))
    days = {
        D(2039, 12, 31): None,
        D(2040, 1, 1): first,
        D(2040, 6, 30): first,
        D(2040, 7, 1): second,
        D(2041, 1, 1): second,
    }
    assert {day: rate_on([second, first], "annual", day) for day in days} == days


@pytest.mark.both
@pytest.mark.parametrize(
    ("decided_on", "due_on"),
    [
        (D(2040, 6, 29), D(2040, 6, 30)),
        (D(2040, 6, 30), D(2040, 6, 30)),
        (D(2040, 7, 1), D(2040, 7, 11)),
        (D(2040, 12, 21), D(2040, 12, 31)),
        (D(2040, 12, 22), D(2041, 1, 1)),
        (D(2040, 12, 31), D(2041, 1, 10)),
    ],
)
def test_v_b4_the_annual_fee_of_a_new_member_is_due_with_the_term_or_ten_days_after_the_decision(
    decided_on: dt.date, due_on: dt.date
) -> None:
    assert annual_due_of_new(rate(due_month=6, due_day=30, days_after_decision=10), decided_on) == due_on


@pytest.mark.both
def test_v_b4_the_ten_days_are_calendar_days_across_ends_of_months() -> None:
    entrance = rate("entrance", days_after_decision=10)
    days = {
        D(2039, 2, 18): D(2039, 2, 28),
        D(2039, 2, 19): D(2039, 3, 1),
        D(2040, 2, 19): D(2040, 2, 29),
        D(2040, 2, 20): D(2040, 3, 1),
    }
    assert {day: due_after_decision(entrance, day) for day in days} == days
    # Without a term in the rate, the fee is due on the day of the decision.
    assert due_after_decision(rate("entrance"), D(2040, 2, 29)) == D(2040, 2, 29)


@pytest.mark.both
@pytest.mark.parametrize(
    ("month", "day", "year", "term"),
    [
        (6, 30, 2040, D(2040, 6, 30)),
        (None, None, 2040, D(2040, 12, 31)),
        (12, 31, 2039, D(2039, 12, 31)),
        (2, 28, 2040, D(2040, 2, 28)),
    ],
)
def test_v_d1_the_term_of_the_annual_fee(month: int | None, day: int | None, year: int, term: dt.date) -> None:
    assert annual_term(rate(due_month=month, due_day=day), year) == term


@pytest.mark.both
@pytest.mark.parametrize("today", [D(2050, 1, 1), D(2050, 12, 31)])
def test_v_d1_a_year_is_charged_once_it_has_begun_and_for_ten_years(today: dt.date) -> None:
    for year, field in ((2039, "year"), (2040, None), (2050, None), (2051, "year")):
        with outcome("V-D1", field):
            check_year(year, today)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": KOPECK}, None),
        ({"amount": Decimal("1000000.00")}, None),
        ({"amount": Decimal("1000000.01")}, "amount"),
        ({"fee": "percent", "amount": Decimal("100.00")}, None),
        ({"fee": "percent", "amount": Decimal("100.01")}, "amount"),
        ({"valid_from": D(1999, 12, 31)}, "valid_from"),
        ({"valid_from": D(2000, 1, 1)}, None),
        ({"fee": "entrance", "valid_from": D(2040, 6, 30)}, "valid_from"),
        ({"fee": "entrance", "valid_from": D(2040, 7, 1)}, "valid_from"),
        ({"fee": "entrance", "valid_from": D(2040, 7, 2)}, None),
    ],
)
def test_v_d1_a_rate_is_above_nothing_and_begins_after_the_one_before(
    changed: dict[str, Any], field: str | None
) -> None:
    known = [rate(valid_from=D(1990, 1, 1)), rate("percent", D(1990, 1, 1)), rate("entrance", D(2040, 7, 1))]
    values = {"fee": "annual", "amount": SUM, "valid_from": D(2040, 1, 1), "paper": "Постановление № 5", **changed}
    with outcome("V-D1", field):
        check_rate(known, federation=Federation(pk=0), **values)


@pytest.mark.django_db
def test_v_d1_a_new_rate_begins_after_the_last_charge_and_is_taken_back_before_the_first() -> None:
    place = places.voi()
    by = trees.officer(place.head)
    with at("2040-03-05"):
        admit(place, [place.put()], D(2040, 3, 5))
        values: dict[str, Any] = {"fee": "entrance", "amount": Decimal("70.00"), "paper": "Постановление № 5", "by": by}
        with refused("V-D1", field="valid_from"):
            set_rate(place.head.federation, valid_from=D(2040, 3, 5), **values)
        new = set_rate(place.head.federation, valid_from=D(2040, 3, 6), **values)
    with at("2040-03-06"):
        admit(place, [place.put(snils="", ticket_number="2", surname="Вторая")], D(2040, 3, 6))
        with refused("V-D1", field=""):
            take_rate_back(new.pk, federation=place.head.federation, by=by)
        newest = set_rate(place.head.federation, valid_from=D(2040, 3, 7), **values)
        take_rate_back(newest.pk, federation=place.head.federation, by=by)


@pytest.mark.django_db
def test_v_d1_the_last_of_two_rates_is_taken_back_and_the_only_one_is_not() -> None:
    federation = places.voi().head.federation
    first, second = (rate("percent", D(year, 1, 1), pk=year, federation=federation) for year in (2039, 2040))
    check_rate_unused(second, [second, first])
    for one, rates in ((first, [second, first]), (first, [first])):
        with refused("V-D1"):
            check_rate_unused(one, rates)


# Charges of a year


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "years"),
    [("2039-12-31T23:59", [2039]), ("2040-01-01T00:01", [2039, 2040]), ("2041-01-01", [2039, 2040, 2041])]
)  # fmt: skip
def test_v_b4_an_admission_of_31_december_is_charged_for_every_year_that_has_begun(
    today: str, years: list[int]
) -> None:
    place = places.voi()
    with at(today):
        member = place.put()
        admit(place, [member], D(2039, 12, 31))
    later = [("annual", year, D(year, 1, 1), D(year, 6, 30)) for year in years[1:]]
    assert charged(member) == [
        ("entrance", None, D(2039, 12, 31), D(2040, 1, 10)),
        ("annual", 2039, D(2039, 12, 31), D(2040, 1, 10)),
        *later,
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("joined_on", "expected"),
    [
        (D(2039, 12, 31), [("annual", 2040, D(2040, 1, 1), D(2040, 6, 30))]),
        (D(2040, 1, 1), [("annual", 2040, D(2040, 1, 1), D(2040, 6, 30))]),
        (D(2040, 6, 30), [("annual", 2040, D(2040, 6, 30), D(2040, 6, 30))]),
        (D(2040, 7, 1), [("annual", 2040, D(2040, 7, 1), D(2040, 7, 11))]),
        (D(2040, 12, 31), [("annual", 2040, D(2040, 12, 31), D(2041, 1, 10))]),
        (D(2041, 1, 1), []),
    ],
)
def test_v_d1_a_year_is_charged_from_the_joining_and_not_to_who_joined_later(
    joined_on: dt.date, expected: list[Any]
) -> None:
    place = places.voi()
    with at("2041-02-01"):
        # The organisation uses the registry from that day, so earlier members come from a list, without a decision.
        Organization.objects.filter(pk=place.keeper.pk).update(created_at=timezone.now())
        member = place.put(joined_on=joined_on)
        assert charge_new_year(place.keeper.pk, 2040, by=place.chair) == len(expected)
    assert charged(member) == expected


@pytest.mark.django_db
def test_v_d1_who_has_paid_a_later_year_may_lack_the_charge_of_an_earlier_one() -> None:
    place = places.voi()
    with at("2040-06-15T12:00:00"):
        place.put()
        charge_new_year(place.keeper.pk, 2040, by=place.chair)
        (account,) = DuesAccount.objects.all()
        pay(place, account.member)
        account.refresh_from_db()
        assert account.paid_to == 2040
        assert [uncharged_organizations(year) for year in (2039, 2040)] == [[place.keeper.pk], []]
        charge_new_year(place.keeper.pk, 2039, by=place.chair)
        account.refresh_from_db()
        assert (account.paid_to, uncharged_organizations(2039), uncharged_organizations(2040)) == (None, [], [])


def test_v_d1_without_a_day_of_joining_the_last_paid_year_is_only_limited_by_today() -> None:
    check_paid_to(Member(), 2010, D(2020, 12, 31))
    with refused("V-D1", field="paid_to"):
        check_paid_to(Member(joined_on=D(2012, 1, 1)), 2010, D(2020, 12, 31))


@pytest.mark.django_db
def test_u_d1_members_of_a_federation_without_annual_fee_lack_no_charge() -> None:
    places.union().put()
    keeper = places.voi()
    assert uncharged_organizations(2040) == []
    keeper.put()
    assert uncharged_organizations(2040) == [keeper.keeper.pk]


@pytest.mark.django_db
def test_v_d1_rates_and_their_charges_are_those_of_one_federation() -> None:
    far, place = places.voi(), places.voi()
    by = trees.officer(place.head)
    with at("2040-03-05"):
        admit(far, [far.put()], D(2040, 3, 5))
        new = set_rate(
            place.head.federation, fee="entrance", amount=SUM, valid_from=D(2040, 3, 5), paper="Постановление", by=by
        )
        assert Event.objects.get(action="dues.rate_set").organization == place.head
        with pytest.raises(Rate.DoesNotExist):
            take_rate_back(new.pk, federation=far.head.federation, by=trees.officer(far.head))
        take_rate_back(new.pk, federation=place.head.federation, by=by)


@pytest.mark.both
@pytest.mark.django_db
def test_v_d1_the_new_year_charges_who_was_entered_before_its_first_minute() -> None:
    place = places.voi()
    with at("2039-12-31T23:59:00"):
        before = place.put()
        assert uncharged_organizations(2039) == [place.keeper.pk]
    with at("2040-01-01T00:00:00"):
        after = place.put(snils="", ticket_number="2", surname="Вторая")
        list(charge_years(D(2040, 1, 1)))
        assert uncharged_organizations(2040, known_before=D(2040, 1, 1)) == []
        assert uncharged_organizations(2040) == [place.keeper.pk]
    assert charged(before) == [("annual", 2040, D(2040, 1, 1), D(2040, 6, 30))]
    assert charged(after) == []


@pytest.mark.django_db
def test_v_d1_a_card_entered_in_the_first_moment_of_the_year_is_not_known_before_it() -> None:
    place = places.voi()
    moment = dt.datetime(2040, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    members = {}
    for name, created in (("before", moment - dt.timedelta(microseconds=1)), ("at", moment)):
        members[name] = place.put(snils="", ticket_number=name, surname="Первая" if name == "at" else "Вторая")
        Member.objects.filter(pk=members[name].pk).update(created_at=created)
    with at("2040-01-02"):
        assert uncharged_organizations(2040, known_before=D(2040, 1, 1)) == [place.keeper.pk]
        charge_new_year(place.keeper.pk, 2040, by=place.chair, known_before=D(2040, 1, 1))
        assert uncharged_organizations(2040, known_before=D(2040, 1, 1)) == []
    assert {name: len(charged(member)) for name, member in members.items()} == {"before": 1, "at": 0}


# Arrears


@pytest.mark.both
@pytest.mark.django_db
def test_v_b16_arrears_begin_on_the_day_after_the_term() -> None:
    place = places.voi()
    with at("2040-03-05"):
        member = place.put()
        charge_new_year(place.keeper.pk, 2040, by=place.chair)
    account = DuesAccount.objects.get(member=member)
    found = {}
    for day in (D(2040, 6, 29), D(2040, 6, 30), D(2040, 7, 1)):
        found[day] = (
            arrears(member, day),
            standing_of(member).overdue(day),
            owed_by(DuesAccount.objects.all(), day),
            with_standing(Member.objects.all(), "arrears", day).count(),
            standing_pill(account, day)[1],
        )
    nothing = (0, 0, (0, 0), 0, "warn")
    assert found == {D(2040, 6, 29): nothing, D(2040, 6, 30): nothing, D(2040, 7, 1): (SUM, SUM, (1, SUM), 1, "bad")}


@pytest.mark.django_db
def test_v_d1_a_payment_counts_from_its_day_and_a_kopeck_less_is_unpaid() -> None:
    place = places.voi()
    with at("2040-07-20"):
        member = place.put()
        charge_new_year(place.keeper.pk, 2040, by=place.chair)
        pay(place, member, amount=SUM - KOPECK, made_on=D(2040, 7, 9))
        everybody = Member.objects.filter(pk=member.pk)
        today = D(2040, 7, 20)
        wanted = ("unpaid", "paid", "advance")
        assert [with_standing(everybody, name, today).count() for name in wanted] == [1, 0, 0]
        pay(place, member, amount=KOPECK, made_on=D(2040, 7, 10))
        assert [with_standing(everybody, name, today).count() for name in wanted] == [0, 1, 0]
        assert [with_standing(everybody, "paid", D(year, 12, 31)).count() for year in (2039, 2040, 2041)] == [1, 1, 0]
        pay(place, member, year=2041, amount=KOPECK, made_on=D(2040, 7, 11))
        assert [with_standing(everybody, name, today).count() for name in wanted] == [0, 1, 1]
    days = (D(2040, 7, 8), D(2040, 7, 9), D(2040, 7, 10), D(2040, 7, 11))
    assert [arrears(member, day) for day in days] == [SUM, KOPECK, 0, 0]


@pytest.mark.django_db
def test_v_b4_the_entrance_fee_is_paid_on_the_day_of_its_last_kopeck() -> None:
    place = places.voi()
    with at("2040-03-20"):
        member = place.put()
        admit(place, [member], D(2040, 3, 5))
        today = D(2040, 3, 20)
        for day, amount, paid_on, due in (
            (D(2040, 3, 6), SUM - KOPECK, None, [D(2040, 3, 15)]),
            (D(2040, 3, 7), KOPECK, D(2040, 3, 7), []),
        ):
            pay(place, member, fee="entrance", year=None, amount=amount, made_on=day)
            assert standing_of(member).entrance_paid_on == paid_on
            assert [task.due for task in entrance_fees(place.chair, today)] == due
            assert with_standing(Member.objects.all(), "entrance", today).count() == len(due)
        # Only the annual fee is still unpaid.
        assert with_standing(Member.objects.all(), "unpaid", today).count() == 1


@pytest.mark.django_db
def test_v_b10_leaving_waits_for_the_year_before_that_of_the_leaving() -> None:
    place = places.voi()
    with at("2040-01-10"):
        member = place.put()
        charge_new_year(place.keeper.pk, 2039, by=place.chair)
        charge_new_year(place.keeper.pk, 2040, by=place.chair)
        check_left_paid(member, on=D(2039, 12, 31), reason=EndReason.OWN_WISH)
        with refused("V-B10"):
            check_left_paid(member, on=D(2040, 1, 1), reason=EndReason.OWN_WISH)
        pay(place, member, year=2039, amount=SUM - KOPECK, made_on=D(2040, 1, 9))
        with refused("V-B10"):
            check_left_paid(member, on=D(2040, 12, 31), reason=EndReason.OWN_WISH)
        pay(place, member, year=2039, amount=KOPECK, made_on=D(2040, 1, 9))
        check_left_paid(member, on=D(2040, 1, 1), reason=EndReason.OWN_WISH)
        # The fee of the year of leaving is only a warning.
        assert [len(warnings(member, on=day)) for day in (D(2039, 12, 31), D(2040, 1, 1), D(2041, 1, 1))] == [0, 1, 0]
