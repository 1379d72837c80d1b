"""Sums of stored counts over a scope: one row per organisation, members are never counted (invariant 9)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Left, StrIndex, Substr

from registry.access import Actor, in_scope

from .enums import OrganizationStatus
from .models import Figures, Organization

FIELDS = ("members", "consents_printed", "consents_signed", "incomplete", "in_transit", "applications")


def totals(actor: Actor | None) -> dict[str, int]:
    """Return the counts of everything in the actor's scope."""
    found = Figures.objects.filter(in_scope(actor, "organization__")).aggregate(**{name: Sum(name) for name in FIELDS})
    return {name: value or 0 for name, value in found.items()}


def totals_under(organization: Organization) -> dict[str, int]:
    """Return the counts of an organisation with everything below it (invariant 9)."""
    return totals(Actor.system("totals", organization))


def totals_of_children(parent: Organization, children: Sequence[Organization]) -> dict[int, dict[str, int]]:
    """Return the counts of each child with its subtree and its number of working `organizations`, in one query."""
    if not children:
        return {}
    below = Q()
    for child in children:
        below |= Q(organization__path__startswith=child.path)
    # The rest of the path after the parent's begins with the id of the child.
    rest = Substr("organization__path", len(parent.path) + 1)
    rows: Any = (
        Figures.objects.filter(below, organization__federation_id=parent.federation_id)
        .annotate(child=Left(rest, StrIndex(rest, Value("/")) - 1))
        .order_by()
        .values("child")
        .annotate(
            organizations=Count("pk", filter=~Q(organization__status=OrganizationStatus.ENDED)),
            **{f"sum_{name}": Sum(name) for name in FIELDS},
        )
    )
    return {
        int(row["child"]): {"organizations": row["organizations"], **{name: row[f"sum_{name}"] or 0 for name in FIELDS}}
        for row in rows
    }
