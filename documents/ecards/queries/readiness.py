"""Candidates for electronic cards, their obstacles, and the card status of members (U-8)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from documents.consents.enums import ConsentPurpose
from documents.consents.queries import signed_for
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization

from ..contents import Candidate
from ..enums import (
    FAILED_REQUESTS,
    BlockReason,
    CardState,
    RequestReason,
)
from ..models import CardRequest, ElectronicCard
from ..prepared import status_expression

#: Reason for blocking a card → reason for the next request.
_REASONS = {
    BlockReason.LOST: RequestReason.LOST,
    BlockReason.STOLEN: RequestReason.STOLEN,
    BlockReason.DAMAGED: RequestReason.DAMAGED,
}


def without_card(organization: Organization, actor: Actor) -> QuerySet[Member]:
    """Return the registered members who have neither a valid card nor an open request."""
    members = Member.objects.visible_to(actor).registered().filter(organization=organization)
    return members.filter(~Exists(_valid_cards()), ~Exists(_open_requests()))


def ready(members: QuerySet[Member]) -> QuerySet[Member]:
    """Return the members with a complete card, a photograph and both consents (U-8)."""
    signed = signed_for(members, ConsentPurpose.PROCESSING)
    signed = signed_for(signed, ConsentPurpose.TRANSFER)
    return signed.filter(missing=0, photo__isnull=False, blocked_on__isnull=True)


def candidates(members: QuerySet[Member]) -> list[Candidate]:
    """Return the members in alphabetical order, with the obstacles to a card and the former request of each.

    Uses a constant number of queries.
    """
    people = list(members.order_by("sort_key", "pk"))
    ids = [member.pk for member in people]
    these = Member.objects.filter(pk__in=ids)
    signed = {
        purpose: set(signed_for(these, purpose).values_list("pk", flat=True))
        for purpose in (ConsentPurpose.PROCESSING, ConsentPurpose.TRANSFER)
    }
    requests: dict[int | None, CardRequest] = {}
    for request in CardRequest.objects.filter(member__in=ids).order_by("pk"):
        requests[request.member_id] = request
    cards: dict[int | None, ElectronicCard] = {}
    for card in ElectronicCard.objects.filter(member__in=ids).order_by("pk"):
        cards[card.member_id] = card
    opened = set(CardRequest.objects.open().filter(member__in=ids).values_list("member", flat=True))
    found = []
    for member in people:
        held = cards.get(member.pk)
        checks = {
            "card": member.missing == 0,
            "photo": member.photo_id is not None,
            "processing": member.pk in signed[ConsentPurpose.PROCESSING],
            "transfer": member.pk in signed[ConsentPurpose.TRANSFER],
            "blocked": member.blocked_on is None,
            "open": member.pk not in opened,
            "valid": held is None or held.state != CardState.ACTIVE,
        }
        former = requests.get(member.pk)
        found.append(
            Candidate(member, tuple(key for key, fine in checks.items() if not fine), _reason(held, former), former)
        )
    return found


def _reason(held: ElectronicCard | None, former: CardRequest | None) -> str:
    """Return the reason of a failed former request, or the reason that follows from the blocked card."""
    if former is not None and former.state in FAILED_REQUESTS:
        return former.reason
    if held is None or held.state != CardState.BLOCKED:
        return RequestReason.FIRST
    return _REASONS.get(BlockReason(held.block_reason), RequestReason.FIRST)


def by_member(found: Iterable[Candidate]) -> dict[int, Candidate]:
    """Return the candidates by the member's id."""
    return {one.member.pk: one for one in found}


def _valid_cards() -> QuerySet[ElectronicCard]:
    return ElectronicCard.objects.active().filter(member=OuterRef("pk"))


def _open_requests() -> QuerySet[CardRequest]:
    return CardRequest.objects.open().filter(member=OuterRef("pk"))


def with_status(members: QuerySet[Member], status: str) -> QuerySet[Member]:
    """Return the members with this card status."""
    return members.annotate(card_status=status_expression()).filter(card_status=status)
