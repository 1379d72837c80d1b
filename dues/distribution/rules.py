"""Rules of distributing income and of settlements between organisations (V-D7, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dues.ledger.rules.standing import NOTHING
from dues.money import is_sum, money
from registry import states
from registry.days import EARLIEST, day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .enums import ActState, RemittanceState
from .models import Distribution, DistributionDecision, Remittance, SettlementAct

HUNDRED = Decimal(100)
#: Organisation, purpose and percent of each share.
Shares = Sequence[tuple[Organization, str, Decimal]]


def check_has_superior(organization: Organization) -> None:
    """Raise `RuleViolation` (V-D7) for the highest organisation, which passes nothing on."""
    if organization.parent_id is None:
        raise RuleViolation("V-D7", _("Your organisation has no superior; it passes nothing on."))


def check_shares(organization: Organization, shares: Shares) -> None:
    """Raise `RuleViolation` (V-D7) unless the shares of the organisation and its superiors add up to 100 %.

    The first share stays with the organisation: it gets the remaining kopecks.
    """
    allowed = {organization.pk, *organization.ancestor_ids}
    if any(target.pk not in allowed for target, _purpose, _percent in shares):
        raise RuleViolation("V-D7", _("Shares go to the organisation itself and to its superiors."))
    if not shares or shares[0][0] != organization:
        raise RuleViolation("V-D7", _("A share stays with the organisation. Enter its percent."), field="own_1")
    if any(not is_sum(percent) or percent > HUNDRED for _target, _purpose, percent in shares):
        raise RuleViolation("V-D7", _("A share is more than 0 and at most 100 percent, with two decimals."))
    total = sum((percent for _target, _purpose, percent in shares), NOTHING)
    if total != HUNDRED:
        message = _("The shares come to %(sum)s %%. Together they must be 100 %%.")
        raise RuleViolation("V-D7", message % {"sum": money(total)})


def check_decision(
    organization: Organization,
    *,
    body: str,
    number: str,
    decided_on: dt.date,
    valid_from: dt.date,
    until: dt.date | None,
    today: dt.date,
) -> None:
    """Raise `RuleViolation` (V-D7) for a decision without body or number, or with an impossible day.

    `until` is the last day that is already distributed.
    """
    if not body.strip():
        raise RuleViolation("V-D7", _("Enter the body that has decided."), field="body")
    if not number.strip():
        raise RuleViolation("V-D7", _("Enter the number of the minutes."), field="number")
    if decided_on > today:
        raise RuleViolation("V-D7", _("The date of the decision cannot be in the future."), field="decided_on")
    if until is not None and valid_from <= until:
        message = _("What was received until %(day)s is distributed already. Enter a later day.")
        raise RuleViolation("V-D7", message % {"day": day_text(until)}, field="valid_from")
    if DistributionDecision.objects.filter(organization=organization, valid_from=valid_from).exists():
        message = _("A decision that is valid from this day is recorded already.")
        raise RuleViolation("V-D7", message, field="valid_from")


def check_decision_unused(decision: DistributionDecision) -> None:
    """Raise `RuleViolation` (N-D1) if income was distributed by the decision."""
    if decision.distributions.exists():
        raise RuleViolation("N-D1", _("Income was distributed by this decision, so it stays recorded."))


def check_period(
    *, first: dt.date | None, last: dt.date, done_until: dt.date | None, today: dt.date, next_from: dt.date | None
) -> dt.date:
    """Return the first day of the period to distribute.

    `first` is None without a decision; `next_from` is the day from which a later decision is valid. Raises
    `RuleViolation` (V-D7), and N-D2 for a period that is already distributed.
    """
    if first is None:
        raise RuleViolation("V-D7", _("Record the decision on the shares first."))
    if done_until is not None and last <= done_until:
        message = _("What was received until %(day)s is distributed already; nothing is posted twice.")
        raise RuleViolation("N-D2", message % {"day": day_text(done_until)}, field="last")
    if last >= today:
        raise RuleViolation("V-D7", _("The period has not passed yet. Enter an earlier day."), field="last")
    if last < first:
        message = _("The decision is valid from %(day)s. Enter a later day.")
        raise RuleViolation("V-D7", message % {"day": day_text(first)}, field="last")
    if next_from is not None and last >= next_from:
        message = _("Another decision is valid from %(day)s. Distribute until the day before first.")
        raise RuleViolation("V-D7", message % {"day": day_text(next_from)}, field="last")
    return first


def check_receivers(decision: DistributionDecision | None, organization: Organization, first: dt.date) -> None:
    """Raise `RuleViolation` (V-D7) if the decision gives a share to an organisation that is no longer a superior.

    It was merged, or the organisation itself was moved under another superior. `first` is the first day to distribute.
    """
    superiors = [organization.pk, *organization.ancestor_ids]
    former = decision.shares.exclude(organization__in=superiors).first() if decision is not None else None
    if decision is None or former is None:
        return
    # Two decisions cannot be valid from the same day.
    if decision.valid_from == first:
        message = _(
            "«%(name)s» is no longer above your organisation. Delete the decision, and record a new one, valid "
            "from %(day)s."
        )
    else:
        message = _("«%(name)s» is no longer above your organisation. Record a new decision, valid from %(day)s.")
    raise RuleViolation("V-D7", message % {"name": former.organization.short_name, "day": day_text(first)})


def check_made_on(made_on: dt.date, last: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D7) for a day before the end of the period, or in the future."""
    if not last < made_on <= today:
        message = _("The distribution is made after the period, and not in the future.")
        raise RuleViolation("V-D7", message, field="made_on")


