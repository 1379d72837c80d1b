"""After any sequence of charges, payments and reversals, the standing is exact to the kopeck (V-D1, N-D1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from dues.contributions.models import PropertyContribution
from dues.contributions.rules import Term
from dues.contributions.transitions import (
    cancel_contribution,
    charge_contribution,
    reverse_contribution,
    set_contribution,
)
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment, reverse_payment
from registry.errors import RuleViolation
from tests.conftest import examples
from tests.members import places

from .test_ledger import admit, undo, wrong

TODAY = timezone.localdate()
YEARS = range(TODAY.year - 3, TODAY.year + 2)
STEPS = st.one_of(
    st.tuples(st.just("year"), st.sampled_from(YEARS)),
    st.tuples(st.just("admit"), st.sampled_from(YEARS[:-1])),
    st.tuples(st.just("undo")),
    st.tuples(
        st.just("pay"),
        st.sampled_from([("annual", year) for year in YEARS] + [("entrance", None), ("voluntary", None)]),
        st.integers(1, 12_000),
    ),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    # Three property contributions of the current year, in two instalments each.
    st.tuples(st.just("contribute"), st.integers(0, 2)),
    st.tuples(st.just("give"), st.integers(0, 2), st.integers(1, 12_000)),
    st.tuples(st.just("cancel"), st.integers(0, 2)),
)
#: Days from today to the due date of each instalment, and its kopecks.
INSTALMENTS = ((20, 3000), (50, 4000))


@dataclass
class Books:
    """The same books kept independently: kopecks in dictionaries."""

    #: By fee and year: kopecks and due date.
    charged: dict[tuple[str, int | None], tuple[int, dt.date]] = field(default_factory=dict)
    paid: list[tuple[str, int | None, int]] = field(default_factory=list)
    #: By the number of the contribution: kopecks charged and paid.
    contributions: dict[int, tuple[int, int]] = field(default_factory=dict)

    def charge(self, fee: str, year: int | None, due: dt.date) -> None:
        self.charged.setdefault((fee, year), (5000, due))

    def left(self) -> dict[tuple[str, int | None], int]:
        """Return the unpaid part of each charge: payments for a year cover that year, other money the oldest first."""
        found = {}
        for fee in ("entrance", "annual"):
            row = sorted((due, year) for (kind, year), (_sum, due) in self.charged.items() if kind == fee)
            named = {year: sum(s for f, y, s in self.paid if (f, y) == (fee, year)) for _due, year in row}
            gaps = [max(0, 5000 - (named[year] if fee == "annual" else 0)) for _due, year in row]
            pool = self.beyond_named(fee, named)
            for (_due, year), gap, sum_so_far in zip(row, gaps, accumulate(gaps), strict=True):
                found[fee, year] = max(0, min(gap, sum_so_far - pool))
        return found

    def beyond_named(self, fee: str, named: dict[int | None, int]) -> int:
        total = sum(s for f, _y, s in self.paid if f == fee)
        return total - (sum(min(5000, s) for s in named.values()) if fee == "annual" else 0)

    def kept(self) -> tuple[Decimal, dt.date | None, int | None, Decimal]:
        left = self.left()
        debts = [self.charged[kind][1] for kind, rest in left.items() if rest]
        given = [self.instalments(charged, paid) for charged, paid in self.contributions.values()]
        debts += [TODAY + dt.timedelta(days=days) for rests in given for days, rest in rests if rest]
        years = sorted(year for fee, year in self.charged if fee == "annual" and year)
        clean = [year for year in years if not any(left["annual", y] for y in years if y <= year)]
        kinds = [kind for kind in ("annual", "entrance") if kind == "annual" or ("entrance", None) in self.charged]
        received = sum(s for f, _y, s in self.paid if f in kinds)
        covered = sum(5000 - rest for rest in left.values())
        unpaid = sum(left.values()) + sum(rest for rests in given for _days, rest in rests)
        kopecks = Decimal(unpaid), Decimal(received - covered)
        return kopecks[0] / 100, min(debts, default=None), max(clean, default=None), kopecks[1] / 100

    @staticmethod
    def instalments(charged: int, paid: int) -> list[tuple[int, int]]:
        """Return the unpaid part of each instalment; nothing is left of a cancelled contribution."""
        found = []
        for days, kopecks in INSTALMENTS:
            part = min(kopecks, charged)
            charged -= part
            covered = min(part, paid)
            paid -= covered
            found.append((days, part - covered))
        return found


def term(decided_on: dt.date) -> dt.date:
    last = dt.date(decided_on.year, 6, 30)
    return decided_on + dt.timedelta(days=10) if decided_on > last else last


def contribution(place: places.Place, number: int) -> PropertyContribution:
    terms = [Term(TODAY + dt.timedelta(days=days), Decimal(kopecks) / 100) for days, kopecks in INSTALMENTS]
    return set_contribution(
        place.keeper.pk, title=f"Взнос {number}", spending="По смете", terms=terms, body="conference",
        number=str(number), decided_on=TODAY, by=place.chair,
    )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=examples(40))
@given(steps=st.lists(STEPS, min_size=6, max_size=18))
def test_n_d1_any_sequence_of_charges_payments_and_reversals_agrees_with_books_kept_by_hand(
    steps: list[tuple[object, ...]],
) -> None:
    place = places.voi()
    long_ago = dt.date(YEARS[0], 1, 1)
    member = place.put(joined_on=long_ago, registered_on=long_ago, joined_year_only=True)
    contributions = [contribution(place, number) for number in range(3)]
    books = Books()
    standing: list[tuple[int, tuple[str, int | None, int]]] = []
    for number, (verb, *what) in enumerate(steps):
        try:
            if verb == "year":
                charge_new_year(place.keeper.pk, what[0], by=place.chair)
                books.charge("annual", what[0], dt.date(what[0], 6, 30))
            elif verb == "admit":
                decided_on = dt.date(what[0], 9, 15)
                admit(place, [member], decided_on)
                books.charge("entrance", None, decided_on + dt.timedelta(days=10))
                books.charge("annual", what[0], term(decided_on))
                for year in range(what[0] + 1, TODAY.year + 1):
                    books.charge("annual", year, dt.date(year, 6, 30))
            elif verb == "undo":
                undo(place, [member])
                books.charged.clear()
                books.contributions.clear()
            elif verb == "pay":
                (fee, year), kopecks = what
                entry = record_payment(
                    member.pk,
                    fee=fee,
                    year=year,
                    amount=Decimal(kopecks) / 100,
                    made_on=TODAY,
                    paper="Ведомость",
                    key=str(number),
                    by=place.chair,
                ).entry
                books.paid.append((fee, year, kopecks))
                standing.append((entry.pk, (fee, year, kopecks)))
            elif verb == "contribute":
                if charge_contribution(contributions[what[0]].pk, place.keeper.pk, by=place.chair):
                    books.contributions[what[0]] = (sum(kopecks for _days, kopecks in INSTALMENTS), 0)
            elif verb == "give":
                record_payment(
                    member.pk,
                    fee="property",
                    year=TODAY.year,
                    contribution=contributions[what[0]].pk,
                    amount=Decimal(what[1]) / 100,
                    made_on=TODAY,
                    paper="Ведомость",
                    key=str(number),
                    by=place.chair,
                )
                charged, paid = books.contributions[what[0]]
                books.contributions[what[0]] = (charged, paid + what[1])
            elif verb == "cancel":
                cancel_contribution(contributions[what[0]].pk, reason="Отменено", by=place.chair)
                reverse_contribution(contributions[what[0]].pk, place.keeper.pk, by=place.chair)
                _charged, paid = books.contributions.get(what[0], (0, 0))
                books.contributions[what[0]] = (paid, paid)
            elif standing:
                pk, line = standing.pop(what[0] % len(standing))
                reverse_payment(pk, reason="Ошибка", by=place.chair)
                books.paid.remove(line)
        except RuleViolation:
            pass
        account = DuesAccount.objects.get(member=member)
        assert (account.unpaid, account.unpaid_since, account.paid_to, account.advance) == books.kept()
    entries = LedgerEntry.objects.filter(account__member=member)
    payments = entries.filter(kind="payment", reversed_by__isnull=True).exclude(fee="property")
    assert (payments.count(), wrong()) == (len(books.paid), [])
