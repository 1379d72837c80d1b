"""Transitions of payroll lists before posting: loading, comparing, answering, discarding (U-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.transitions import Act, change

from ..enums import Difference, Evidence, ListState
from ..models import EmployeeNumber, Employer, PayrollAbsence, PayrollLine, PayrollList
from ..queries import matching
from ..rules import employers
from ..rules import lists as rules


class Line(Protocol):
    """A person in the list, as read from the file."""

    @property
    def position(self) -> int: ...
    @property
    def full_name(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def base(self) -> Decimal | None: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def who(self) -> str: ...


def load_list(
    employer_id: int, *, month: dt.date, table: Sequence[tuple[int, Sequence[str]]], digest: str, by: Actor
) -> PayrollList:
    """Store the rows of an employer's list for a month, whose first day is given (U-D1).

    For the same file of the month, return the stored list without changes (N-D2). Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="U-D1", event="dues.payroll_loaded") as act:
        employer = _lock_employer(act, employer_id)
        employers.check_works(employer.organization)
        rules.check_month(month, act.today)
        same = PayrollList.objects.kept().filter(employer=employer, month=month, digest=digest).first()
        if same is not None:
            act.silent = True
            return same
        rules.check_room(employer, month)
        payroll_list = PayrollList(
            employer=employer, month=month, table=[list(row) for row in table], digest=digest, loaded_at=act.now
        )
        act.save(payroll_list)
        act.about(payroll_list, organization=employer.organization, employer=employer.pk)
    return payroll_list


def compare_list(
    list_id: int,
    *,
    lines: Sequence[Line],
    digest: str,
    stated_total: Decimal | None,
    columns: Mapping[str, str],
    by: Actor,
) -> PayrollList:
    """Store the lines of a list with their members and differences, and remember the meaning of its columns (U-D1).

    `columns` are headings and their fields. Absent members are recorded; their membership is not affected. Raises
    `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="U-D1", event="dues.payroll_compared") as act:
        payroll_list = _lock_list(act, list_id)
        employer = payroll_list.employer
        rules.check_can_be_compared(payroll_list)
        rules.check_is_another(payroll_list, digest)
        made = [
            PayrollLine(
                payroll_list=payroll_list, position=line.position, full_name=line.full_name,
                employee_number=line.number, who=line.who, base=line.base, percent=line.percent, amount=line.amount,
            )
            for line in lines
        ]  # fmt: skip
        matching.match(employer, made)
        matching.differences(payroll_list, made)
        matching.remember(payroll_list, made)
        PayrollLine.objects.bulk_create(made)
        PayrollAbsence.objects.bulk_create(matching.absences(payroll_list, made))
        employer.columns = {**employer.columns, **columns}
        act.save(employer)
        payroll_list.state, payroll_list.table = ListState.COMPARED, []
        payroll_list.total = sum((line.amount for line in lines), rules.NOTHING)
        payroll_list.stated_total, payroll_list.lines_digest = stated_total, digest
        act.save(payroll_list)
        act.about(payroll_list, organization=employer.organization, count=len(made))
    return payroll_list


def choose_person(line_id: int, member_id: int, *, by: Actor) -> PayrollLine:
    """Set the member of a line with an open person, and remember the employee number (U-D1).

    Raises `RuleViolation`, `NotAllowed`, `PayrollLine.DoesNotExist`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="U-D1", event="dues.payroll_person_chosen") as act:
        found = PayrollLine.objects.visible_to(by).get(pk=line_id)
        payroll_list = _lock_list(act, found.payroll_list_id)
        employer = payroll_list.employer
        rules.check_is_open(payroll_list)
        member = act.lock(Member.objects.visible_to(by).registered(), member_id)
        line = act.lock(PayrollLine.objects.filter(payroll_list=payroll_list), line_id)
        rules.check_is_person(line, member, employer.organization)
        line.member, line.evidence, line.reason, line.until = member, Evidence.HAND, "", None
        matching.differences(payroll_list, [line])
        matching.remember(payroll_list, [line])
        line.save()
        if line.employee_number:
            EmployeeNumber.objects.update_or_create(
                employer=employer, number=line.employee_number, defaults={"member": member}
            )
        PayrollAbsence.objects.filter(payroll_list=payroll_list, member=member).delete()
        act.about(payroll_list, organization=employer.organization, line=line.pk)
    return line


def answer_line(line_id: int, *, reason: str, until: dt.date | None = None, by: Actor) -> PayrollLine:
    """Store the reason of a line's difference, remembered for months up to `until` (U-D1).

    Raises `RuleViolation`, `NotAllowed`, `PayrollLine.DoesNotExist`.
    """
    with change(by=by, rule="U-D1", event="dues.payroll_answered") as act:
        found = PayrollLine.objects.visible_to(by).get(pk=line_id)
        payroll_list = _lock_list(act, found.payroll_list_id)
        rules.check_is_open(payroll_list)
        line = act.lock(PayrollLine.objects.filter(payroll_list=payroll_list), line_id)
        rules.check_answer(line.difference, reason, until, payroll_list.month)
        line.reason, line.until = reason, until
        line.save(update_fields=["reason", "until"])
        act.about(payroll_list, organization=payroll_list.employer.organization, line=line.pk)
    return line


def answer_absence(absence_id: int, *, reason: str, until: dt.date | None = None, by: Actor) -> PayrollAbsence:
    """Store the reason why a member is not in the list, remembered for months up to `until`; the card is not changed
    (U-D1).

    Raises `RuleViolation`, `NotAllowed`, `PayrollAbsence.DoesNotExist`.
    """
    with change(by=by, rule="U-D1", event="dues.payroll_answered") as act:
        found = PayrollAbsence.objects.visible_to(by).get(pk=absence_id)
        payroll_list = _lock_list(act, found.payroll_list_id)
        absence = act.lock(PayrollAbsence.objects.filter(payroll_list=payroll_list), absence_id)
        rules.check_answer(Difference.MISSING, reason, until, payroll_list.month)
        absence.reason, absence.until = reason, until
        absence.save(update_fields=["reason", "until"])
        act.about(payroll_list, organization=payroll_list.employer.organization, absence=absence.pk)
    return absence


def discard_list(list_id: int, *, by: Actor) -> None:
    """Discard a list that is not posted; its lines are deleted (U-D1). Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="U-D1", event="dues.payroll_discarded") as act:
        payroll_list = _lock_list(act, list_id)
        rules.check_can_be_discarded(payroll_list)
        payroll_list.lines.all().delete()
        payroll_list.absences.all().delete()
        payroll_list.state, payroll_list.table = ListState.DISCARDED, []
        act.save(payroll_list)
        act.about(payroll_list, organization=payroll_list.employer.organization)


def _lock_employer(act: Act, employer_id: int) -> Employer:
    employer = act.lock(Employer.objects.visible_to(act.by), employer_id)
    act.require(Permission.RECORD_DUES, employer.organization)
    return employer


def _lock_list(act: Act, list_id: int) -> PayrollList:
    """Return the list, locked after its employer, if the actor may change it."""
    found = PayrollList.objects.visible_to(act.by).get(pk=list_id)
    employer = _lock_employer(act, found.employer_id)
    payroll_list = act.lock(PayrollList.objects.visible_to(act.by), list_id)
    payroll_list.employer = employer
    return payroll_list
