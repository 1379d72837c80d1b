"""Stored counts of members, changed by transitions and recounted by `check_integrity`.

A member is counted in their unit: the cell or, without one, the organisation that keeps the card.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F

from registry.accounts.models import Appointment
from registry.enums import Role

from ..models import NEVER, Figures


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


@transaction.atomic
def note_chairs(organization_id: int) -> None:
    """Store until when the organisation has a chair, in the transaction that has changed its appointments."""
    ends = Appointment.objects.filter(organization=organization_id, role=Role.CHAIR).values_list("ends_on", flat=True)
    until = max((day or dt.date.max for day in ends), default=NEVER)
    Figures.objects.get_or_create(organization_id=organization_id)
    Figures.objects.filter(organization_id=organization_id).update(led_until=until)
