"""Dues through the employer in the demonstration: statements in every state, lists of two months (U-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.payroll import loading
from dues.payroll.models import Deduction, Employer, PayrollList
from dues.payroll.transitions.employers import add_employer, end_deduction, hand_over, prepare_statements
from dues.payroll.transitions.posting import post_list
from members.people.models import Member
from registry.organizations.models import Organization, OrganizationPassport

from ..access import Actor
from .people import People

#: Account of the organisation, to which the dues are paid.
_ACCOUNT = {
    "bank": "Тульское отделение",
    "bik": "047003999",
    "account": "40703810200000000044",
    "correspondent_account": "30101810200000000999",
}
#: Number of members with a statement at the employer, prepared, and withdrawn.
_WITH_EMPLOYER, _PREPARED, _ENDED = 24, 4, 1
#: Number of members who are in neither list.
_LEFT_OUT = 2


def deduct(keeper: Organization, people: People, by: Actor) -> None:
    """Add the employer of the passport, and statements of its employees."""
    today = people.today
    passport = keeper.passport
    if not passport.account:
        OrganizationPassport.objects.filter(pk=passport.pk).update(**_ACCOUNT)
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
    begins_on = dt.date(today.year - 1, 9, 1)
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


def compare(keeper: Organization, people: People, by: Actor) -> None:
    """Load the lists of two months: the first is posted, the second has a difference of every kind."""
    employer = Employer.objects.get(organization=keeper)
    statements = Deduction.objects.filter(employer=employer, state="handed_over").select_related("member")
    members = [one.member for one in statements.order_by("pk") if one.member is not None]
    if len(members) < _LEFT_OUT + 3:
        return
    first, second = _months(people.today)
    rows = [
        (str(101 + at), member.full_name.upper(), people.chance.randint(280_00, 620_00))
        for at, member in enumerate(members)
    ]
    listed = _load(employer, first, rows[:-_LEFT_OUT], by)
    total = sum(kopecks for _number, _name, kopecks in rows[:-_LEFT_OUT])
    post_list(listed.pk, paper="214", paid_on=_after(first), paid=Decimal(total) / 100, by=by)
    surname, given_name = members[1].surname, members[1].given_name
    changed = [
        (rows[0][0], rows[0][1], rows[0][2] * 3),
        ("", f"{surname} {given_name[:1]}. {members[1].patronymic[:1]}.", rows[1][2]),
        ("399", "ПЕТРУХИНА АЛЛА ПАВЛОВНА", 310_50),
        *((number, name, kopecks + 25_00) for number, name, kopecks in rows[2:-_LEFT_OUT]),
    ]
    _load(employer, second, changed, by)


def _months(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first days of the last two whole months."""
    second = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return (second - dt.timedelta(days=1)).replace(day=1), second


def _after(month: dt.date) -> dt.date:
    """Return the fifth day of the next month."""
    return (month + dt.timedelta(days=31)).replace(day=5)


def _load(employer: Employer, month: dt.date, rows: list[tuple[str, str, int]], by: Actor) -> PayrollList:
    """Load and compare a list; sums are kopecks."""
    lines = [f"{number};{name};{kopecks // 100},{kopecks % 100:02}" for number, name, kopecks in rows]
    total = sum(kopecks for _number, _name, kopecks in rows)
    head = "Анализ удержаний\nТабельный №;Сотрудник;Удержано\n"
    text = head + "\n".join([*lines, f"Итого;;{total // 100},{total % 100:02}"])
    found = loading.take(text.encode(), employer_id=employer.pk, month=month, by=by)
    return loading.compare(found, loading.columns_of(found)[1], by=by)
