"""Reports of dues: figures are the sums of their lines, levels agree, scope is respected (V-D1, N-D1, N-H1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dues.collecting.transitions import (
    appoint_collector,
    begin_collecting,
    close_register,
    enter_sums,
    open_register,
)
from dues.ledger.integrity import reversals, sides, standings
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.queries.figures import year_sums
from dues.ledger.rules.standing import live, standing
from dues.payments.transitions import reverse_payment
from dues.reports.enums import Figure
from dues.reports.queries.asked import OTHERS, Asked
from dues.reports.queries.debts import debts
from dues.reports.queries.lines import Lines
from dues.reports.queries.showing import way_name
from dues.reports.queries.sums import (
    Row,
    Sums,
    by_day,
    by_dues,
    by_month,
    by_part,
    by_way,
    paid_on_days,
    total_of,
)
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from tests.clock import at
from tests.dues.collecting.world import TODAY, YEAR
from tests.registry import trees

from .world import END, NEW_YEAR, Reported, pay, reported

pytestmark = pytest.mark.django_db
NOTHING = Decimal("0.00")


@pytest.fixture
def w() -> Reported:
    return reported()


def recounted(row: Row, actor: Actor) -> Sums:
    """Return the sums of the row, computed from its lines."""
    found = {}
    for figure in Figure:
        lines = Lines(figure, row.asked, actor)
        count, total = lines.total()
        every = lines.part(0, 10_000)
        assert (len(every), sum((line.amount for line in every), NOTHING)) == (count, total)
        found[figure.value] = total
    return Sums(found["charged"], found["paid"], found["owed"])


def checked(rows: Iterable[Row], actor: Actor, figures: Iterable[str] = Figure.values) -> Sums:
    """Check every figure of the rows against its lines, and return the total."""
    rows = list(rows)
    for row in rows:
        lines = recounted(row, actor)
        assert {figure: row.sums.of(figure) for figure in figures} == {f: lines.of(f) for f in figures}, row
    return total_of(rows)


def by_hand(accounts: Iterable[DuesAccount], last: dt.date) -> Decimal:
    """Return the sum of the accounts' arrears at the end of the day, by the rule of the ledger for each account."""
    owed = NOTHING
    for account in accounts:
        known = [e for e in live(account.entries.all()) if e.made_on <= last]
        owed += standing(known).unpaid
    return owed


def test_n_d1_the_sums_of_a_year_are_those_of_the_ledger(w: Reported) -> None:
    fees, years = by_dues(w.year(), w.chair)
    assert [(row.key, row.sums) for row in fees] == [
        ("entrance", Sums(paid=Decimal("10.00"))),
        # Seven people are charged; the one who left and the blocked one are excluded from the debts.
        ("annual", Sums(Decimal("350.00"), Decimal("215.01"), Decimal("307.99"))),
        ("voluntary", Sums(paid=Decimal("500.00"))),
    ]
    assert total_of(fees) == total_of(years)
    sums = year_sums(w.chair, YEAR, TODAY)
    assert (sums.charged, sums.paid) == (total_of(fees).charged, total_of(fees).paid)
    assert [*standings(), *sides(), *reversals()] == []


@pytest.mark.parametrize("level", ["keeper", "region", "head"])
def test_n_d1_every_figure_is_the_sum_of_its_lines_on_every_level(w: Reported, level: str) -> None:
    place, actor = getattr(w, level), {"keeper": w.chair, "region": w.region_chair, "head": w.head_chair}[level]
    asked = w.year(place)
    fees, years = by_dues(asked, actor)
    total = checked([Row("", total_of(fees), asked)], actor)
    assert total == checked(fees, actor) == checked(years, actor) == checked(by_part(asked, actor), actor)
    only_paid = [Figure.PAID]
    assert total.paid == checked(by_way(asked, actor), actor, only_paid).paid
    assert total.paid == checked(by_day(asked, actor), actor, only_paid).paid
    # Fees within a year, and years within a fee.
    for row in fees:
        within, its_years = by_dues(row.asked, actor)
        assert [one.sums for one in within] == [row.sums]
        assert checked(its_years, actor) == row.sums


def test_n_d1_what_a_part_opens_is_the_figure_of_the_part(w: Reported) -> None:
    for place, actor in ((w.head, w.head_chair), (w.region, w.region_chair), (w.keeper, w.chair)):
        for row in by_part(w.year(place), actor):
            if row.key != OTHERS:
                assert total_of(by_dues(w.year(row.about), actor)[0]) == row.sums
    parts = {row.key: row.sums for row in by_part(w.year(w.region), w.region_chair)}
    assert parts == {
        w.keeper.pk: Sums(Decimal("350.00"), Decimal("725.01"), Decimal("307.99")),
        w.other.pk: Sums(Decimal("50.00"), Decimal("20.00"), Decimal("80.00")),
    }


