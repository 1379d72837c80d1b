"""Transitions that set rates and take them back; existing charges are never changed (V-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.ledger import book as ledger
from registry.access import Actor
from registry.organizations.models import Federation, Organization
from registry.organizations.transitions.founding import lock_tree
from registry.transitions import change

from .models import Rate
from .rules import setting as rules
from .rules.rates import rates_of


def load_rates(federation: Federation, *, by: Actor) -> list[Rate]:
    """Store the charter's starting rates as the federation's own, once (V-D1)."""
    with change(by=by, rule="V-D1", event="dues.rates_loaded") as act:
        rules.require_may_set_rates(by)
        federation = lock_tree(act, federation.pk)
        rates = ledger.load_starting_rates(act, federation)
        act.about(federation, organization=_head(federation), count=len(rates))
        act.silent = not rates
    return rates


def set_rate(federation: Federation, *, fee: str, amount: Decimal, valid_from: dt.date, paper: str, by: Actor) -> Rate:
    """Set a new rate from a day on, with the due dates of the rate before. Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="V-D1", event="dues.rate_set") as act:
        rules.require_may_set_rates(by)
        federation = lock_tree(act, federation.pk)
        ledger.load_starting_rates(act, federation)
        rates = rates_of(federation)
        rules.check_rate(rates, federation=federation, fee=fee, amount=amount, valid_from=valid_from, paper=paper)
        before = max((rate for rate in rates if rate.fee == fee), key=lambda rate: rate.valid_from)
        rate = Rate(
            federation=federation,
            fee=fee,
            amount=amount,
            valid_from=valid_from,
            paper=paper.strip(),
            due_month=before.due_month,
            due_day=before.due_day,
            days_after_decision=before.days_after_decision,
        )
        act.save(rate)
        act.about(rate, organization=_head(federation), fee=fee)
    return rate


def take_rate_back(rate_id: int, *, federation: Federation, by: Actor) -> None:
    """Delete a rate set by mistake if nothing was charged by it. Raises `RuleViolation`, `Rate.DoesNotExist`."""
    with change(by=by, rule="V-D1", event="dues.rate_taken_back") as act:
        rules.require_may_set_rates(by)
        federation = lock_tree(act, federation.pk)
        rate = act.lock(Rate.objects.filter(federation=federation), rate_id)
        rules.check_rate_unused(rate, rates_of(federation))
        act.about(None, organization=_head(federation), fee=rate.fee, rate=rate.pk)
        act.delete(rate)


def _head(federation: Federation) -> Organization | None:
    return Organization.objects.filter(federation=federation, parent__isnull=True).first()
