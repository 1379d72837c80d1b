"""Transitions of employers and statements of deduction (U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dues.payments.queries import members_of
from members.people.enums import DuesForm
from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import DeductionState
from ..models import Deduction, Employer
from ..rules import employers as rules

#: Fields of an employer that users enter.
FIELDS = ("name", "addressee", "inn", "address", "contact")


def add_employer(organization_id: int, *, by: Actor, **values: str) -> Employer:
    """Add an employer that deducts dues from the pay of the organisation's members (U-D1).

    `values` has the keys `FIELDS`. Raises `RuleViolation`, `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule="U-D1", event="dues.employer_added") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_deducts(organization)
        rules.check_works(organization)
        rules.check_room(organization)
        employer = Employer(organization=organization)
        _fill(employer, values)
        act.save(employer)
        act.about(employer, organization=organization)
    return employer


def change_employer(employer_id: int, *, version: int | None = None, by: Actor, **values: str) -> Employer:
    """Change the name and the contacts of an employer. Raises `RuleViolation`, `NotAllowed`, `StaleVersion`."""
    with change(by=by, rule="U-D1", event="dues.employer_changed") as act:
        employer = _lock_employer(act, employer_id, version=version)
        _fill(employer, values)
        act.save(employer)
        act.about(employer, organization=employer.organization)
    return employer


def prepare_statements(
    employer_id: int,
    member_ids: Sequence[int],
    *,
    percent: Decimal,
    begins_on: dt.date,
    ends_on: dt.date | None = None,
    by: Actor,
) -> list[Deduction]:
    """Prepare members' statements of deduction, to be printed and signed (U-D1).

    Raises `RuleViolation`, `NotAllowed`, `Member.DoesNotExist` for somebody who is not registered there.
    """
    with change(by=by, rule="U-D1", event="dues.deductions_prepared") as act:
        employer = _lock_employer(act, employer_id)
        rules.check_works(employer.organization)
        rules.check_chosen(member_ids)
        rules.check_terms(percent=percent, begins_on=begins_on, ends_on=ends_on, today=act.today)
        registered = members_of(employer.organization, Member.objects.visible_to(by)).filter(pk__in=member_ids)
        members = act.lock_many(registered)
        if len(members) < len(set(member_ids)):
            raise Member.DoesNotExist
        rules.check_has_no_statement(employer, members)
        made = [
            Deduction(employer=employer, member=member, percent=percent, begins_on=begins_on, ends_on=ends_on)
            for member in members
        ]
        act.create_many(Deduction, made)
        act.about(employer, organization=employer.organization, count=len(made))
    return made


def hand_over(employer_id: int, deduction_ids: Sequence[int], *, handed_over_on: dt.date, by: Actor) -> int:
    """Record that the employer got the statements; the cards get the form of paying and the percentage (U-D1).

    Return the number of statements. Raises `RuleViolation`, `NotAllowed`, `Deduction.DoesNotExist`.
    """
    with change(by=by, rule="U-D1", event="dues.deductions_handed_over") as act:
        employer = _lock_employer(act, employer_id)
        rules.check_chosen(deduction_ids)
        rules.check_day_of_handing_over(handed_over_on, act.today)
        deductions = _lock_deductions(act, employer, deduction_ids)
        for deduction in deductions:
            rules.check_can_be_handed_over(deduction)
            deduction.state, deduction.handed_over_on = DeductionState.HANDED_OVER, handed_over_on
            act.save(deduction)
            _pay_by(
                deduction,
                {
                    "dues_form": DuesForm.CASHLESS,
                    "dues_percent": deduction.percent,
                    "dues_statement_on": handed_over_on,
                },
                by,
            )
        act.about(employer, organization=employer.organization, count=len(deductions))
    return len(deductions)


def end_deduction(deduction_id: int, *, ends_on: dt.date, by: Actor) -> Deduction:
    """End a statement of deduction on its last day: withdrawn by the member, or never handed over (U-D1).

    The card of a member whose dues were deducted then says that they pay in cash. Raises `RuleViolation`, `NotAllowed`,
    `Deduction.DoesNotExist`.
    """
    with change(by=by, rule="U-D1", event="dues.deduction_ended") as act:
        found = Deduction.objects.visible_to(by).get(pk=deduction_id)
        employer = _lock_employer(act, found.employer_id)
        deduction = _lock_deductions(act, employer, [deduction_id])[0]
        rules.check_can_be_ended(deduction)
        rules.check_end(deduction, ends_on, act.today)
        was_deducted = deduction.state == DeductionState.HANDED_OVER
        deduction.state, deduction.ends_on = DeductionState.ENDED, ends_on
        act.save(deduction)
        if was_deducted:
            _pay_by(deduction, {"dues_form": DuesForm.CASH, "dues_percent": None, "dues_statement_on": None}, by)
        act.about(deduction, organization=employer.organization, employer=employer.pk)
    return deduction


def _fill(employer: Employer, values: dict[str, str]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(employer, name, values[name])
    rules.checked_employer(employer)


def _lock_employer(act: Act, employer_id: int, *, version: int | None = None) -> Employer:
    """Return the employer, locked, if the actor may change it."""
    employer = act.lock(Employer.objects.visible_to(act.by), employer_id, version=version)
    act.require(Permission.RECORD_DUES, employer.organization)
    return employer


def _lock_deductions(act: Act, employer: Employer, ids: Sequence[int]) -> list[Deduction]:
    """Return the statements to the employer with their members, which are locked first."""
    visible = Deduction.objects.visible_to(act.by).filter(employer=employer, pk__in=ids)
    act.lock_many(Member.objects.filter(pk__in=visible.values("member")))
    found = act.lock_many(Deduction.objects.filter(pk__in=visible.values("pk")))
    if len(found) < len(set(ids)):
        raise Deduction.DoesNotExist
    return found


def _pay_by(deduction: Deduction, values: dict[str, Any], by: Actor) -> None:
    """Write the form of paying to the card, if the person is still registered with the organisation."""
    members = Member.objects.visible_to(by).registered().filter(organization=deduction.employer.organization_id)
    if deduction.member_id is not None and members.filter(pk=deduction.member_id).exists():
        edit_card(deduction.member_id, values=values, version=None, by=by, rule="U-D1")
