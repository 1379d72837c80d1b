"""Rules on dues for leaving: the annual fee of the previous year must be paid (V-B10, K13)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dues.money import roubles
from members.book.enums import EndReason
from members.movement.rules.leaving import measures_in_force
from members.people.models import Member
from registry.errors import RuleViolation

from .standing import standing_of

#: Reasons for which no payment is required: death, exclusion, and moves that are not a leaving.
EXEMPT = {
    EndReason.DEATH,
    EndReason.EXCLUSION,
    EndReason.MERGER,
    EndReason.CELL_MOVED,
    EndReason.OTHER_CELL,
    EndReason.UNDONE,
}


def left_unpaid(member: Member, *, on: dt.date, reason: str) -> Decimal:
    """Return the unpaid rest of the previous year's annual fee, which prevents leaving for that reason on the day.

    Nobody records a payment on a blocked card, so it is not kept for a debt (N-C1).
    """
    if reason in EXEMPT or member.blocked_on is not None:
        return Decimal("0.00")
    return standing_of(member).left_of_year(on.year - 1)


def check_left_paid(member: Member, *, on: dt.date, reason: str) -> None:
    """Raise `RuleViolation` with the amount if the annual fee of the previous year is unpaid (V-B10, K13)."""
    amount = left_unpaid(member, on=on, reason=reason)
    if amount:
        message = _("The annual fee for %(year)s is not paid: %(sum)s. Record the payment first.")
        raise RuleViolation("V-B10", message % {"year": on.year - 1, "sum": roubles(amount)})


def warnings(member: Member, *, on: dt.date) -> list[str]:
    """Return warnings that do not prevent leaving on the day (V-B10, K13).

    These are disciplinary measures in force and the unpaid rest of the annual fee of that year.
    """
    found = []
    measures = measures_in_force(member)
    if measures:
        text = ngettext(
            "%(n)s disciplinary measure is in force.", "%(n)s disciplinary measures are in force.", measures
        )
        found.append(text % {"n": measures})
    unpaid = standing_of(member).left_of_year(on.year)
    if unpaid:
        found.append(gettext("The annual fee of this year is not paid: %(sum)s.") % {"sum": roubles(unpaid)})
    return found
