"""Statements of deduction for tests of papers: filled, empty, and with the longest values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from documents.printing.core import Batch, Paper, papers
from dues.payroll.models import Deduction, Employer
from members.people.models import Member
from registry.organizations.models import Organization, OrganizationPassport
from tests.documents.samples import batch_of
from tests.dues.payroll.world import TODAY, Payroll, payroll

Printed = tuple[Paper, Sequence[Mapping[str, Any]], Batch]


def of_statements() -> list[Any]:
    """Return the arguments for two statements, without and with a last day, and for an empty form."""
    w = payroll()
    w.prepare(w.members[0])
    w.prepare(w.members[1], ends_on=TODAY)
    return [(_loaded(), batch_of(w.keeper)), (None, batch_of(w.keeper))]


def _loaded() -> list[Deduction]:
    related = ("employer__organization__federation", "member__organization__federation")
    return list(Deduction.objects.select_related(*related).order_by("pk"))


BUILT_OF: dict[str, Callable[[], list[Any]]] = {
    "deduction_statement": of_statements,
    "deduction_withdrawal": of_statements,
}


def _longest(
    code: str, wide: bool, text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> Printed:
    w: Payroll = payroll()
    place = organization(w.keeper, wide)
    Employer.objects.update(name=text(300, wide=wide), addressee=text(200, wide=wide))
    OrganizationPassport.objects.filter(organization=w.keeper).update(
        payee=text(300, wide=wide), bank=text(200, wide=wide), bik="040000000", account="4" * 20,
        correspondent_account="3" * 20,
    )  # fmt: skip
    Member.objects.update(
        surname=text(100, wide=wide), given_name=text(100, wide=wide), patronymic=text(100, wide=wide),
        position=text(200, wide=wide),
    )  # fmt: skip
    w.prepare(w.members[0], ends_on=TODAY)
    batch, paper = batch_of(place), papers()[code]
    return paper, paper.build(_loaded(), batch), batch


def extremes(
    text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> dict[str, Callable[[bool], Printed]]:
    """Return the longest paper of each code."""
    return {code: partial(_longest, code, text=text, organization=organization) for code in BUILT_OF}