def test_n_d1_those_in_no_cell_who_left_or_are_blocked_stay_in_the_books(w: Reported) -> None:
    rows = {row.key: row.sums for row in by_part(w.year(), w.chair)}
    # The member who left, the blocked one and the one without a cell; only the debt of the last is visible.
    assert rows[OTHERS] == Sums(Decimal("150.00"), Decimal("150.01"), Decimal("39.99"))
    lines = Lines(Figure.PAID, replace(w.year(), others=True), w.chair).part(0, 50)
    assert {line.member for line in lines} == {Member.objects.get(pk=w.alone.pk), None}
    assert set(rows) == {OTHERS, *(cell.pk for cell in w.cells)}


def test_n_d1_debts_of_a_day_are_what_the_standing_of_each_member_says(w: Reported) -> None:
    for last in (TODAY, END, dt.date(YEAR - 1, 12, 31), dt.date(YEAR - 1, 12, 30), dt.date(YEAR - 2, 1, 1)):
        asked = Asked(w.keeper, dt.date(YEAR - 1, 1, 1), last)
        seen = DuesAccount.objects.visible_to(w.chair)
        assert sum((debt.owed for debt in debts(asked, w.chair)), NOTHING) == by_hand(seen, last)
    stored = DuesAccount.objects.visible_to(w.chair).values_list("unpaid", flat=True)
    assert sum(stored, NOTHING) == total_of(by_dues(w.year(), w.chair)[0]).owed


def test_n_d1_a_payment_covers_its_year_and_the_rest_the_oldest(w: Reported) -> None:
    # Of 60.01 for this year, 50 cover it, and the rest covers part of the previous year.
    lines = Lines(Figure.OWED, replace(w.year(), others=True), w.chair)
    assert lines.total() == (1, Decimal("39.99"))
    assert Lines(Figure.OWED, replace(w.year(), others=True, year=YEAR), w.chair).total() == (0, NOTHING)
    assert Lines(Figure.OWED, replace(w.year(), others=True, year=YEAR - 1), w.chair).total() == (1, Decimal("39.99"))
    by_year = {debt.year: debt.owed for debt in debts(w.year(w.cells[0]), w.chair)}
    # Three people owe last year; for this year one has paid all, one half, and one nothing after the reversal.
    assert by_year == {YEAR - 1: Decimal("150.00"), YEAR: Decimal("75.00")}


def test_n_d1_the_rest_of_a_payment_covers_the_charge_that_is_due_first(w: Reported) -> None:
    charged = LedgerEntry.objects.filter(account__member=w.alone, kind="charge").order_by("year")
    assert [entry.year for entry in charged] == [YEAR - 1, YEAR]
    for paid, owed in (("39.98", (1, Decimal("0.01"))), ("0.01", (0, NOTHING)), ("45.00", (0, NOTHING))):
        # The next year is not charged yet.
        pay(w.alone, paid, w.chair, year=YEAR + 1)
        assert Lines(Figure.OWED, replace(w.year(), others=True), w.chair).total() == owed


def test_n_d1_a_reversed_payment_counts_on_no_day(w: Reported) -> None:
    assert Decimal("40.00") not in {line.amount for line in Lines(Figure.PAID, w.year(), w.chair).part(0, 99)}
    before = total_of(by_dues(w.year(), w.chair)[0])
    made = pay(w.alone, "5.00", w.chair, fee="voluntary", year=None)
    assert total_of(by_dues(w.year(), w.chair)[0]).paid == before.paid + 5
    reverse_payment(made.pk, reason="ошибка", by=w.chair)
    assert total_of(by_dues(w.year(), w.chair)[0]) == before


def test_n_d1_former_books_are_neither_charged_nor_paid(w: Reported) -> None:
    last_year = Asked(w.keeper, dt.date(YEAR - 1, 1, 1), dt.date(YEAR - 1, 12, 31))
    assert LedgerEntry.objects.filter(key__startswith="opening:").exists()
    fees = {row.key: (row.sums.charged, row.sums.paid) for row in by_dues(last_year, w.chair)[0]}
    assert fees["annual"] == (Decimal("350.00"), Decimal("7.00"))


def test_v_d4_what_a_collector_received_is_their_row(w: Reported) -> None:
    rows = [(row.key, row.about, row.sums.paid) for row in by_way(w.year(), w.chair)]
    assert rows == [
        ("collector", w.collecting.order, Decimal("75.00")),
        ("received", None, Decimal("650.01")),
    ]
    (above, _papers) = by_way(w.year(w.region), w.region_chair)
    assert (above.key, above.about, above.sums.paid) == ("collector", w.collecting.order, Decimal("75.00"))
    assert Lines(Figure.PAID, above.asked, w.region_chair).total()[1] == Decimal("75.00")
    name = way_name(above.key, above.about, w.region)
    assert (name.endswith(f", {w.keeper.short_name}"), w.keeper.short_name in way_name("collector", above.about)) == (
        True, False,
    )  # fmt: skip


