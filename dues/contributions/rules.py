"""Rules for property contributions (V-D2, V-D8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from dues.money import MAX_AMOUNT, is_sum, roubles
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .enums import PAPERS, DecidedBy
from .models import PropertyContribution

#: Maximum number of instalments, age of the decision in days, and days from it to the last term.
MAX_TERMS, LONGEST_AGO, LONGEST_TERM = 12, 3 * 366, 5 * 366


@dataclass(frozen=True)
class Term:
    """A sum in roubles and the day by which it is due."""

    due_on: dt.date
    amount: Decimal


@dataclass(frozen=True)
class Decision:
    """The decision on a contribution: its day, and its paper in the form for entries."""

    decided_on: dt.date
    paper: str


def total_of(terms: Sequence[Term]) -> Decimal:
    """Return the sum of the terms."""
    return sum((term.amount for term in terms), Decimal("0.00"))


def check_sets_contributions(organization: Organization) -> None:
    """Raise `RuleViolation` (V-D2) unless dues are charged in the organisation's federation, and it is not a cell."""
    if not organization.charter.charges_dues or organization.level == organization.charter.cell:
        message = _("Property contributions are set by an organisation that charges dues, not by a cell.")
        raise RuleViolation("V-D2", message)


def check_texts(title: str, spending: str) -> None:
    """Raise `RuleViolation` (V-D2) if the purpose or the order of spending is missing."""
    if not title.strip():
        raise RuleViolation("V-D2", _("Say what the contribution is for."), field="title")
    if not spending.strip():
        raise RuleViolation("V-D2", _("Say how the money is spent, as the decision does."), field="spending")


def check_terms(terms: Sequence[Term], decided_on: dt.date) -> None:
    """Raise `RuleViolation` (V-D2) for impossible sums, or days that are too early, too late or out of order."""
    if not 1 <= len(terms) <= MAX_TERMS:
        message = _("Enter from one to %(most)s terms, each with a day and a sum.")
        raise RuleViolation("V-D2", message % {"most": MAX_TERMS}, field="terms")
    if not all(is_sum(term.amount) for term in terms):
        raise RuleViolation("V-D2", _("Enter sums in roubles and kopecks, above zero."), field="terms")
    if total_of(terms) > MAX_AMOUNT:
        raise RuleViolation("V-D2", _("The sum is too large. Check it."), field="terms")
    days = [term.due_on for term in terms]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise RuleViolation("V-D2", _("Each term is later than the one before. Put them in order."), field="terms")
    if days[0] <= decided_on:
        message = _("The first term is not after the decision of %(day)s.")
        raise RuleViolation("V-D2", message % {"day": day_text(decided_on)}, field="terms")
    if days[-1] > decided_on + dt.timedelta(days=LONGEST_TERM):
        raise RuleViolation("V-D2", _("The last term is more than five years after the decision."), field="terms")


def decision_by_hand(body: str, number: str, decided_on: dt.date | None, today: dt.date) -> Decision:
    """Return the decision on a paper. Raises `RuleViolation` (V-D2) if its number is missing, or for an impossible
    day.
    """
    if body not in DecidedBy.values:
        raise RuleViolation("V-D2", _("A conference or a general meeting sets the contribution."), field="body")
    if not number.strip():
        raise RuleViolation("V-D2", _("Enter the number of the decision."), field="number")
    if decided_on is None or decided_on > today:
        raise RuleViolation("V-D2", _("The day of the decision is in the future or missing."), field="decided_on")
    if decided_on < today - dt.timedelta(days=LONGEST_AGO):
        message = _("Decisions before %(day)s are not accepted. Look at the paper again.")
        first = today - dt.timedelta(days=LONGEST_AGO)
        raise RuleViolation("V-D2", message % {"day": day_text(first)}, field="decided_on")
    return Decision(decided_on, f"{PAPERS[body]} № {number.strip()} от {day_text(decided_on)}"[:200])


def decision_of_item(item: AgendaItem, organization: Organization, terms: Sequence[Term]) -> Decision:
    """Return the decision of an item of an agenda.

    Raises `RuleViolation` (V-D2) unless it is adopted, of this organisation, and has this sum and last term.
    """
    if item.kind != ItemKind.PROPERTY or item.state != ItemState.ADOPTED or item.organization_id != organization.pk:
        raise RuleViolation("V-D2", _("This is no adopted decision on a property contribution of your organisation."))
    if PropertyContribution.objects.valid().filter(agenda_item=item.pk).exists():
        raise RuleViolation("V-D2", _("The contribution of this decision is recorded already."))
    if item.amount is not None and total_of(terms) != item.amount:
        message = _("The decision is about %(sum)s, and the terms come to %(total)s.")
        values = {"sum": roubles(item.amount), "total": roubles(total_of(terms))}
        raise RuleViolation("V-D2", message % values, field="terms")
    if item.due_on is not None and terms and terms[-1].due_on != item.due_on:
        message = _("By the decision the last term is %(day)s.")
        raise RuleViolation("V-D2", message % {"day": day_text(item.due_on)}, field="terms")
    assert item.meeting is not None  # noqa: S101 - adopted
    number = f" № {item.meeting.number}" if item.meeting.number else ""
    day = item.meeting.held_on
    return Decision(day, f"{item.meeting.body.name}: протокол{number} от {day_text(day)}"[-200:])


def check_not_recorded(organization: Organization, decision: Decision, title: str) -> None:
    """Raise `RuleViolation` (V-D2, N-D2) if the same contribution is already recorded."""
    same = PropertyContribution.objects.valid().filter(
        organization=organization, decided_on=decision.decided_on, paper=decision.paper, title=title.strip()
    )
    if same.exists():
        raise RuleViolation("N-D2", _("This contribution is recorded already; nothing was changed."), field="title")


def check_is_valid(contribution: PropertyContribution) -> None:
    """Raise `RuleViolation` (V-D2) if the contribution is cancelled."""
    if contribution.cancelled_on is not None:
        message = _("The contribution was cancelled on %(day)s.")
        raise RuleViolation("V-D2", message % {"day": day_text(contribution.cancelled_on)})


def check_can_be_cancelled(contribution: PropertyContribution, reason: str) -> None:
    """Raise `RuleViolation` (V-D2) if the contribution is already cancelled, or there is no reason."""
    check_is_valid(contribution)
    if not reason.strip():
        raise RuleViolation("V-D2", _("Say why the contribution is cancelled."), field="reason")


def check_is_cancelled(contribution: PropertyContribution) -> None:
    """Raise `RuleViolation` (V-D2) unless the contribution is cancelled, because only then its charges are reversed."""
    if contribution.cancelled_on is None:
        raise RuleViolation("V-D2", _("The contribution is in force. Cancel it first."))
