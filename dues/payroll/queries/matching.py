"""Matching the lines of a payroll list with members, and their differences (U-D1, anchors 5).

Each function uses a constant number of queries, regardless of the length of the list. Sums are roubles.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from dues.money import KOPECK
from members.people.enums import DuesForm
from members.people.models import Member, MemberQuerySet
from registry.text import name_letters, search_key

from ..enums import Difference, Evidence, ListState, Reason
from ..models import Deduction, EmployeeNumber, Employer, PayrollAbsence, PayrollLine, PayrollList
from .statements import usual_percent

#: Maximum number of members proposed for a line.
MAX_PROPOSED = 10
#: If the list does not state the pay, a sum this many times more or less than last month's is a difference.
_TIMES = 2


@dataclass(frozen=True)
class Remembered:
    """The reason of a difference, and until when it holds."""

    reason: str
    until: dt.date | None


def last_day(month: dt.date) -> dt.date:
    """Return the last day of the month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def employees(employer: Employer) -> MemberQuerySet:
    """Return the registered members of the employer's organisation."""
    return Member.objects.registered().filter(organization=employer.organization_id)


def expected(payroll_list: PayrollList) -> MemberQuerySet:
    """Return the members who should be in the list: those with statements at the employer for the month."""
    month = payroll_list.month
    deducted = Deduction.objects.in_force(month, last_day(month)).filter(employer=payroll_list.employer_id)
    return employees(payroll_list.employer).filter(pk__in=deducted.values("member"), dues_form=DuesForm.CASHLESS)


def match(employer: Employer, lines: Sequence[PayrollLine]) -> None:
    """Set member, evidence and difference of lines by their numbers and names.

    A known employee number with its surname is certain, and so is a full name that only one member has. Several
    members, only initials, another surname for a number, or a second number for a name are left open.
    """
    numbers = dict(EmployeeNumber.objects.filter(employer=employer).values_list("number", "member"))
    people = {member.pk: member for member in employees(employer).only("pk", "surname", "given_name", "patronymic")}
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    by_surname: defaultdict[str, list[int]] = defaultdict(list)
    for pk, member in people.items():
        by_name[name_letters(member.surname, member.given_name, member.patronymic)].append(pk)
        by_surname[name_letters(member.surname)].append(pk)
    known = {pk: number for number, pk in numbers.items()}
    taken: dict[int, str] = {}
    for line in lines:
        line.member_id, line.evidence, line.difference = None, "", ""
        numbered = people.get(numbers.get(line.employee_number, 0))
        if numbered is not None:
            if name_letters(line.full_name).startswith(name_letters(numbered.surname)):
                line.member_id, line.evidence = numbered.pk, Evidence.NUMBER
            else:
                line.difference = Difference.PERSON
            continue
        found = by_name.get(name_letters(line.full_name), [])
        own = known.get(found[0]) or taken.get(found[0]) if len(found) == 1 else None
        if len(found) == 1 and (own is None or line.employee_number in {"", own}):
            line.member_id, line.evidence = found[0], Evidence.NAME
            if line.employee_number:
                taken[found[0]] = line.employee_number
        elif found or by_surname.get(name_letters(line.full_name.split()[0])):
            line.difference = Difference.PERSON
        else:
            line.difference = Difference.FOREIGN


def differences(payroll_list: PayrollList, lines: Sequence[PayrollLine]) -> None:
    """Set the difference of lines with a member: also in another list of the month, or another sum than expected."""
    employer = payroll_list.employer
    ids = {line.member_id for line in lines if line.member_id is not None}
    same_month = PayrollLine.objects.filter(
        payroll_list__employer=employer, payroll_list__month=payroll_list.month, payroll_list__state=ListState.POSTED
    ).exclude(payroll_list=payroll_list)
    repeated = set(same_month.filter(member__in=ids).values_list("member", flat=True))
    month = payroll_list.month
    statements = Deduction.objects.in_force(month, last_day(month)).filter(employer=employer, member__in=ids)
    percents: dict[int | None, Decimal | None] = dict(
        Member.objects.filter(pk__in=ids).values_list("pk", "dues_percent")
    )
    percents |= dict(statements.values_list("member", "percent"))
    usual = usual_percent(employer.organization)
    before = _month_before(payroll_list, ids)
    for line in lines:
        if line.member_id is None:
            continue
        percent = percents.get(line.member_id) or usual
        if line.member_id in repeated:
            line.difference = Difference.REPEATED
        elif not _is_expected(line, percent, before.get(line.member_id)):
            line.difference = Difference.SUM
        else:
            line.difference = ""


