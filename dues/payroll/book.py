"""Statements of deduction of a member who leaves (U-D1).

The transitions of members call it; they have locked the member and check permissions and rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from members.people.enums import DuesForm
from registry import states

from .enums import DeductionState
from .models import Deduction

if TYPE_CHECKING:
    import datetime as dt

    from members.people.models import Member
    from registry.transitions import Act


def end_deductions(act: Act, member: Member, *, on: dt.date) -> None:
    """End the member's open statements on the day of leaving, or on their first day if that is later.

    The card, which the caller saves, no longer says that dues are deducted.
    """
    open_ones = Deduction.objects.open().filter(member=member)
    if not open_ones.exists():
        return
    for deduction in act.lock_many(open_ones):
        states.check(deduction, DeductionState.ENDED, "U-D1")
        if deduction.state == DeductionState.HANDED_OVER:
            member.dues_form, member.dues_percent, member.dues_statement_on = DuesForm.CASH, None, None
        last = max(on, deduction.begins_on)
        deduction.state = DeductionState.ENDED
        deduction.ends_on = min(last, deduction.ends_on) if deduction.ends_on else last
        act.save(deduction)
