"""Dues through the employer in the demonstration: statements and lists in every state, two years of months (U-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.bank.models import BankLine
from dues.payroll import loading
from dues.payroll.enums import Reason
from dues.payroll.models import Deduction, Employer, PayrollList
from dues.payroll.transitions.employers import add_employer, end_deduction, hand_over, prepare_statements
from dues.payroll.transitions.lists import answer_absence, answer_line, discard_list
from dues.payroll.transitions.posting import post_list
from members.people.models import Member
from registry.organizations.models import Organization

from ..access import Actor
from . import bank, numbers
from .people import People
from .years import months

#: Account of the employer.
_EMPLOYER = "40703810600000000123"
#: Numbers of members with a statement at the employer, with a prepared one, and with a withdrawn one.
_WITH_EMPLOYER, _PREPARED, _ENDED = 24, 4, 1
#: Number of members who are missing from the last lists.
_LEFT_OUT = 2
#: Pay of a month as a percentage of the usual: leave is paid in June, so July and August have less.
_SEASON = (100, 100, 102, 100, 100, 128, 62, 74, 101, 100, 100, 132)
#: Last days whose bank statement is not loaded yet.
_LATER = 2

Row = tuple[str, str, int]


def deduct(keeper: Organization, people: People, by: Actor) -> None:
    """Add the employers, their employees' statements, and monthly lists with the bank's payments."""
    today = people.today
    account = bank.BankAccount(keeper, by)
    passport = keeper.passport
    employer = add_employer(
        keeper.pk,
        name=passport.employer_name,
        inn=passport.employer_inn,
        addressee="Директору",
        contact="Бухгалтерия, тел. +7 487 255-00-19",
        by=by,
    )
    # Members who joined later pay from a later day.
    cashless = Member.objects.visible_to(by).registered().filter(organization=keeper, dues_form="cashless")
    settled = cashless.filter(joined_on__year__lt=today.year - 1).order_by("pk")
    ids = list(settled.values_list("pk", flat=True)[: _WITH_EMPLOYER + _PREPARED])
    begins_on = dt.date(today.year - 1, 1, 1)
    handed = _statements(employer, ids[:_WITH_EMPLOYER], begins_on, by)
    hand_over(employer.pk, handed, handed_over_on=begins_on, by=by)
    end_deduction(handed[-_ENDED], ends_on=today, by=by)
    _statements(employer, ids[_WITH_EMPLOYER:], today.replace(day=1), by)
    rows = _rows(employer, people)
    last = _last_month(today)
    for month in months(today.year - 1, last):
        if month < last:
            _post_month(employer, account, month, _of_month(rows, month, people), by)
    _compare(employer, account, last, _of_month(rows, last, people), by)
    _second_employer(keeper, rows, last, by)


def _statements(employer: Employer, ids: list[int], begins_on: dt.date, by: Actor) -> list[int]:
    made = prepare_statements(employer.pk, ids, percent=Decimal("1.00"), begins_on=begins_on, by=by)
    return [deduction.pk for deduction in made]


def _rows(employer: Employer, people: People) -> list[Row]:
    """Return number, name and usual sum of the members with deductions, in kopecks."""
    statements = Deduction.objects.filter(employer=employer, state="handed_over").select_related("member")
    members = [one.member for one in statements.order_by("pk") if one.member is not None]
    return [
        (str(101 + at), member.full_name.upper(), people.chance.randint(280_00, 620_00))
        for at, member in enumerate(members)
    ]


def _of_month(rows: list[Row], month: dt.date, people: People) -> list[Row]:
    """Return the rows with the sums of the month."""
    usual = _SEASON[month.month - 1]
    return [(number, name, kopecks * (usual + people.chance.randint(-4, 4)) // 100) for number, name, kopecks in rows]


def _last_month(today: dt.date) -> dt.date:
    """Return the first day of the last whole month."""
    return (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _paid(employer: Employer, account: bank.BankAccount, month: dt.date, sums: list[int]) -> list[BankLine]:
    """Load the employer's payments for the month, in kopecks."""
    first = (month + dt.timedelta(days=31)).replace(day=1)
    last_day = account.today - dt.timedelta(days=_LATER)
    purpose = f"Профсоюзные взносы, удержанные из заработной платы за {month:%m.%Y}, НДС не облагается"
    documents = [
        bank.Document(
            min(first.replace(day=5 + at), last_day), employer.name, purpose, Decimal(kopecks) / 100, _EMPLOYER
        )
        for at, kopecks in enumerate(sums)
    ]
    fee = bank.Document(documents[0].day, "ПАО БАНК", "Комиссия за ведение счёта", Decimal(150), incoming=False)
    lines = account.load(min(first, last_day), documents[-1].day, [*documents, fee])
    return [line for line in lines if line.incoming]


