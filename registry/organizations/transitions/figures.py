"""Stored counts: moved by the transition that changes them, recounted by `check_integrity`.

A person counts where his unit is: in the cell or, without one, in the organisation that keeps the card.
"""

from django.db import transaction
from django.db.models import F

from ..models import Figures


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