def _is_expected(line: PayrollLine, percent: Decimal | None, before: Decimal | None) -> bool:
    """Return whether the sum is the percentage of the pay to a kopeck, or if the pay is unknown, similar to last
    month's.
    """
    if line.amount < 0 or (line.percent is not None and percent is not None and line.percent != percent):
        return False
    if line.base is not None and percent is not None:
        due = (line.base * percent / 100).quantize(KOPECK, rounding=ROUND_HALF_UP)
        return abs(line.amount - due) <= KOPECK
    return before is None or (before <= line.amount * _TIMES and line.amount <= before * _TIMES)


def _month_before(payroll_list: PayrollList, ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the employer's deductions by member in the last posted list before this one."""
    earlier = latest_before(payroll_list)
    found: defaultdict[int, Decimal] = defaultdict(Decimal)
    if earlier is not None:
        for pk, amount in earlier.lines.filter(member__in=ids, amount__gt=0).values_list("member", "amount"):
            found[pk] += amount
    return found


def latest_before(payroll_list: PayrollList) -> PayrollList | None:
    """Return the employer's last posted list of an earlier month."""
    lists = PayrollList.objects.filter(
        employer=payroll_list.employer_id, state=ListState.POSTED, month__lt=payroll_list.month
    )
    return lists.order_by("-month", "-pk").first()


def remember(payroll_list: PayrollList, lines: Sequence[PayrollLine]) -> None:
    """Set the reasons of lines to those given for the same difference of the same person, if they still hold."""
    holding = (
        PayrollLine.objects.filter(payroll_list__employer=payroll_list.employer_id, until__gte=payroll_list.month)
        .exclude(reason="")
        .exclude(payroll_list=payroll_list)
    )
    known: dict[tuple[str, int | str], Remembered] = {}
    for difference, member, who, reason, until in holding.order_by("pk").values_list(
        "difference", "member", "who", "reason", "until"
    ):
        known[difference, member or who] = Remembered(reason, until)
    for line in lines:
        found = known.get((line.difference, line.member_id or line.who)) if line.difference else None
        if found is not None:
            line.reason, line.until = found.reason, found.until


def absences(payroll_list: PayrollList, lines: Sequence[PayrollLine]) -> list[PayrollAbsence]:
    """Return unsaved absences of the members who should be in the list and are not."""
    named = {line.member_id for line in lines if line.member_id is not None}
    earlier = latest_before(payroll_list)
    before = {absence.member_id: absence for absence in earlier.absences.all()} if earlier is not None else {}
    found = []
    for member in expected(payroll_list).exclude(pk__in=named).order_by("pk").only("pk", "joined_on"):
        former = before.get(member.pk)
        absence = PayrollAbsence(
            payroll_list=payroll_list, member=member, in_a_row=former.in_a_row + 1 if former is not None else 1
        )
        if former is not None and former.until is not None and former.until >= payroll_list.month:
            absence.reason, absence.until = former.reason, former.until
        elif member.joined_on is not None and member.joined_on > last_day(payroll_list.month):
            absence.reason = Reason.NEW
        found.append(absence)
    return found


def proposed(line: PayrollLine, members: MemberQuerySet) -> MemberQuerySet:
    """Return those of the members that the line may mean: known by its number, or with its surname."""
    surname = search_key(*line.full_name.split()[:1])
    condition = Q(search_key__contains=surname) if surname else Q(pk__isnull=True)
    if line.employee_number:
        employer = line.payroll_list.employer_id
        condition |= Q(employee_numbers__number=line.employee_number, employee_numbers__employer=employer)
    return members.filter(condition).distinct()
