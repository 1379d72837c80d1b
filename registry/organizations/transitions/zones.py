"""Transition that sets the time zone of an organisation and of those that inherit it."""

from __future__ import annotations

from registry.access import Actor
from registry.enums import Permission
from registry.transitions import change

from ..models import Organization
from ..rules import tree as rules
from ..rules import zones
from .founding import lock_tree


def set_time_zone(organization_id: int, *, time_zone: str, by: Actor) -> Organization:
    """Set the organisation's own time zone, or let it inherit its superior's with an empty one (N-H3).

    The superior sets it; for the head of a federation, its administrator. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.time_zone_set") as act:
        found = Organization.objects.visible_to(by).get(pk=organization_id)
        lock_tree(act, found.federation_id)
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.FOUND_ORGANIZATIONS if organization.parent_id else Permission.ADMINISTER, organization)
        rules.check_working(organization)
        former = organization.zone
        organization.time_zone = zones.check_known(time_zone)
        organization.zone = time_zone or (organization.parent.zone if organization.parent is not None else "")
        act.save(organization)
        if organization.zone != former:
            pass_on_zone(organization)
        act.about(organization, organization=organization, zone=time_zone)
    return organization


def pass_on_zone(organization: Organization) -> None:
    """Apply the organisation's time zone to those below it, except below organisations with their own zone.

    The caller has locked the tree. The zone is derived, which needs no history row.
    """
    below = Organization.objects.under(organization).exclude(pk=organization.pk)
    below.update(zone=organization.zone)
    # Paths sort an organisation before its subordinates, so their own zone is applied last.
    for own in below.exclude(time_zone="").order_by("path").only("federation_id", "path", "time_zone"):
        Organization.objects.under(own).update(zone=own.time_zone)
