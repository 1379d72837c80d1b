"""Debts at the end of a day: expected by hand, by `recount`, by the lines of the report (N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from dues.contributions.rules import Term
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import Paid, record_payments, reverse_payment
from dues.reports.enums import Figure
from dues.reports.queries.asked import Asked
from dues.reports.queries.debts import debts
from dues.reports.queries.lines import Lines
from registry.access import Actor
from registry.organizations.models import Organization
from tests.dues import recount
from tests.dues.collecting.world import TODAY, YEAR
from tests.dues.contributions import world as contributions
from tests.dues.export import export
from tests.members import places

from .world import pay

pytestmark = pytest.mark.django_db
NOTHING = Decimal("0.00")
#: Two days before the charge of this year, and the day of the charge.
EARLIER, EVE, NEW_YEAR = dt.date(YEAR - 1, 12, 30), dt.date(YEAR - 1, 12, 31), dt.date(YEAR, 1, 1)
Owed = Mapping[tuple[str, int], str]
BOTH = {("annual", YEAR - 1): "50", ("annual", YEAR): "50"}
OLD, NEW = {("annual", YEAR - 1): "50"}, {("annual", YEAR): "50"}
NONE: Owed = {}


def owed_on(day: dt.date, place: Organization, actor: Actor) -> dict[tuple[str, int], Decimal]:
    """Return the debts by fee and year; check that the report's lines and the raw rows have the same sum."""
    asked = Asked(place, day, day)
    found = {(debt.fee, debt.year): debt.owed for debt in debts(asked, actor)}
    for (fee, year), owed in found.items():
        lines = Lines(Figure.OWED, Asked(place, day, day, fee=fee, year=year), actor)
        assert sum((line.amount for line in lines.part(0, 99)), NOTHING) == lines.total()[1] == owed
    entries = recount.grouped(export()["entries"], "account_id")
    rows = sum(recount.owed_on(own, day.isoformat()) for account, own in entries.items() if account)
    assert sum(found.values(), NOTHING) == Lines(Figure.OWED, asked, actor).total()[1] == Decimal(rows) / 100
    return found


def amounts(owed: Owed) -> dict[tuple[str, int], Decimal]:
    return {key: Decimal(amount) for key, amount in owed.items()}


@pytest.mark.parametrize(
    ("paid", "earlier", "eve", "new_year", "today"),
    [
        pytest.param([], OLD, OLD, BOTH, BOTH, id="nothing"),
        pytest.param([("50", YEAR - 1, EARLIER), ("50", YEAR, TODAY)], NONE, NONE, NEW, NONE, id="all to the kopeck"),
        pytest.param(
            [("49.99", YEAR - 1, EVE)],
            OLD,
            {("annual", YEAR - 1): "0.01"},
            {("annual", YEAR - 1): "0.01", ("annual", YEAR): "50"},
            {("annual", YEAR - 1): "0.01", ("annual", YEAR): "50"},
            id="all but a kopeck",
        ),
        # Until the year is charged, the money covers the previous year.
        pytest.param([("50", YEAR, EVE)], OLD, NONE, OLD, OLD, id="before the charge"),
        pytest.param([("100", YEAR - 1, EVE)], OLD, NONE, NONE, NONE, id="two years at once"),
        pytest.param([("0.01", YEAR + 1, EVE), ("99.99", YEAR, TODAY)], OLD,
            {("annual", YEAR - 1): "49.99"}, {("annual", YEAR - 1): "49.99", ("annual", YEAR): "50"}, NONE,
            id="by parts for other years",
        ),
        pytest.param([("70", YEAR, TODAY)], OLD, OLD, BOTH, {("annual", YEAR - 1): "30"}, id="the rest for the oldest"),
        pytest.param([("200", YEAR - 1, EARLIER)], NONE, NONE, NONE, NONE, id="in advance"),
    ],
)  # fmt: skip
def test_n_d1_a_payment_counts_from_its_day_and_only_for_charges_of_then(
    paid: Sequence[tuple[str, int, dt.date]], earlier: Owed, eve: Owed, new_year: Owed, today: Owed
) -> None:
    place = places.voi()
    member = place.put(joined_on=dt.date(2005, 3, 1))
    for year in (YEAR - 1, YEAR):
        charge_new_year(place.keeper.pk, year, by=place.chair)
    for amount, year, day in paid:
        pay(member, amount, place.chair, year=year, made_on=day)
    days = {EARLIER: earlier, EVE: eve, TODAY: today}
    if TODAY > NEW_YEAR:
        days[NEW_YEAR] = new_year
    assert {day: owed_on(day, place.keeper, place.chair) for day in days} == {k: amounts(v) for k, v in days.items()}
    assert owed_on(dt.date(YEAR - 2, 12, 31), place.keeper, place.chair) == {}


def test_n_d1_a_payment_that_is_reversed_has_covered_nothing_on_any_day() -> None:
    place = places.voi()
    member = place.put(joined_on=dt.date(2005, 3, 1))
    for year in (YEAR - 1, YEAR):
        charge_new_year(place.keeper.pk, year, by=place.chair)
    kept = pay(member, "20", place.chair, year=YEAR - 1, made_on=EARLIER)
    wrong = pay(member, "80", place.chair, year=YEAR - 1, made_on=EARLIER)
    assert owed_on(EVE, place.keeper, place.chair) == {}
    reverse_payment(wrong.pk, reason="ошибка", by=place.chair)
    assert owed_on(EVE, place.keeper, place.chair) == amounts({("annual", YEAR - 1): "30"})
    reverse_payment(kept.pk, reason="ошибка", by=place.chair)
    assert owed_on(EVE, place.keeper, place.chair) == amounts(OLD)
    assert owed_on(TODAY, place.keeper, place.chair) == amounts(BOTH)


def test_v_d2_money_of_one_kind_covers_no_other_kind_paid_by_the_same_form() -> None:
    w = contributions.setting()
    charge_new_year(w.keeper.pk, YEAR, by=w.chair)
    hall = w.set(terms=[Term(contributions.FIRST, Decimal(100)), Term(contributions.SECOND, Decimal(200))])
    w.charge(hall)
    year = hall.decided_on.year
    people = len(w.members)
    due = {("annual", YEAR): Decimal(50 * people), ("property", year): Decimal(300 * people)}
    assert owed_on(TODAY, w.keeper, w.chair) == due
    first = w.members[0].pk
    form = [
        Paid(first, "annual", YEAR, Decimal("70.00"), TODAY, "Квитанция", "one"),
        Paid(first, "property", year, Decimal("299.99"), TODAY, "Квитанция", "two", contribution=hall.pk),
        Paid(first, "voluntary", None, Decimal("500.00"), TODAY, "Квитанция", "three"),
    ]
    assert record_payments(w.keeper.pk, form, by=w.chair) == len(form)
    # The rest of the annual payment is an advance.
    due[("annual", YEAR)] -= 50
    due[("property", year)] -= Decimal("299.99")
    assert owed_on(TODAY, w.keeper, w.chair) == due
