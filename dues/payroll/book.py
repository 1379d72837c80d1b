"""Statements of deduction of a member who leaves or whose leaving is undone, and of merged organisations (U-D1).

The transitions of members call it; they have locked the member and check permissions and rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from members.people.enums import DuesForm
from members.people.models import Member
from registry import states

from .enums import OPEN_DEDUCTIONS, DeductionState
from .models import Deduction, EmployeeNumber, Employer

if TYPE_CHECKING:
    import datetime as dt

    from members.book.models import Registration
    from registry.organizations.models import Organization
    from registry.transitions import Act


def end_deductions(act: Act, member: Member, registration: Registration, *, on: dt.date) -> None:
    """End the member's open statements on the day of leaving, or on their first day if that is later.

    The statements store the ended registration. The card, which the caller saves, no longer says that dues are
    deducted.
    """
    open_ones = Deduction.objects.open().filter(member=member)
    if not open_ones.exists():
        return
    for deduction in act.lock_many(open_ones):
        states.check(deduction, DeductionState.ENDED, "U-D1")
        if deduction.state == DeductionState.HANDED_OVER:
            member.dues_form, member.dues_percent, member.dues_statement_on = DuesForm.CASH, None, None
        deduction.ended_with, deduction.stated_end = registration, deduction.ends_on
        last = max(on, deduction.begins_on)
        deduction.state = DeductionState.ENDED
        deduction.ends_on = min(last, deduction.ends_on) if deduction.ends_on else last
        act.save(deduction)


def resume_deductions(act: Act, member: Member, registration: Registration) -> None:
    """Restore the statements that ended with the registration, because it continues (U-D1).

    The card, which the caller saves, again has the form of paying from before the leaving.
    """
    ended = Deduction.objects.filter(ended_with=registration, member=member, state=DeductionState.ENDED)
    for deduction in act.lock_many(ended):
        to = DeductionState.PREPARED
        if deduction.handed_over_on is not None:
            to = DeductionState.HANDED_OVER
            _pay_as_before(member, registration)
        states.check(deduction, to, "U-D1")
        deduction.state, deduction.ends_on = to, deduction.stated_end
        deduction.ended_with = deduction.stated_end = None
        act.save(deduction)


def _pay_as_before(member: Member, registration: Registration) -> None:
    """Set the card's form of paying to the last one in the organisation of the registration."""
    rows: Any = Member.history.filter(id=member.pk, organization_id=registration.organization_id)
    before = rows.order_by("-history_id").first()
    if before is not None:
        for name in ("dues_form", "dues_percent", "dues_statement_on"):
            setattr(member, name, getattr(before, name))


def pass_on_employers(act: Act, employers: Sequence[Employer], successor: Organization) -> None:
    """Give the successor locked employers of an ended organisation, with open statements and employee numbers (N-H3).

    Lists that were posted stay with the ended organisation, in whose books their payments are. An employer that both
    have becomes one.
    """
    known = {employer.name: employer for employer in Employer.objects.filter(organization=successor)}
    for former in employers:
        employer = known.get(former.name)
        if employer is None:
            employer = Employer(organization=successor, columns=former.columns)
            for name in ("name", "addressee", "inn", "address", "contact"):
                setattr(employer, name, getattr(former, name))
            act.save(employer)
        here = {"employer": former, "member__organization": successor}
        moved = act.lock_many(Deduction.objects.filter(state__in=OPEN_DEDUCTIONS, **here))
        act.set_all(Deduction, moved, employer=employer)
        numbers = EmployeeNumber.objects.filter(**here).values_list("number", "member")
        EmployeeNumber.objects.bulk_create(
            [EmployeeNumber(employer=employer, number=number, member_id=pk) for number, pk in numbers],
            ignore_conflicts=True,
        )
