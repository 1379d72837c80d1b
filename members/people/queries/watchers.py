"""People who can see a card, with the reason: roles in the same organisation and in superior ones (N-H1, N-H2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from members.admission.models import Representation
from registry.access import CLASSES, holders
from registry.accounts.models import Appointment
from registry.enums import DataClass, Permission, Role
from registry.journal.models import Event
from registry.organizations.models import Organization

from ..models import Member
from .history import readings

LATELY = dt.timedelta(days=90)
_MAX_SHOWN = 30


@dataclass(frozen=True)
class Watcher:
    """An officer who can open the card, with the appointment that allows it."""

    name: str
    role: Role
    organization: Organization
    since: dt.date
    until: dt.date | None
    classes: tuple[DataClass, ...]
    edits: bool


def watchers(member: Member) -> list[Watcher]:
    """Return everybody whose current appointment covers the card, the nearest organisation first."""
    assert member.unit is not None  # noqa: S101 — a card that somebody sees belongs to an organisation
    reach, charter = [*member.unit.ancestor_ids, member.unit.pk], member.unit.charter
    found = (
        Appointment.objects.current()
        .filter(organization_id__in=reach, role__in=holders(Permission.VIEW_MEMBERS), account__is_active=True)
        .select_related("account", "organization")
        .order_by("account__surname", "account__given_name", "pk")
    )
    order = {pk: distance for distance, pk in enumerate(reversed(reach))}
    return [
        Watcher(
            name=appointment.account.full_name,
            role=Role(appointment.role),
            organization=appointment.organization,
            since=appointment.starts_on,
            until=appointment.ends_on,
            classes=tuple(c for c in DataClass if c in CLASSES[Role(appointment.role)]),
            edits=_edits(appointment, member),
        )
        for appointment in sorted(found, key=lambda a: order[a.organization_id])
        if appointment.organization.level not in charter.counts_only
    ]


def _edits(appointment: Appointment, member: Member) -> bool:
    return appointment.organization_id == member.organization_id and Role(appointment.role) in holders(
        Permission.EDIT_MEMBERS
    )


def openings(member: Member) -> list[Event]:
    """Return openings of the card by superior organisations, or of its closed sections, in the last 90 days."""
    since = timezone.now() - LATELY
    wards = Representation.objects.filter(member=member).values_list("pk", flat=True)
    return list(readings(member, wards).filter(at__gte=since).select_related("account").order_by("-at")[:_MAX_SHOWN])
