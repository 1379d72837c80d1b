"""Transitions of an organisation's life cycle.

Those that affect members (moving, merging, liquidating) are in `members.movement.transitions.organizations`.
"""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.enums import Permission
from registry.transitions import Act, change

from ..enums import OrganizationStatus, RenameState
from ..models import BodySeat, Figures, Organization
from ..queries import FIELDS
from ..rules import names
from ..rules import tree as rules
from .figures import adjust, note_chairs
from .founding import lock_tree, update_keys
from .renames import answer_open_request
from .zones import pass_on_zone


def open_organization(organization_id: int, *, on: dt.date, by: Actor) -> Organization:
    """Open an organisation that was being founded (N-H3)."""
    with change(by=by, rule="N-H3", event="organization.opened") as act:
        organization = lock_subordinate(act, organization_id)
        rules.check_is_forming(organization)
        rules.check_not_in_future(organization, on)
        organization.status, organization.founded_on = OrganizationStatus.ACTIVE, on
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


def begin_liquidation(organization_id: int, *, by: Actor) -> Organization:
    """Begin the liquidation: nobody can be registered and nothing founded below any longer (N-H3)."""
    with change(by=by, rule="N-H3", event="organization.liquidation_begun") as act:
        organization = lock_subordinate(act, organization_id)
        rules.check_liquidation_can_begin(organization)
        organization.status = OrganizationStatus.LIQUIDATING
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


def stop_liquidation(organization_id: int, *, by: Actor) -> Organization:
    """Call off the liquidation (N-H3)."""
    with change(by=by, rule="N-H3", event="organization.liquidation_stopped") as act:
        organization = lock_subordinate(act, organization_id)
        rules.check_is_liquidating(organization)
        organization.status = OrganizationStatus.ACTIVE
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


# Steps of larger transitions.


def lock_subordinate(act: Act, organization_id: int, *others: Q) -> Organization:
    """Return the subordinate organisation, locked together with the tree and with `others`. Raises `NotAllowed`."""
    found = Organization.objects.visible_to(act.by).get(pk=organization_id)
    lock_tree(act, found.federation_id)
    if others:
        # All at once, in the same order as transfers lock theirs.
        act.lock_many(Organization.objects.filter(reduce(or_, others, Q(pk=organization_id))))
    organization = act.lock(Organization.objects.visible_to(act.by), organization_id)
    act.require(Permission.FOUND_ORGANIZATIONS, organization)
    return organization


def set_parent(act: Act, organization: Organization, parent: Organization) -> None:
    """Move the organisation and its subtree below the parent; the caller has locked the tree and checked the rules."""
    old = organization.path
    organization.parent = parent
    organization.path = f"{parent.path}{organization.pk}/"
    former_zone, organization.zone = organization.zone, organization.time_zone or parent.zone
    act.save(organization)
    # Only the derived path of its subordinates changes, so they need no history row.
    Organization.objects.filter(federation_id=organization.federation_id, path__startswith=old).exclude(
        pk=organization.pk
    ).update(path=Concat(Value(organization.path), Substr("path", len(old) + 1)))
    if organization.zone != former_zone:
        pass_on_zone(organization)


def absorb(act: Act, source: Organization, target: Organization, *, on: dt.date) -> None:
    """Move subordinates, accounts and figures of the source to the target and end the source."""
    for child in act.lock_many(Organization.objects.filter(parent=source).working()):
        if child.short_name != (name := rules.name_after_merger(child, source, target)):
            child.short_name = name
            update_keys(child)
        set_parent(act, child, target)
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
    """End the organisation with its appointments and seats; an open rename request is declined."""
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
    """End appointments on the day before; those that would begin later are deleted (N-H2)."""
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
    note_chairs(organization.pk)
