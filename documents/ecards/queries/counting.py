"""Counts of cards and requests by state (U-8 to U-10)."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization

from ..enums import CardStatus, RequestState
from ..models import CardRequest
from ..prepared import status_expression


def status_counts(organization: Organization, actor: Actor) -> list[tuple[str, str, int]]:
    """Return each card status with its label and the number of the organisation's registered members who have it."""
    members = Member.objects.visible_to(actor).registered().filter(organization=organization)
    rows = members.annotate(card_status=status_expression()).order_by().values("card_status")
    counted = {row["card_status"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return [(status.value, str(status.label), counted[status.value]) for status in CardStatus if status in counted]


def request_state_counts(requests: QuerySet[CardRequest]) -> list[tuple[str, int]]:
    """Return the labels of states with the number of requests, in the order of the process."""
    counted = {row["state"]: row["n"] for row in requests.order_by().values("state").annotate(n=Count("pk"))}
    return [(str(state.label), counted[state.value]) for state in RequestState if state in counted]
