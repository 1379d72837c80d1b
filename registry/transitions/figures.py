"""Stored counts: moved by the transition that changes them, recounted by `check_integrity`.

A person counts where his unit is: in the cell or, without one, in the organisation that keeps the card.
"""

from django.db import transaction
from django.db.models import F, Sum

from ..access import Actor, in_scope
from ..models import Figures, Organization

FIELDS = ("members", "consents_printed", "consents_signed", "incomplete")


@transaction.atomic
def adjust(organization_id: int, **deltas: int) -> None:
    """Add the deltas to the organisation's own counts, in the transaction of the change that causes them."""
    deltas = {name: delta for name, delta in deltas.items() if delta}
    if not deltas:
        return
    Figures.objects.get_or_create(organization_id=organization_id)
    Figures.objects.filter(organization_id=organization_id).update(
        **{name: F(name) + delta for name, delta in deltas.items()}
    )


def totals(actor: Actor | None) -> dict[str, int]:
    """Counts of everything the actor oversees: a sum over one row per organisation, never over people."""
    found = Figures.objects.filter(in_scope(actor, "organization__")).aggregate(**{name: Sum(name) for name in FIELDS})
    return {name: value or 0 for name, value in found.items()}


def totals_under(organization: Organization) -> dict[str, int]:
    """Counts of an organisation with everything below it (invariant 9)."""
    return totals(Actor.system("totals", organization))
