"""Rules for setting rates (V-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import EntryKind, Fee
from dues.ledger.models import LedgerEntry
from dues.money import MAX_AMOUNT, is_sum
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Federation
from registry.states import allowed

from ..models import Rate

#: Earliest accepted first day of a rate.
_EARLIEST = dt.date(2000, 1, 1)
_MAX_PERCENT = Decimal("100.00")


def may_set_rates(by: Actor) -> bool:
    """Return whether the actor may set rates: leaders and administrator of the federal organisation, and the
    installation (V-D1).
    """
    own = by.organization
    return by.may(Permission.SET_RATES) and (own is None or own.parent_id is None)


def require_may_set_rates(by: Actor, federation: Federation) -> None:
    """Raise `NotAllowed` unless the actor may set rates, and in this federation."""
    own = by.organization
    if not may_set_rates(by) or (own is not None and own.federation_id != federation.pk):
        raise NotAllowed


def fees_with_rates(rates: Sequence[Rate]) -> list[str]:
    """Return the kinds of dues for which the federation has rates; new kinds come with the charter."""
    return [fee for fee in Fee.values if any(rate.fee == fee for rate in rates)]


def check_rate(
    rates: Sequence[Rate], *, federation: Federation, fee: str, amount: Decimal, valid_from: dt.date, paper: str
) -> None:
    """Raise `RuleViolation` for an unknown kind, a missing paper, or a rate that
    would affect existing charges (V-D1).
    """
    if fee not in fees_with_rates(rates):
        raise RuleViolation("V-D1", _("The charter has no such kind of dues."), field="fee")
    most = _MAX_PERCENT if fee == Fee.PERCENT else MAX_AMOUNT
    if not is_sum(amount) or amount > most:
        raise RuleViolation("V-D1", _("Enter an amount above zero, with two digits after the comma."), field="amount")
    if not paper.strip():
        raise RuleViolation("V-D1", _("Name the paper that set the rate."), field="paper")
    if valid_from < _EARLIEST:
        raise RuleViolation("V-D1", _("Check the date."), field="valid_from")
    last = max(rate.valid_from for rate in rates if rate.fee == fee)
    if valid_from <= last:
        message = _("A rate from %(day)s is set already; the new one begins later.") % {"day": day_text(last)}
        raise RuleViolation("V-D1", message, field="valid_from")
    charged = last_charge(federation, fee)
    if charged is not None and valid_from <= charged:
        refusal = _("Dues were charged on %(day)s by the present rate; the new one begins later.")
        raise RuleViolation("V-D1", refusal % {"day": day_text(charged)}, field="valid_from")


def check_rate_unused(rate: Rate, rates: Sequence[Rate]) -> None:
    """Raise `RuleViolation` unless the rate is the latest of its kind and unused (V-D1)."""
    same = [one for one in rates if one.fee == rate.fee]
    if len(same) < 2 or max(same, key=lambda one: one.valid_from).pk != rate.pk:
        raise RuleViolation("V-D1", _("Only the latest rate can be taken back, and a first one remains."))
    charged = last_charge(rate.federation, rate.fee)
    if charged is not None and charged >= rate.valid_from:
        raise RuleViolation("V-D1", _("Dues were charged by this rate already; set a new one instead."))


def can_take_back(rate: Rate, rates: Sequence[Rate]) -> bool:
    """Return whether the rate can be deleted."""
    return allowed(check_rate_unused, rate, rates)


def last_charge(federation: Federation, fee: str) -> dt.date | None:
    """Return the latest date of a charge of this kind in the federation, including reversed ones."""
    charges = LedgerEntry.objects.filter(organization__federation=federation, kind=EntryKind.CHARGE, fee=fee)
    return charges.order_by("-made_on").values_list("made_on", flat=True).first()


def check_year(year: int, today: dt.date) -> None:
    """Raise `RuleViolation` for a year that has not begun or is too long ago (V-D1)."""
    if not today.year - 10 <= year <= today.year:
        raise RuleViolation("V-D1", _("The year has not begun yet or is too long ago."), field="year")
