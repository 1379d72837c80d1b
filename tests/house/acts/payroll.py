"""Employers, statements of deduction, payroll lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.payroll.models import Deduction, Employer, PayrollAbsence, PayrollLine, PayrollList
from dues.payroll.reading import ReadLine
from dues.payroll.transitions import employers, lists, posting

from .base import KEPT, PLACE, UNION, Asked, Scene, Table


def _employer(s: Scene) -> Employer:
    return employers.add_employer(s.keeper.pk, name="Школа № 15", by=s.chair)


def _wanted(s: Scene) -> dict[str, Any]:
    begins_on = timezone.localdate().replace(day=1)
    return {
        "employer_id": _employer(s).pk, "member_ids": [s.member.pk], "percent": Decimal(1), "begins_on": begins_on
    }  # fmt: skip


def _prepared(s: Scene) -> Deduction:
    return employers.prepare_statements(**_wanted(s), by=s.chair)[0]


def _handed(s: Scene) -> dict[str, Any]:
    found = _prepared(s)
    today = timezone.localdate()
    return {"employer_id": found.employer_id, "deduction_ids": [found.pk], "handed_over_on": today}


def _loaded(s: Scene) -> PayrollList:
    month = timezone.localdate().replace(day=1)
    rows = [(1, ["ФИО", "Сумма"]), (2, [s.member.full_name, "100"]), (3, ["Чужов Пётр Петрович", "5"])]
    return lists.load_list(_employer(s).pk, month=month, table=rows, digest="1", by=s.chair)


def _compare(s: Scene) -> dict[str, Any]:
    rows = [ReadLine(2, s.member.full_name, "", Decimal(100)), ReadLine(3, "Чужов Пётр Петрович", "", Decimal(5))]
    return {"list_id": _loaded(s).pk, "lines": rows, "digest": "2", "stated_total": None, "columns": {}}


def _compared(s: Scene) -> PayrollList:
    return lists.compare_list(**_compare(s), by=s.chair)


def _stranger(s: Scene) -> PayrollLine:
    return _compared(s).lines.get(member=None)


def _absence(s: Scene) -> dict[str, Any]:
    absence = PayrollAbsence.objects.create(payroll_list=_compared(s), member=s.member, in_a_row=1)
    return {"absence_id": absence.pk, "reason": "leave"}


def _post(s: Scene) -> dict[str, Any]:
    found = _compared(s)
    found.lines.filter(member=None).delete()
    return {"list_id": found.pk, "paper": "1", "paid_on": timezone.localdate(), "paid": Decimal(100), "note": "Итог"}


TABLE: Table = {
    employers.add_employer: Asked(
        PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, "name": "Школа № 15"}, UNION
    ),
    employers.change_employer: Asked(
        KEPT, "Employer", lambda s: {"employer_id": _employer(s).pk, "name": "Школа № 16"}, UNION
    ),
    employers.prepare_statements: Asked(KEPT, "Employer Member", _wanted, UNION),
    employers.hand_over: Asked(KEPT, "Employer Member Deduction", _handed, UNION),
    lists.load_list: Asked(
        KEPT,
        "Employer",
        lambda s: {
            "employer_id": _employer(s).pk,
            "month": timezone.localdate().replace(day=1),
            "table": [],
            "digest": "1",
        },
        UNION,
    ),
    lists.compare_list: Asked(KEPT, "Employer PayrollList", _compare, UNION),
    lists.choose_person: Asked(
        KEPT,
        "Employer PayrollList Member PayrollLine",
        lambda s: {"line_id": _stranger(s).pk, "member_id": s.member.pk},
        UNION,
    ),
    lists.answer_line: Asked(
        KEPT,
        "Employer PayrollList PayrollLine",
        lambda s: {"line_id": _stranger(s).pk, "reason": "left"},
        UNION,
    ),
    lists.answer_absence: Asked(KEPT, "Employer PayrollList PayrollAbsence", _absence, UNION),
    lists.discard_list: Asked(KEPT, "Employer PayrollList", lambda s: {"list_id": _compared(s).pk}, UNION),
    posting.post_list: Asked(KEPT, "Organization BankLine Employer PayrollList Member DuesAccount", _post, UNION),
    posting.reverse_list: Asked(
        KEPT,
        "Organization BankLine Employer PayrollList Member DuesAccount",
        lambda s: {"list_id": posting.post_list(**_post(s), by=s.chair).pk, "reason": "Ошибка"},
        UNION,
    ),
    employers.end_deduction: Asked(
        KEPT,
        "Employer Member Deduction",
        lambda s: {"deduction_id": _prepared(s).pk, "ends_on": timezone.localdate()},
        UNION,
    ),
}