@pytest.mark.parametrize(("most", "named"), [(2, True), (1, False)])
def test_v_d4_too_many_collectors_of_organisations_below_are_one_row(
    w: Reported, monkeypatch: pytest.MonkeyPatch, most: int, named: bool
) -> None:
    """There are two collectors and every other way of payment; the organisation that appointed them sees all names."""
    second = appoint_collector(w.keeper.pk, number="9", issued_on=TODAY, full_name="Липова Анна Ильинична", by=w.chair)
    register = begin_collecting(
        open_register(second.pk, cell_id=w.cells[1].pk, fee="annual", year=YEAR, by=w.chair).pk, by=w.chair
    )
    line = register.lines.order_by("position")[0]
    enter_sums(register.pk, {line.pk: (Decimal("43.00"), TODAY)}, by=w.chair)
    close_register(register.pk, by=w.chair)
    monkeypatch.setattr("dues.reports.queries.sums.MAX_COLLECTORS", most)
    above = [(row.key, row.about, row.sums.paid) for row in by_way(w.year(w.region), w.region_chair)]
    collectors = [("collector", w.collecting.order, Decimal("75.00")), ("collector", second, Decimal("43.00"))]
    assert above[: 2 if named else 1] == (collectors if named else [("collector", None, Decimal("118.00"))])
    below = [(row.key, row.about, row.sums.paid) for row in by_way(w.year(), w.chair)]
    assert below[:2] == collectors


def test_n_d1_days_and_months_of_two_years(w: Reported) -> None:
    assert paid_on_days(w.year(), w.chair) == {TODAY: Decimal("725.01")}
    months = by_month(w.year(), w.chair)
    december, this = months[11], months[TODAY.month - 1]
    assert (december.before, december.before_until) == (Decimal("7.00"), Decimal("7.00"))
    assert (this.this, this.until) == (Decimal("725.01"), Decimal("725.01"))
    later = [(month.this, month.until) for month in months[TODAY.month :]]
    assert later == [(None, None)] * (12 - TODAY.month)
    assert [month.before for month in months[:11]] == [NOTHING] * 11


def test_n_d1_a_month_that_has_begun_has_a_sum_and_a_later_one_none(w: Reported) -> None:
    with at("2040-02-29"):
        months = by_month(Asked(w.keeper, dt.date(2040, 1, 1), dt.date(2040, 12, 31)), w.chair)
    assert [(month.this, month.until) for month in months[:3]] == [(0, 0), (0, 0), (None, None)]


def test_n_h1_nobody_gets_figures_from_outside_their_subtree(w: Reported) -> None:
    cell_chair = trees.officer(w.cells[1], Role.CHAIR, "Ячейкина")
    for asked in (w.year(w.cells[0]), w.year(w.other)):
        assert (by_dues(asked, cell_chair), by_day(asked, cell_chair)) == (([], []), [])
    # In organisations above them they see only their own members.
    for asked in (w.year(), w.year(w.region)):
        assert total_of(by_dues(asked, cell_chair)[0]) == Sums(owed=Decimal("43.00"))
        assert {row.key for row in by_part(asked, cell_chair)} <= {w.cells[1].pk}
    own = total_of(by_dues(w.year(w.cells[1]), cell_chair)[0])
    assert own == Sums(Decimal("50.00"), Decimal("500.00"), Decimal("43.00"))
    collector = w.collecting.collector
    assert Lines(Figure.PAID, w.year(w.cells[0]), collector).total()[0] == 2
    stranger = trees.officer(w.other, Role.REVIEWER, "Веневская")
    for figure in Figure:
        assert Lines(figure, w.year(), stranger).total() == (0, NOTHING)


def test_queries_do_not_grow_with_people_and_organisations(w: Reported) -> None:
    def count() -> list[int]:
        found = []
        for make in (by_dues, by_part, by_way, by_day, by_month):
            with CaptureQueriesContext(connection) as captured:
                make(w.year(w.region), w.region_chair)
            found.append(len(captured))
        return found

    assert count() == [2, 3, 2, 1, 1]


def test_the_year_begins_and_ends_with_its_days(w: Reported) -> None:
    early = dt.date(YEAR - 1, 12, 31)
    assert total_of(by_dues(Asked(w.keeper, early, early), w.chair)[0]).paid == 7
    assert total_of(by_dues(Asked(w.keeper, early, NEW_YEAR), w.chair)[0]).charged == 350
    assert total_of(by_dues(Asked(w.keeper, early - dt.timedelta(1), early - dt.timedelta(1)), w.chair)[0]).paid == 0
