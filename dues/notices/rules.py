"""Rules for reminders of dues (V-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from dues.rates.models import Rate
from dues.rates.rules.rates import annual_term, rate_on
from members.people.models import Member
from registry.errors import RuleViolation
from registry.organizations.models import Organization

#: Maximum number of members who are reminded by one job.
MAX_REMINDED = 2000


def check_reminds(place: Organization) -> None:
    """Raise `RuleViolation` (V-D1) unless the organisation keeps cards and charges dues."""
    if not place.keeps_cards or not place.charter.charges_dues:
        message = _("Reminders are made by the organisation that keeps the cards and charges dues.")
        raise RuleViolation("V-D1", message)


def term_began(rates: Sequence[Rate], today: dt.date) -> dt.datetime:
    """Return the beginning of the present term, within which nobody is reminded twice.

    A new term begins on 1 January, when the annual fee is charged, and on the day after the fee's own term.
    """
    new_year = dt.date(today.year, 1, 1)
    rate = rate_on(rates, Fee.ANNUAL, new_year)
    late = annual_term(rate, today.year) + dt.timedelta(days=1) if rate is not None else None
    first = late if late is not None and late <= today else new_year
    return timezone.make_aware(dt.datetime.combine(first, dt.time()))


def check_chosen(ids: Collection[int]) -> None:
    """Raise `RuleViolation` (V-D1) if nobody is to be reminded, or more than `MAX_REMINDED`."""
    if not ids:
        message = _("Nobody is left to remind: who was chosen owes nothing or has been reminded within this term.")
        raise RuleViolation("V-D1", message)
    if len(ids) > MAX_REMINDED:
        message = _("At most %(most)s people at once. Choose fewer.")
        raise RuleViolation("V-D1", message % {"most": MAX_REMINDED})


def check_owes(owed: Decimal) -> None:
    """Raise `RuleViolation` (V-D1) if the member owes nothing."""
    if owed <= 0:
        raise RuleViolation("V-D1", _("The member has nothing to pay."))


def check_has_address(member: Member) -> None:
    """Raise `RuleViolation` (V-D1) if the card has no e-mail address."""
    if not member.email:
        raise RuleViolation("V-D1", _("%(name)s has no e-mail address on the card.") % {"name": member.full_name})
