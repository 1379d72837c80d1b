"""Transitions of breach cards (V-C5, 152-ФЗ art. 21 p. 3.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q

from members.people.models import Member
from registry.access import Actor
from registry.days import after_months
from registry.enums import Permission
from registry.organizations.models import Organization, on_its_day
from registry.sizes import CHUNK
from registry.transitions import Act, change, quietly

from . import rules
from .enums import SETTLED, BreachState
from .models import Breach, BreachPerson


def open_breach(*, values: Mapping[str, Any], by: Actor) -> Breach:
    """Open the card of a breach in the actor's organisation. Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule=rules.RULE, event="breach.opened") as act:
        own = by.organization
        organization = act.lock(Organization.objects.visible_to(by), own.pk if own is not None else 0)
        act.require(Permission.ERASE, organization)
        breach = Breach(organization=organization, **rules.check_facts(values, act.now))
        act.save(breach)
        act.about(breach, organization=organization)
    return breach


def change_breach(breach_id: int, *, values: Mapping[str, Any], by: Actor) -> Breach:
    """Change the facts of a card. Raises `RuleViolation`, `NotAllowed`, `Breach.DoesNotExist`."""
    with change(by=by, rule=rules.RULE, event="breach.changed") as act:
        breach = _lock(act, breach_id)
        rules.check_can_change(breach)
        facts = rules.check_facts(values, act.now)
        rules.check_noticed_stays(breach, facts["noticed_at"])
        for name, value in facts.items():
            setattr(breach, name, value)
        act.save(breach)
        act.about(breach, organization=breach.organization)
    return breach


def name_people(breach_id: int, member_ids: Collection[int], *, by: Actor) -> int:
    """Add members to the card; return how many are new on it. Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule=rules.RULE, event="breach.people_named") as act:
        breach = _lock(act, breach_id)
        rules.check_can_change(breach)
        known = set(BreachPerson.objects.filter(breach=breach).values_list("member", flat=True))
        seen = Member.objects.visible_to(by).filter(pk__in=list(member_ids)).values_list("pk", flat=True)
        fresh = sorted(set(seen) - known)
        rules.check_people(len(seen), len(known) + len(fresh))
        BreachPerson.objects.bulk_create([BreachPerson(breach=breach, member_id=pk) for pk in fresh], batch_size=CHUNK)
        act.about(breach, organization=breach.organization, people=len(fresh))
    return len(fresh)


def unname_person(breach_id: int, member_id: int, *, by: Actor) -> None:
    """Remove a member from the card. Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`."""
    with change(by=by, rule=rules.RULE, event="breach.person_unnamed") as act:
        breach = _lock(act, breach_id)
        rules.check_can_change(breach)
        BreachPerson.objects.visible_to(by).get(breach=breach, member=member_id).delete()
        act.about(breach, organization=breach.organization)


def record_told(breach_id: int, *, told_on: dt.date | None, by: Actor) -> int:
    """Record the day on which the remaining people on the card were informed; return their number."""
    with change(by=by, rule=rules.RULE, event="breach.people_told") as act:
        breach = _lock(act, breach_id)
        rules.check_can_change(breach)
        day = rules.check_told(told_on, breach, act.today)
        count = BreachPerson.objects.filter(breach=breach, told_on__isnull=True).update(told_on=day)
        act.about(breach, organization=breach.organization, people=count)
    return count


def send_first(breach_id: int, *, sent_at: dt.datetime | None, number: str = "", by: Actor) -> Breach:
    """Record that the first notice was sent. Raises `RuleViolation`, `NotAllowed`, `Breach.DoesNotExist`."""
    with change(by=by, rule=rules.RULE, event="breach.first_sent") as act:
        breach = _lock(act, breach_id)
        rules.check_first(breach)
        breach.first_at = rules.check_sent(sent_at, breach.noticed_at, act.now)
        breach.state, breach.first_number = BreachState.TOLD, number.strip()[:60]
        act.save(breach)
        act.about(breach, organization=breach.organization, late=breach.first_at > breach.first_due)
    return breach


def send_second(breach_id: int, *, sent_at: dt.datetime | None, number: str = "", by: Actor) -> Breach:
    """Record that the second notice was sent. Raises `RuleViolation`, `NotAllowed`, `Breach.DoesNotExist`."""
    with change(by=by, rule=rules.RULE, event="breach.second_sent") as act:
        breach = _lock(act, breach_id)
        rules.check_second(breach)
        breach.second_at = rules.check_sent(sent_at, breach.first_at or breach.noticed_at, act.now)
        breach.state, breach.second_number = BreachState.EXPLAINED, number.strip()[:60]
        act.save(breach)
        act.about(breach, organization=breach.organization, late=breach.second_at > breach.second_due)
    return breach


def close_breach(breach_id: int, *, by: Actor) -> Breach:
    """Close the card; it is destroyed after three years. Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule=rules.RULE, event="breach.closed") as act:
        breach = _lock(act, breach_id)
        rules.check_can_close(breach)
        return _settle(act, breach, BreachState.CLOSED)


def dismiss_breach(breach_id: int, *, by: Actor) -> Breach:
    """Settle a card that turned out to be no breach. Raises `RuleViolation`, `NotAllowed`, `Breach.DoesNotExist`."""
    with change(by=by, rule=rules.RULE, event="breach.dismissed") as act:
        breach = _lock(act, breach_id)
        rules.check_can_dismiss(breach)
        return _settle(act, breach, BreachState.DISMISSED)


def pass_on_breaches(act: Act, ended: Organization, successor: Organization) -> None:
    """Transfer the cards of an ended organisation to its successor, which is now responsible for them (N-H3)."""
    breaches = act.lock_many(Breach.objects.filter(organization=ended))
    for breach in breaches:
        breach.organization = successor
        breach.version += 1
    act.update_many(Breach, breaches, ["organization", "version"])


def forget_breaches() -> int:
    """Destroy settled cards past their retention, with their history; return their number."""
    over = on_its_day(lambda day: Q(keep_until__lt=day), "organization__")
    with quietly(Actor.system("breaches")):
        ids = list(Breach.objects.filter(over, state__in=SETTLED).values_list("pk", flat=True))
        Breach.objects.filter(pk__in=ids).delete()
        Breach.history.filter(id__in=ids).delete()
    return len(ids)


def _settle(act: Act, breach: Breach, state: str) -> Breach:
    breach.state, breach.settled_on = state, act.today
    breach.keep_until = after_months(act.today, rules.KEPT_MONTHS)
    act.save(breach)
    act.about(breach, organization=breach.organization)
    return breach


def _lock(act: Act, breach_id: int) -> Breach:
    breach = act.lock(Breach.objects.visible_to(act.by), breach_id)
    breach.organization = Organization.objects.select_related("federation").get(pk=breach.organization_id)
    act.require(Permission.ERASE, breach.organization)
    return breach
