"""Who leaves has paid the annual fee of the previous year (V-B10, K13)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from members.enums import EndReason
from members.models import Member
from members.rules.leaving import measures_in_force
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


def warnings(member: Member, *, on: dt.date) -> list[str]:
    """Return what does not forbid leaving on the day but should be seen before it (V-B10, K13).

    Disciplinary measures in force, and what is left of the annual fee of that year.
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
