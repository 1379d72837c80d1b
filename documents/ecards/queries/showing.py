"""Data about cards for the public page of the QR, and for the member's card (U-8, U-10)."""

from __future__ import annotations

from dataclasses import dataclass

from members.people.enums import PRESENT_MEMBERS
from members.people.models import Member
from registry.access import Actor, usable

from ..models import CODE_LENGTH, CardRequest, ElectronicCard


@dataclass(frozen=True)
class VerifiedCard:
    """Data of a valid card that the public page shows."""

    organization: str
    initials: str


def find_valid_card(code: str) -> VerifiedCard | None:
    """Return the public data of the valid card with this code, or None for any other code."""
    if len(code) != CODE_LENGTH:
        return None
    found = ElectronicCard.objects.active().filter(
        usable("member__"), request__code=code, member__state__in=PRESENT_MEMBERS
    )
    card = found.select_related("member", "request__organization").first()
    if card is None or card.member is None:
        return None
    member = card.member
    letters = [name[0] for name in (member.surname, member.given_name, member.patronymic) if name]
    return VerifiedCard(card.request.organization.short_name, " ".join(f"{letter}." for letter in letters))


def requests_of(member: Member, actor: Actor) -> list[CardRequest]:
    """Return the member's requests with their cards, the latest first."""
    found = CardRequest.objects.visible_to(actor).filter(member=member)
    return list(found.select_related("card", "order", "place", "organization").order_by("-pk"))
