"""Dues through the employer in the demonstration: statements in every state (U-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.payroll.models import Employer
from dues.payroll.transitions.employers import add_employer, end_deduction, hand_over, prepare_statements
from members.people.models import Member
from registry.organizations.models import Organization

from ..access import Actor
from .people import People

#: Number of members with a statement at the employer, prepared, and withdrawn.
_WITH_EMPLOYER, _PREPARED, _ENDED = 24, 4, 1


def deduct(keeper: Organization, people: People, by: Actor) -> None:
    """Add the employer of the passport, and statements of its employees."""
    today = people.today
    passport = keeper.passport
    employer = add_employer(
        keeper.pk,
        name=passport.employer_name,
        inn=passport.employer_inn,
        addressee="Директору",
        contact="Бухгалтерия, тел. +7 487 255-00-19",
        by=by,
    )
    cashless = Member.objects.visible_to(by).registered().filter(organization=keeper, dues_form="cashless")
    ids = list(cashless.order_by("pk").values_list("pk", flat=True)[: _WITH_EMPLOYER + _PREPARED])
    begins_on = dt.date(today.year, 1, 1)
    handed = _statements(employer, ids[:_WITH_EMPLOYER], begins_on, by)
    if handed:
        hand_over(employer.pk, handed, handed_over_on=begins_on, by=by)
        end_deduction(handed[-_ENDED], ends_on=today, by=by)
    _statements(employer, ids[_WITH_EMPLOYER:], today.replace(day=1), by)


def _statements(employer: Employer, ids: list[int], begins_on: dt.date, by: Actor) -> list[int]:
    if not ids:
        return []
    made = prepare_statements(employer.pk, ids, percent=Decimal("1.00"), begins_on=begins_on, by=by)
    return [deduction.pk for deduction in made]
