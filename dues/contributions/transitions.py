"""Transitions that set, charge and cancel property contributions (V-D2, V-D8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dues.ledger import book as ledger
from members.meetings.models import AgendaItem, Meeting
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from . import rules
from .models import ContributionTerm, PropertyContribution
from .queries import not_charged
from .rules import Term


def set_contribution(
    organization_id: int,
    *,
    title: str,
    spending: str,
    terms: Sequence[Term],
    item_id: int | None = None,
    body: str = "",
    number: str = "",
    decided_on: dt.date | None = None,
    by: Actor,
) -> PropertyContribution:
    """Record the decision on a property contribution: of the adopted item, or of the body by number and day (V-D2).

    Nobody is charged yet. Raises `RuleViolation`, `NotAllowed`, `AgendaItem.DoesNotExist`.
    """
    with change(by=by, rule="V-D2", event="dues.contribution_set") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_sets_contributions(organization)
        rules.check_texts(title, spending)
        if item_id is not None:
            # The meeting too, so that the decision is not reversed meanwhile.
            act.lock_many(Meeting.objects.filter(items=item_id))
            item = act.lock(AgendaItem.objects.visible_to(by), item_id)
            decision = rules.decision_of_item(item, organization, terms)
        else:
            decision = rules.decision_by_hand(body, number, decided_on, act.today)
        rules.check_terms(terms, decision.decided_on)
        rules.check_not_recorded(organization, decision, title)
        contribution = PropertyContribution(
            organization=organization, agenda_item=item_id, title=title.strip(), spending=spending.strip(),
            decided_on=decision.decided_on, paper=decision.paper, amount=rules.total_of(terms),
        )  # fmt: skip
        act.save(contribution)
        ContributionTerm.objects.bulk_create(
            ContributionTerm(contribution=contribution, due_on=term.due_on, amount=term.amount) for term in terms
        )
        act.about(contribution, organization=organization)
    return contribution


def charge_contribution(contribution_id: int, organization_id: int, *, by: Actor) -> int:
    """Charge the contribution to the members of an organisation that keeps cards; return the number charged (V-D2).

    Members already charged are skipped. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D2", event="dues.contribution_charged") as act:
        found = PropertyContribution.objects.visible_to(by).get(pk=contribution_id)
        # The organisation that set it too, so that it is not cancelled meanwhile.
        places = act.lock_many(Organization.objects.filter(pk__in=[organization_id, found.organization_id]))
        keeper = next(place for place in places if place.pk == organization_id)
        contribution = act.lock(PropertyContribution.objects.visible_to(by), contribution_id)
        act.require(Permission.RECORD_DUES, contribution.organization)
        rules.check_is_valid(contribution)
        members = list(not_charged(contribution).filter(organization=keeper).order_by("pk").only("pk"))
        count = ledger.charge_contribution(act, contribution, members, organization=keeper)
        act.silent = not count
        act.about(contribution, organization=keeper, count=count)
    return count


def cancel_contribution(contribution_id: int, *, reason: str, by: Actor) -> PropertyContribution:
    """Cancel the contribution: nobody is charged any longer. Its unpaid charges are reversed by organisation (V-D2).

    Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D2", event="dues.contribution_cancelled") as act:
        found = PropertyContribution.objects.visible_to(by).get(pk=contribution_id)
        act.lock(Organization, found.organization_id)
        contribution = act.lock(PropertyContribution.objects.visible_to(by), contribution_id)
        act.require(Permission.RECORD_DUES, contribution.organization)
        rules.check_can_be_cancelled(contribution, reason)
        contribution.cancelled_on, contribution.reason = act.today, reason.strip()
        act.save(contribution)
        act.about(contribution, organization=contribution.organization)
    return contribution


def reverse_contribution(contribution_id: int, organization_id: int, *, by: Actor) -> int:
    """Reverse the unpaid part of a cancelled contribution in the organisation's books; return the number of members.

    Paid money stays: nothing is refunded (V-D8). Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D2", event="dues.contribution_reversed") as act:
        found = PropertyContribution.objects.visible_to(by).get(pk=contribution_id)
        places = act.lock_many(Organization.objects.filter(pk__in=[organization_id, found.organization_id]))
        keeper = next(place for place in places if place.pk == organization_id)
        contribution = act.lock(PropertyContribution.objects.visible_to(by), contribution_id)
        act.require(Permission.RECORD_DUES, contribution.organization)
        rules.check_is_cancelled(contribution)
        count = ledger.reverse_contribution(act, contribution, organization=keeper, reason=contribution.reason)
        act.silent = not count
        act.about(contribution, organization=keeper, count=count)
    return count
