"""A property contribution in instalments in the demonstration: paid, partly paid, and owed (V-D2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.contributions.queries import charged_by
from dues.contributions.rules import Term
from dues.contributions.transitions import charge_contribution, set_contribution
from dues.payments.transitions import Paid, record_payments
from registry.organizations.models import Organization

from ..access import Actor
from ..days import day_text
from .people import People

#: Days since the decision, since the first term and until the second one; the two sums.
_DECIDED, _FIRST, _SECOND = 60, 12, 50
_SUMS = (Decimal(100), Decimal(150))


def instalments(keeper: Organization, people: People, by: Actor) -> None:
    """Charge a contribution whose first term is over: most have paid the first part, some everything, a few nothing."""
    today, chance = people.today, people.chance

    def ago(days: int) -> dt.date:
        return today - dt.timedelta(days=days)

    contribution = set_contribution(
        keeper.pk,
        title="Ремонт помещения правления",
        spending="На ремонт по смете, утверждённой правлением; отчёт – на следующей конференции.",
        terms=[Term(ago(_FIRST), _SUMS[0]), Term(ago(-_SECOND), _SUMS[1])],
        body="conference",
        number="3",
        decided_on=ago(_DECIDED),
        by=by,
    )
    charge_contribution(contribution.pk, keeper.pk, by=by)
    paid: list[Paid] = []
    for member in charged_by(contribution).order_by("pk"):
        share = chance.random()
        amount = sum(_SUMS) if share < 0.25 else _SUMS[0] if share < 0.85 else _SUMS[0] / 2 if share < 0.93 else None
        if amount is not None:
            day = ago(chance.randint(_FIRST, _DECIDED - 15))
            paper = f"Квитанция № {chance.randint(100, 400)} от {day_text(day)}"
            year = contribution.decided_on.year
            key = f"demo-{member.pk}-property-{contribution.pk}"
            paid.append(
                Paid(member.pk, "property", year, Decimal(amount), day, paper, key, contribution=contribution.pk)
            )
    record_payments(keeper.pk, paid, by=by)
