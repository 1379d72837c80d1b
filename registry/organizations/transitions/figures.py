"""Stored counts of members, changed by transitions and recounted by `check_integrity`.

A member is counted in their unit: the cell or, without one, the organisation that keeps the card.
"""

from django.db import transaction
from django.db.models import F

from ..models import Figures


@transaction.atomic
def adjust(organization_id: int, **deltas: int) -> None:
    """Add the deltas to the organisation's own counts, in the caller's transaction."""
    deltas = {name: delta for name, delta in deltas.items() if delta}
    if not deltas:
        return
    Figures.objects.get_or_create(organization_id=organization_id)
    Figures.objects.filter(organization_id=organization_id).update(
        **{name: F(name) + delta for name, delta in deltas.items()}
    )
