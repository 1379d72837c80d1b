"""Dues of the demonstration: two years charged, mostly paid, some in arrears or partly paid (V-D1)."""

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
from .years import months

_FEE = Decimal("50.00")


def collect(keeper: Organization, people: People, by: Actor) -> None:
    """Charge both years and record payments: nine of ten members pay, a few partly or in advance."""
    today, chance = people.today, people.chance
    # Earlier ones are in paper registers.
    first_year = today.year - 1
    for year in (first_year, today.year):
        charge_new_year(keeper.pk, year, by=by)
    paid: list[Paid] = []

    def pay(member: Member, fee: str, year: int | None, amount: Decimal, day: dt.date) -> None:
        paper = f"Ведомость № {chance.randint(1, 12)} от {day_text(day)}"
        paid.append(Paid(member.pk, fee, year, amount, day, paper, f"demo-{member.pk}-{fee}-{year or ''}"))

    for member in Member.objects.visible_to(by).filter(organization=keeper).order_by("pk"):
        joined = member.joined_on or today
        if joined.year >= first_year:
            pay(member, "entrance", None, _FEE, min(joined + dt.timedelta(days=chance.randint(0, 9)), today))
        lazy = chance.random() < 0.05
        for year in range(max(first_year, joined.year), today.year + 1):
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
            pay(member, "voluntary", None, given, people.day(max(joined, dt.date(first_year, 1, 10)), today))
    record_payments(keeper.pk, paid, by=by)


def collect_in_cash(keeper: Organization, people: People, by: Actor, *, monthly: bool = False) -> None:
    """Record the percentage of members who pay in cash, for each month since last year or for one (U-D1)."""
    chance, today = people.chance, people.today
    paid: list[Paid] = []
    for member in Member.objects.visible_to(by).filter(organization=keeper, dues_form="cash").order_by("pk"):
        joined = member.joined_on or today
        usual = chance.randint(280_00, 620_00)
        found = [month.replace(day=25) for month in months(today.year - 1, today)] if monthly else []
        if chance.random() < 0.8:
            found.append(people.day(max(joined, today - dt.timedelta(days=60)), today))
        for day in found:
            if joined <= day <= today and chance.random() < 0.9:
                amount = Decimal(usual * chance.randint(90, 110) // 100) / 100
                paper = f"ПКО № {chance.randint(1, 90)} от {day_text(day)}"
                paid.append(Paid(member.pk, "percent", day.year, amount, day, paper, f"demo-{member.pk}-{len(paid)}"))
    record_payments(keeper.pk, paid, by=by)
