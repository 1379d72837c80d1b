"""From founding to the end of an organisation; moving, merging and liquidating bring people along in `members.transitions.organizations`."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from .. import states
from ..access import Actor, require
from ..enums import OrganizationStatus, Permission, RenameState
from ..models import Account, Appointment, BodySeat, Figures, Organization
from ..rules import names
from ..rules import organizations as rules
from ..rules.figures import FIELDS
from .base import Act, change
from .figures import adjust
from .organizations import lock_tree, renew_keys
from .renames import answer_open_request


def open_organization(organization_id: int, *, on: dt.date, by: Actor) -> Organization:
    """An organisation that was being founded begins its work (N-H3)."""
    with change(by=by, rule="N-H3", event="organization.opened") as act:
        organization = lock_subordinate(act, organization_id)
        states.check(organization, OrganizationStatus.ACTIVE, "N-H3")
        rules.check_is_forming(organization)
        rules.check_not_in_future(on)
        organization.status, organization.founded_on = OrganizationStatus.ACTIVE, on
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


def begin_liquidation(organization_id: int, *, by: Actor) -> Organization:
    """From now on nobody is put on account there and nothing is founded below (N-H3)."""
    with change(by=by, rule="N-H3", event="organization.liquidation_begun") as act:
        organization = lock_subordinate(act, organization_id)
        rules.check_not_root(organization)
        states.check(organization, OrganizationStatus.LIQUIDATING, "N-H3")
        organization.status = OrganizationStatus.LIQUIDATING
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


def stop_liquidation(organization_id: int, *, by: Actor) -> Organization:
    """The liquidation is called off; the organisation works as before (N-H3)."""
    with change(by=by, rule="N-H3", event="organization.liquidation_stopped") as act:
        organization = lock_subordinate(act, organization_id)
        states.check(organization, OrganizationStatus.ACTIVE, "N-H3")
        rules.check_is_liquidating(organization)
        organization.status = OrganizationStatus.ACTIVE
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


# Steps of the greater acts


def lock_subordinate(act: Act, organization_id: int) -> Organization:
    """The organisation below the actor's own, locked with the tree. Raises `NotAllowed`."""
    found = Organization.objects.visible_to(act.by).get(pk=organization_id)
    lock_tree(act, found.federation_id)
    organization = act.lock(Organization.objects.visible_to(act.by), organization_id)
    require(act.by, Permission.FOUND_ORGANIZATIONS, organization)
    return organization


def place_under(act: Act, organization: Organization, parent: Organization) -> None:
    """Put the organisation with everything below it under the parent; the caller holds the tree and has asked the rules."""
    old = organization.path
    organization.parent = parent
    organization.path = f"{parent.path}{organization.pk}/"
    act.save(organization)
    # Below it only the derived path changes, so only the moved one has a history row.
    Organization.objects.filter(federation_id=organization.federation_id, path__startswith=old).exclude(
        pk=organization.pk
    ).update(path=Concat(Value(organization.path), Substr("path", len(old) + 1)))


def absorb(act: Act, source: Organization, target: Organization, *, on: dt.date) -> None:
    """What the registry itself holds of the source goes to the target: subordinates, accounts, figures; the source ends."""
    for child in act.lock_many(Organization.objects.filter(parent=source).working()):
        if child.short_name != (name := rules.name_after_merger(child, source, target)):
            child.short_name = name
            renew_keys(child)
        place_under(act, child, target)
    accounts = act.lock_many(Account.objects.get_queryset().filter(home=source))
    for account in accounts:
        account.home = target
    act.update_many(Account, accounts, ["home"])
    _move_figures(act, source, target)
    end(act, source, on=on, successor=target)


def _move_figures(act: Act, source: Organization, target: Organization) -> None:
    counted = act.lock(Figures, source.pk)
    deltas = {name: getattr(counted, name) for name in FIELDS}
    adjust(source.pk, **{name: -count for name, count in deltas.items()})
    adjust(target.pk, **deltas)


def end(act: Act, organization: Organization, *, on: dt.date, successor: Organization | None = None) -> None:
    """The organisation ends: appointments and seats with it, an open request is answered; its record stays readable."""
    end_appointments(act, organization, on=on)
    seats = list(
        BodySeat.objects.filter(body__organization=organization, since__lte=on).filter(
            Q(until__isnull=True) | Q(until__gt=on)
        )
    )
    for seat in seats:
        seat.until = on
    act.update_many(BodySeat, seats, ["until"])
    answer_open_request(act, organization, RenameState.DECLINED, names.answered_by_end())
    organization.status, organization.ended_on, organization.successor = OrganizationStatus.ENDED, on, successor
    act.save(organization)


def end_appointments(act: Act, organization: Organization, *, on: dt.date) -> None:
    """Rights end before the day of the end; those that were to begin later never begin (N-H2)."""
    last = on - dt.timedelta(days=1)
    held = Appointment.objects.filter(organization=organization).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last))
    ending = []
    for appointment in act.lock_many(held):
        if appointment.starts_on > on:
            act.delete(appointment)
        else:
            appointment.ends_on = max(appointment.starts_on, last)
            ending.append(appointment)
    act.update_many(Appointment, ending, ["ends_on"])
