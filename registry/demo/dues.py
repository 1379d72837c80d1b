"""Dues of the demonstration: two years charged, mostly paid, some in arrears or paid in part (V-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import Paid, record_payments
from members.people.models import Member
from registry.organizations.models import Organization

from ..access import Actor
from ..days import day_text
from .people import People

_FEE = Decimal("50.00")
#: First year with dues in the registry; earlier ones are in paper registers.
_FIRST = 2025


def collect(keeper: Organization, people: People, by: Actor) -> None:
    """Charge the years and record payments: nine of ten pay, a few in part or in advance."""
    today, chance = people.today, people.chance
    for year in range(_FIRST, today.year + 1):
        charge_new_year(keeper.pk, year, by=by)
    paid: list[Paid] = []

    def pay(member: Member, fee: str, year: int | None, amount: Decimal, day: dt.date) -> None:
        paper = f"Ведомость № {chance.randint(1, 12)} от {day_text(day)}"
        paid.append(Paid(member.pk, fee, year, amount, day, paper, f"demo-{member.pk}-{fee}-{year or ''}"))

    for member in Member.objects.visible_to(by).filter(organization=keeper).order_by("pk"):
        joined = member.joined_on or today
        if joined.year >= _FIRST:
            pay(member, "entrance", None, _FEE, min(joined + dt.timedelta(days=chance.randint(0, 9)), today))
        lazy = chance.random() < 0.05
        for year in range(max(_FIRST, joined.year), today.year + 1):
            first = max(dt.date(year, 1, 20), joined)
            if first > today:
                continue
            last = min(dt.date(year, 12, 20) if lazy else dt.date(year, 6, 30), today)
            if chance.random() < (0.4 if lazy else 0.94):
                part = chance.random() < 0.03
                pay(member, "annual", year, Decimal("20.00") if part else _FEE, people.day(first, max(first, last)))
        if chance.random() < 0.01:
            pay(member, "annual", today.year + 1, _FEE, people.day(max(joined, today - dt.timedelta(days=40)), today))
        if chance.random() < 0.02:
            given = Decimal(chance.choice((100, 200, 500)))
            pay(member, "voluntary", None, given, people.day(max(joined, dt.date(_FIRST, 1, 10)), today))
    record_payments(keeper.pk, paid, by=by)


def collect_in_cash(keeper: Organization, people: People, by: Actor) -> None:
    """Record one month's percentage for some members who pay in cash (U-D1)."""
    chance, today = people.chance, people.today
    paid = []
    for member in Member.objects.visible_to(by).filter(organization=keeper, dues_form="cash").order_by("pk"):
        if chance.random() < 0.8:
            day = people.day(max(member.joined_on or today, today - dt.timedelta(days=60)), today)
            amount = Decimal(chance.randint(28_000, 62_000)) / 100
            paper = f"ПКО № {chance.randint(1, 90)} от {day_text(day)}"
            paid.append(Paid(member.pk, "percent", day.year, amount, day, paper, f"demo-{member.pk}"))
    record_payments(keeper.pk, paid, by=by)
