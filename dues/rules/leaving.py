"""Who leaves has paid the annual fee of the previous year (V-B10, K13)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from members.enums import EndReason
from members.models import Member
from registry.errors import RuleViolation

from .money import roubles
from .standing import standing_of

#: The dead and the excluded owe nothing for leaving; in the other cases nobody has left.
EXEMPT = {
    EndReason.DEATH,
    EndReason.EXCLUSION,
    EndReason.MERGER,
    EndReason.CELL_MOVED,
    EndReason.OTHER_CELL,
    EndReason.UNDONE,
}


def left_unpaid(member: Member, *, on: dt.date, reason: str) -> Decimal:
    """What keeps the member from leaving for that reason on the day: the rest of the previous year's annual fee."""
    if reason in EXEMPT:
        return Decimal("0.00")
    return standing_of(member).left_of_year(on.year - 1)


def check_left_paid(member: Member, *, on: dt.date, reason: str) -> None:
    """Refuse with the amount while the annual fee of the previous year is not paid (V-B10, K13)."""
    amount = left_unpaid(member, on=on, reason=reason)
    if amount:
        message = _("The annual fee for %(year)s is not paid: %(sum)s. Record the payment first.")
        raise RuleViolation("V-B10", message % {"year": on.year - 1, "sum": roubles(amount)})


def can_leave_paid(member: Member, *, on: dt.date, reason: str) -> bool:
    """Is nothing of the previous year's annual fee left to pay?"""
    return not left_unpaid(member, on=on, reason=reason)


def current_unpaid(member: Member, *, on: dt.date) -> Decimal:
    """The rest of the current year's annual fee: leaving is warned of it, not refused (K13)."""
    return standing_of(member).left_of_year(on.year)