def check_something_received(amount: Decimal) -> None:
    """Raise `RuleViolation` (V-D7) unless something is left to distribute; a negative amount waits for the next
    period.
    """
    if amount <= NOTHING:
        message = _("Nothing is to be distributed: %(sum)s ₽. Choose a later day, so that the sum is above zero.")
        raise RuleViolation("V-D7", message % {"sum": money(amount)}, field="last")


def check_can_be_taken_back(distribution: Distribution, *, is_last: bool, left: bool, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless it is the last one, nothing of it is passed on, and a reason is given."""
    if distribution.taken_back_on is not None:
        raise RuleViolation("N-D1", _("The distribution is taken back already."))
    if not is_last:
        raise RuleViolation("N-D1", _("Take the later distribution back first."))
    if not left:
        raise RuleViolation("N-D1", _("Money of this distribution is passed on. Take that back first."))
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")


def check_passed_on(amount: Decimal, owed: Decimal, *, made_on: dt.date, paper: str, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D7) for a sum that is not owed, a day in the future, or a missing paper."""
    if not is_sum(amount):
        raise RuleViolation("V-D7", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    if amount > owed:
        message = _("Only %(sum)s ₽ are owed to this organisation.")
        raise RuleViolation("V-D7", message % {"sum": money(owed)}, field="amount")
    if made_on > today:
        raise RuleViolation("V-D7", _("The date cannot be in the future."), field="made_on")
    if not paper.strip():
        raise RuleViolation("V-D7", _("Name the paper: payment order or receipt with number and date."), field="paper")


def check_account(number: str) -> None:
    """Raise `RuleViolation` (V-D7) unless the passport has the settlement account for paying or receiving the money."""
    if not number:
        message = _("Enter the settlement account into the passport of the organisation first.")
        raise RuleViolation("V-D7", message, field="source")


def check_can_be_confirmed(remittance: Remittance) -> None:
    """Raise `RuleViolation` (V-D7) unless the money is in transit."""
    states.check(remittance, RemittanceState.RECEIVED, "V-D7")


def check_received_on(remittance: Remittance, received_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D7) for a day before the money was sent, or in the future."""
    check_can_be_confirmed(remittance)
    if not remittance.made_on <= received_on <= today:
        message = _("The money was sent on %(day)s. Enter that day or a later one, not in the future.")
        raise RuleViolation("V-D7", message % {"day": day_text(remittance.made_on)}, field="received_on")


def check_not_found(remittance: Remittance, reason: str) -> None:
    """Raise `RuleViolation` (V-D7) unless the money waits for confirmation and the text says what was checked."""
    states.check(remittance, RemittanceState.NOT_FOUND, "V-D7")
    if not reason.strip():
        raise RuleViolation("V-D7", _("Enter the reason."), field="reason")


def check_remittance_can_be_taken_back(remittance: Remittance, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless the receiver has not confirmed the money, and a reason is given."""
    states.check(remittance, RemittanceState.TAKEN_BACK, "N-D1")
    if remittance.sent_line_id is not None:
        raise RuleViolation("N-D1", _("A bank statement shows this payment. Put the payment back first."))
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")


def check_period_of_act(first: dt.date, last: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D7) for a period that ends before it begins, in the future, or older than any paper."""
    if first < EARLIEST:
        raise RuleViolation("V-D7", _("There are no books of so early a day. Correct it."), field="first")
    if last > today:
        raise RuleViolation("V-D7", _("The date is in the future. Correct it."), field="last")
    if first > last:
        raise RuleViolation("V-D7", _("The period ends before it begins."), field="last")


def check_act_is_new(drawn: SettlementAct) -> None:
    """Raise `RuleViolation` (N-D2) if the same act of the same side is already waiting for an answer."""
    waiting = SettlementAct.objects.filter(
        organization=drawn.organization_id, superior=drawn.superior_id, first=drawn.first, last=drawn.last,
        by_superior=drawn.by_superior, state=ActState.DRAWN,
    )  # fmt: skip
    if any((one.owed, one.claimed) == (drawn.owed, drawn.claimed) for one in waiting):
        raise RuleViolation("N-D2", _("This act is drawn already and waits for the answer of the other side."))


def check_can_be_answered(act: SettlementAct) -> None:
    """Raise `RuleViolation` (V-D7) if the act was already answered."""
    states.check(act, ActState.AGREED, "V-D7")


def check_answer(act: SettlementAct, differences: str) -> None:
    """Raise `RuleViolation` (V-D7) if the two books differ and the answer does not explain it."""
    check_can_be_answered(act)
    if act.owed != act.claimed and not differences.strip():
        message = _("The books differ by %(sum)s ₽. Name the difference.")
        raise RuleViolation("V-D7", message % {"sum": money(abs(act.owed - act.claimed))}, field="differences")
