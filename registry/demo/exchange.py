"""Messages to the bonus programme for the demonstration: most confirmed, some waiting, one failed (U-7)."""

from __future__ import annotations

from documents.consents.enums import ConsentPurpose
from documents.consents.transitions.consents import mark_many_signed
from documents.exchange import book, signing
from documents.exchange.enums import RETRY_SCHEDULE, Channel, Outcome
from documents.exchange.models import OutboxEntry
from documents.exchange.transitions.settings import change_settings
from members.people.enums import ConsentState
from members.people.models import Member
from registry.organizations.models import Organization
from registry.transitions import quietly

from ..access import Actor

#: Address of `manage.py receive_messages`.
ADDRESS = "http://127.0.0.1:8090/"
#: Number of messages that wait for that command.
WAITING = 3


def switch_on(head: Organization) -> None:
    """Switch the exchange on, with a programme on this computer."""
    change_settings(
        channel=Channel.WEB, address=ADDRESS, signed_answers=True, new_secret=signing.new_secret(),
        by=Actor.system("demonstration", head),
    )  # fmt: skip


def sign_transfers(keeper: Organization, by: Actor) -> None:
    """Mark the consents to the transfer of four in five members as signed; confirm most of the messages."""
    members = Member.objects.visible_to(by).filter(organization=keeper)
    signed = members.filter(consents__purpose=ConsentPurpose.PROCESSING, consents__state=ConsentState.SIGNED)
    days = dict(signed.order_by("pk").values_list("pk", "consents__signed_on"))
    chosen = {pk: day for number, (pk, day) in enumerate(days.items()) if number % 5}
    mark_many_signed(chosen, purpose=ConsentPurpose.TRANSFER, by_hand=True, by=by)
    with quietly(by) as act:
        entries = act.lock_many(OutboxEntry.objects.filter(organization=keeper))
        for entry in entries[WAITING:]:
            book.claim(act, entry)
            book.confirm(act, entry, entry.version)
        if len(entries) > WAITING:
            last = entries[WAITING - 1]
            last.attempts = len(RETRY_SCHEDULE) - 1
            book.claim(act, last)
            book.fail(act, last, Outcome.BROKEN, status=500)
