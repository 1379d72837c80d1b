"""Rules for employers and statements of deduction (U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry import checks, states
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.enums import CLOSED_ORGANIZATIONS
from registry.organizations.models import Organization

from ..enums import DeductionState
from ..models import Deduction, Employer

#: Maximum number of employers of an organisation, and of statements prepared, handed over or printed at once.
MAX_EMPLOYERS = 100
MAX_STATEMENTS = 100
#: Years before today in which a deduction can have begun, and years ahead in which it can begin.
YEARS_BACK, YEARS_AHEAD = 10, 1
_CENT = Decimal("0.01")
_MAX_PERCENT = Decimal("99.99")


def check_deducts(organization: Organization) -> None:
    """Raise `RuleViolation` (U-D1) unless members of the organisation pay a percentage, and it keeps their cards."""
    fees = {rate.fee for rate in rates_of(organization.federation)}
    if not organization.keeps_cards or Fee.PERCENT not in fees:
        message = _("Dues are deducted from the pay of members of a primary organisation.")
        raise RuleViolation("U-D1", message)


def check_works(organization: Organization) -> None:
    """Raise `RuleViolation` (U-D1) if the organisation has ended or is in liquidation."""
    if organization.status in CLOSED_ORGANIZATIONS:
        message = _("«%(name)s» is not active (%(status)s), so no dues are deducted for it.")
        values = {"name": organization.short_name, "status": organization.get_status_display()}
        raise RuleViolation("U-D1", message % values)


def check_room(organization: Organization) -> None:
    """Raise `RuleViolation` (U-D1) if the organisation has the maximum number of employers."""
    if Employer.objects.filter(organization=organization).count() >= MAX_EMPLOYERS:
        message = _("An organisation can have up to %(most)s employers.")
        raise RuleViolation("U-D1", message % {"most": MAX_EMPLOYERS})


def checked_employer(employer: Employer) -> Employer:
    """Return the employer with normalised values. Raises `RuleViolation` (U-D1) for a wrong one."""
    for name in ("name", "addressee", "address", "contact"):
        setattr(employer, name, " ".join(getattr(employer, name).split()))
    if not employer.name:
        raise RuleViolation("U-D1", _("Enter the name of the employer."), field="name")
    same = Employer.objects.filter(organization=employer.organization, name=employer.name)
    if same.exclude(pk=employer.pk).exists():
        raise RuleViolation("U-D1", _("An employer with this name is in the list already."), field="name")
    if employer.inn.strip():
        try:
            employer.inn = checks.parse_inn(employer.inn)
        except checks.CheckFailed as failed:
            raise RuleViolation("U-D1", failed.message, field="inn") from None
    return employer


def check_chosen(ids: Sequence[int]) -> None:
    """Raise `RuleViolation` (U-D1) if nobody is chosen, or too many at once."""
    if not ids:
        raise RuleViolation("U-D1", _("Tick at least one person."))
    if len(ids) > MAX_STATEMENTS:
        message = _("Choose up to %(most)s people at once.")
        raise RuleViolation("U-D1", message % {"most": MAX_STATEMENTS})


def check_terms(*, percent: Decimal, begins_on: dt.date, ends_on: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) for an impossible percentage or an impossible period."""
    if not percent.is_finite() or not _CENT <= percent <= _MAX_PERCENT or percent != percent.quantize(_CENT):
        message = _("Enter a percentage above zero and below 100, with up to two digits after the comma.")
        raise RuleViolation("U-D1", message, field="percent")
    if not today.year - YEARS_BACK <= begins_on.year <= today.year + YEARS_AHEAD:
        raise RuleViolation("U-D1", _("Check the day from which dues are deducted."), field="begins_on")
    if ends_on is not None and ends_on < begins_on:
        raise RuleViolation("U-D1", _("The deduction ends before it begins."), field="ends_on")


def check_has_no_statement(employer: Employer, members: Sequence[Member]) -> None:
    """Raise `RuleViolation` (U-D1) if somebody already has an open statement to this employer."""
    open_ones = Deduction.objects.open().filter(employer=employer, member__in=members)
    first = open_ones.select_related("member").first()
    if first is not None and first.member is not None:
        message = _("There is a statement of %(name)s already.")
        raise RuleViolation("U-D1", message % {"name": first.member.full_name})


def check_can_be_handed_over(deduction: Deduction) -> None:
    """Raise `RuleViolation` (U-D1) unless the statement is prepared and not handed over yet."""
    states.check_is(deduction, (DeductionState.PREPARED,), "U-D1")


def check_day_of_handing_over(handed_over_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) for a day in the future or long ago."""
    if handed_over_on > today or handed_over_on.year < today.year - YEARS_BACK:
        raise RuleViolation(
            "U-D1", _("Enter the day on which the employer got the statements."), field="handed_over_on"
        )


def check_can_be_ended(deduction: Deduction) -> None:
    """Raise `RuleViolation` (U-D1) if the statement has already ended."""
    states.check(deduction, DeductionState.ENDED, "U-D1")


def check_end(deduction: Deduction, ends_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) if the last day is before the first one, or too far ahead."""
    if ends_on < deduction.begins_on:
        message = _("The dues are deducted from %(day)s; enter a later day.")
        raise RuleViolation("U-D1", message % {"day": day_text(deduction.begins_on)}, field="ends_on")
    if ends_on.year > today.year + YEARS_AHEAD:
        raise RuleViolation("U-D1", _("Check the last day of the deduction."), field="ends_on")
