"""Members whose dues can be deducted, and the statements of an employer (U-D1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef

from dues.ledger.enums import Fee
from dues.payments.queries import members_of
from dues.rates.rules.rates import rate_on, rates_of
from members.people.models import Member, MemberQuerySet
from registry.access import Actor
from registry.organizations.models import Organization, OrganizationPassport

from ..enums import DeductionState
from ..models import Deduction, Employer


def without_statement(employer: Employer, actor: Actor) -> MemberQuerySet:
    """Return the members of the organisation who have no open statement to the employer."""
    members = members_of(employer.organization, Member.objects.visible_to(actor))
    own = Deduction.objects.open().filter(employer=employer, member=OuterRef("pk"))
    return members.filter(~Exists(own))


def usual_percent(organization: Organization) -> Decimal | None:
    """Return the percentage of the organisation's passport, or else of the federation's rate (U-D1)."""
    own = OrganizationPassport.objects.filter(organization=organization).values_list("dues_percent", flat=True).first()
    rate = rate_on(rates_of(organization.federation), Fee.PERCENT, organization.today)
    return own or (rate.amount if rate is not None else None)


def proposed_employer(organization: Organization) -> dict[str, str]:
    """Return the values of the first employer from the organisation's passport."""
    if Employer.objects.filter(organization=organization).exists():
        return {}
    passport = OrganizationPassport.objects.filter(organization=organization).first()
    return {"name": passport.employer_name, "inn": passport.employer_inn} if passport is not None else {}


def counts_by_state(employer: Employer, actor: Actor) -> dict[str, int]:
    """Return the number of the employer's statements in each state."""
    visible: Any = Deduction.objects.visible_to(actor).filter(employer=employer).order_by()
    found = dict(visible.values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in DeductionState.values}
