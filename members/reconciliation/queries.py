"""Units of the year-end reconciliation (V-B8)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Federation, Organization


def units_to_reconcile(year: int, *, zone: str | None = None, among: Collection[int] | None = None) -> list[int]:
    """Return the ids of units without a reconciliation of the year: cells with members, and keepers of cards with
    people who belong to no cell.

    `zone` limits them to those of a time zone, `among` to some by their ids.
    """
    wanted = Q()
    for federation in Federation.objects.all():
        charter = federation.charter
        if charter.reconciled:
            wanted |= Q(federation=federation, level__in=[charter.cell or charter.keeper, charter.keeper])
    if not wanted:
        return []
    units = Organization.objects.filter(wanted, figures__members__gt=0).exclude(status=OrganizationStatus.ENDED)
    if zone is not None:
        units = units.filter(zone=zone)
    if among is not None:
        units = units.filter(pk__in=among)
    return list(units.exclude(reconciliations__year=year).order_by("pk").values_list("pk", flat=True))
