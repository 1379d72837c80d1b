"""Helpers: consents to the transfer, and settings with the address of the test programme."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from documents.consents.enums import ConsentPurpose
from documents.consents.models import Consent, ConsentText
from documents.exchange import book
from documents.exchange.enums import Channel
from documents.exchange.models import ExchangeSettings, OutboxEntry
from members.people.enums import ConsentState
from members.people.models import Member
from registry.transitions import quietly
from tests.members.places import Place

from .programme import SECRET


def consent(member: Member, place: Place) -> Consent:
    """Sign the consent to the transfer for the member, and update the outbox."""
    text, _new = ConsentText.objects.get_or_create(
        federation=member.federation, purpose=ConsentPurpose.TRANSFER, version=1,
        defaults={"valid_from": timezone.localdate(), "wording": {}},
    )  # fmt: skip
    given = Consent.objects.create(
        member=member, purpose=ConsentPurpose.TRANSFER, text=text, state=ConsentState.SIGNED,
        signed_on=timezone.localdate(), ticked_at=timezone.now(),
    )  # fmt: skip
    update_outbox(member, place)
    return given


def withdraw(member: Member, place: Place) -> None:
    """Withdraw the member's consent, and update the outbox."""
    Consent.objects.filter(member=member, purpose=ConsentPurpose.TRANSFER).update(state=ConsentState.WITHDRAWN)
    update_outbox(member, place)


def update_outbox(member: Member, place: Place) -> None:
    with quietly(place.chair) as act:
        book.update_outbox(act, [Member.objects.get(pk=member.pk)])


def entry_of(member: Member) -> OutboxEntry:
    return OutboxEntry.objects.get(member=member)


def switched_on(place: Place, url: str, **values: Any) -> ExchangeSettings:
    """Switch on the exchange of the place's federation with the programme at this address."""
    given: dict[str, Any] = {"channel": Channel.WEB, "address": url, "secret": SECRET, **values}
    exchange, _new = ExchangeSettings.objects.update_or_create(federation=place.head.federation, defaults=given)
    return exchange
