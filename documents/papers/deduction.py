"""Statements of a member to the employer: to deduct dues from the pay, and to stop it (U-D1, practice U3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.codes import new_code
from documents.printing.core import Batch, Paper
from dues.money import on_paper

from .application import values_of
from .blank_words import name_of

if TYPE_CHECKING:
    from dues.payroll.models import Deduction
    from registry.organizations.models import Organization


def build(deductions: Sequence[Deduction] | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of a sheet for each statement, or of an empty form without any.

    Each sheet of a batch with a code has its own `paper_code`.
    """
    if deductions is None:
        return [{**values_of(None, batch), **_recipient(batch.keeper(None) or batch.organization, batch)}]
    return [
        {
            **values_of(deduction.member, batch),
            **_recipient(deduction.employer.organization, batch),
            "paper_code": new_code() if batch.code else "",
            "member_id": deduction.member_id,
            "employer": deduction.employer,
            "percent": on_paper(deduction.percent),
            "begins_on": deduction.begins_on,
            "ends_on": deduction.ends_on,
            "stops_on": deduction.ends_on + dt.timedelta(days=1) if deduction.ends_on else None,
            "made": True,
        }
        for deduction in deductions
    ]


def _recipient(organization: Organization, batch: Batch) -> dict[str, Any]:
    """Return the organisation that gets the dues, with the requisites of its account."""
    passport = batch.once(("passport", organization.pk), lambda: getattr(organization, "passport", None))
    return {
        "recipient": (passport.payee if passport else "") or name_of(organization),
        "inn": organization.inn,
        "kpp": organization.kpp,
        "passport": passport,
    }


STATEMENT = Paper(
    code="deduction_statement",
    title="Заявление об удержании членских взносов",
    build=build,
    stylesheet="statement",
)
WITHDRAWAL = Paper(
    code="deduction_withdrawal",
    title="Заявление о прекращении удержания членских взносов",
    build=build,
    stylesheet="statement",
)
