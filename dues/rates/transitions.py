"""Transitions that set and delete rates and reductions (V-D1).

Existing charges are never changed, except for open ones of a member by a decision about them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.ledger import book as ledger
from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Federation, Organization
from registry.organizations.transitions.founding import lock_tree
from registry.transitions import Act, change

from .models import Rate, Reduction
from .rules import reductions as reducing
from .rules import setting as rules
from .rules.rates import rates_of


def load_rates(federation: Federation, *, by: Actor) -> list[Rate]:
    """Store the charter's starting rates as the federation's own, once (V-D1)."""
    with change(by=by, rule="V-D1", event="dues.rates_loaded") as act:
        rules.require_may_set_rates(by, federation)
        federation = lock_tree(act, federation.pk)
        rates = ledger.load_starting_rates(act, federation)
        act.about(federation, organization=_head(federation), count=len(rates))
        act.silent = not rates
    return rates


def set_rate(federation: Federation, *, fee: str, amount: Decimal, valid_from: dt.date, paper: str, by: Actor) -> Rate:
    """Set a new rate from a day on, with the due dates of the previous rate. Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="V-D1", event="dues.rate_set") as act:
        rules.require_may_set_rates(by, federation)
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
    """Delete a rate set by mistake if nothing was charged with it. Raises `RuleViolation`, `Rate.DoesNotExist`."""
    with change(by=by, rule="V-D1", event="dues.rate_taken_back") as act:
        rules.require_may_set_rates(by, federation)
        federation = lock_tree(act, federation.pk)
        rate = act.lock(Rate.objects.filter(federation=federation), rate_id)
        rules.check_rate_unused(rate, rates_of(federation))
        act.about(None, organization=_head(federation), fee=rate.fee, rate=rate.pk)
        act.delete(rate)


def reduce_for_category(
    organization_id: int,
    *,
    category: str,
    fee: str,
    percent: int | None = None,
    amount: Decimal | None = None,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    paper: str,
    by: Actor,
) -> Reduction:
    """Reduce a fee for a category of members of the organisation and those below it, from a day on (V-D1).

    They pay the percentage of the rate, or the sum in roubles. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D1", event="dues.reduction_set") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        reducing.check_reduces(organization)
        reducing.check_reduction(
            fee=fee, percent=percent, amount=amount, valid_from=valid_from, valid_until=valid_until, paper=paper
        )
        reducing.check_category(organization, category, fee, valid_from)
        others = Reduction.objects.filter(organization=organization, fee=fee, category=category)
        reducing.check_no_overlap(list(others), valid_from, valid_until)
        reduction = Reduction(
            organization=organization, fee=fee, category=category, percent=percent, amount=amount,
            valid_from=valid_from, valid_until=valid_until, paper=paper.strip(),
        )  # fmt: skip
        act.save(reduction)
        act.about(reduction, organization=organization, fee=fee)
    return reduction


def reduce_for_member(
    member_id: int,
    *,
    fee: str,
    percent: int | None = None,
    amount: Decimal | None = None,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    paper: str,
    by: Actor,
) -> int:
    """Reduce a fee for one member by a decision, from a day of this year on; return the number of charges changed.

    Unpaid charges of these days are reversed and charged again with the reduced sum, or not at all for an exempt
    member; paid ones stay. Raises `RuleViolation`, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-D1", event="dues.member_reduced") as act:
        visible = Member.objects.visible_to(by).registered()
        organization = act.lock(Organization, visible.values_list("organization", flat=True).get(pk=member_id))
        member = act.lock(visible, member_id)
        act.require(Permission.RECORD_DUES, organization)
        reducing.check_reduces(organization)
        reducing.check_reduction(
            fee=fee, percent=percent, amount=amount, valid_from=valid_from, valid_until=valid_until, paper=paper
        )
        reducing.check_personal_day(member, valid_from, act.today)
        others = Reduction.objects.filter(organization=organization, fee=fee, member=member)
        reducing.check_no_overlap(list(others), valid_from, valid_until)
        account = ledger.open_accounts(act, [member])[member.pk]
        reduction = Reduction(
            organization=organization, fee=fee, member=member, percent=percent, amount=amount,
            valid_from=valid_from, valid_until=valid_until, paper=paper.strip(),
        )  # fmt: skip
        act.save(reduction)
        changed = ledger.reduce_open(act, account, reduction, organization=organization)
        act.about(member, organization=organization, fee=fee, count=changed)
    return changed


def end_reduction(reduction_id: int, *, valid_until: dt.date, by: Actor) -> None:
    """Set the last day of a reduction, today or later (V-D1). Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="V-D1", event="dues.reduction_ended") as act:
        reduction = _lock_reduction(act, reduction_id)
        reducing.check_can_be_ended(reduction, valid_until, act.today)
        reduction.valid_until = valid_until
        act.save(reduction)
        act.about(None, organization=reduction.organization, reduction=reduction.pk)


def take_reduction_back(reduction_id: int, *, by: Actor) -> None:
    """Delete a reduction that has not begun (V-D1). Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="V-D1", event="dues.reduction_taken_back") as act:
        reduction = _lock_reduction(act, reduction_id)
        reducing.check_not_begun(reduction, act.today)
        act.about(None, organization=reduction.organization, reduction=reduction.pk)
        act.delete(reduction)


def _lock_reduction(act: Act, reduction_id: int) -> Reduction:
    found = Reduction.objects.visible_to(act.by).get(pk=reduction_id)
    act.lock(Organization, found.organization_id)
    reduction = act.lock(Reduction.objects.visible_to(act.by), reduction_id)
    act.require(Permission.RECORD_DUES, reduction.organization)
    return reduction


def _head(federation: Federation) -> Organization | None:
    return Organization.objects.filter(federation=federation, parent__isnull=True).first()