def _post_month(employer: Employer, account: bank.BankAccount, month: dt.date, rows: list[Row], by: Actor) -> None:
    """Post the list of a month against the bank's payments: usually at once, in spring in two parts."""
    at = month.month
    if at % 4 == 3:
        # Somebody is on leave without pay.
        rows = rows[:-1]
    total = sum(kopecks for _number, _name, kopecks in rows)
    sums = [total // 2, total - total // 2] if at == 4 else [total + 250_00] if at == 10 else [total]
    lines = _paid(employer, account, month, sums)
    listed = _load(employer, month, rows, by)
    for line in listed.lines.unanswered():
        answer_line(line.pk, reason=Reason.BASE, by=by)
    for absence in listed.absences.filter(reason=""):
        answer_absence(absence.pk, reason=Reason.NO_PAY, by=by)
    note = "Заплачено за сотрудницу, которой нет в списке" if at == 10 else ""
    post_list(listed.pk, lines=[line.pk for line in lines], note=note, by=by)


def _compare(employer: Employer, account: bank.BankAccount, month: dt.date, rows: list[Row], by: Actor) -> None:
    """Load the last list, with a difference of every kind, and the payment for it."""
    _number, name, kopecks = rows[1]
    surname, given_name, *rest = name.title().split()
    initials = f"{given_name[0]}." + (f" {rest[0][0]}." if rest else "")
    changed = [
        (rows[0][0], rows[0][1], rows[0][2] * 3),
        ("", f"{surname} {initials}", kopecks),
        ("399", "ПЕТРУХИНА АЛЛА ПАВЛОВНА", 310_50),
        *rows[2:-_LEFT_OUT],
    ]
    wrong = _load(employer, month, rows[:3], by)
    discard_list(wrong.pk, by=by)
    _load(employer, month, changed, by)
    _paid(employer, account, month, [sum(kopecks for _number, _name, kopecks in changed)])


def _second_employer(keeper: Organization, rows: list[Row], month: dt.date, by: Actor) -> None:
    """Add an employer where some members have a second job; its list waits for the meaning of its columns."""
    second = add_employer(
        keeper.pk,
        name="МБУ ДО «Дом детского творчества»",
        inn=numbers.inn(712_900_000),
        addressee="Директору",
        contact="Бухгалтерия, тел. +7 487 255-00-23",
        by=by,
    )
    loading.store_file_as_list(
        _text(rows[2:7], "Анализ удержаний, совместители"), employer_id=second.pk, month=month, by=by
    )


def _load(employer: Employer, month: dt.date, rows: list[Row], by: Actor) -> PayrollList:
    """Load and compare a list; sums are in kopecks."""
    found = loading.store_file_as_list(_text(rows, "Анализ удержаний"), employer_id=employer.pk, month=month, by=by)
    return loading.compare(found, loading.columns_of(found)[1], by=by)


def _text(rows: list[Row], title: str) -> bytes:
    lines = [f"{number};{name};{kopecks // 100},{kopecks % 100:02}" for number, name, kopecks in rows]
    total = sum(kopecks for _number, _name, kopecks in rows)
    head = f"{title}\nТабельный №;Сотрудник;Удержано\n"
    return (head + "\n".join([*lines, f"Итого;;{total // 100},{total % 100:02}"])).encode()
