"""Employers, statements of deduction, payroll lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.payroll.models import Deduction, Employer
from dues.payroll.transitions import employers

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


TABLE: Table = {
    employers.add_employer: Asked(
        PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, "name": "Школа № 15"}, UNION
    ),
    employers.change_employer: Asked(
        KEPT, "Employer", lambda s: {"employer_id": _employer(s).pk, "name": "Школа № 16"}, UNION
    ),
    employers.prepare_statements: Asked(KEPT, "Employer Member", _wanted, UNION),
    employers.hand_over: Asked(KEPT, "Employer Member Deduction", _handed, UNION),
    employers.end_deduction: Asked(
        KEPT,
        "Employer Member Deduction",
        lambda s: {"deduction_id": _prepared(s).pk, "ends_on": timezone.localdate()},
        UNION,
    ),
}
