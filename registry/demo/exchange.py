"""Messages to the bonus programme for the demonstration: most confirmed, some waiting, one failed (U-7)."""

from __future__ import annotations

from documents.consents.enums import ConsentPurpose
from documents.consents.transitions.consents import mark_many_signed
from documents.exchange import book, signing
from documents.exchange.enums import RETRY_SCHEDULE, Channel, OutboxState, Outcome
from documents.exchange.models import OutboxEntry
from documents.exchange.queries import consenting
from documents.exchange.transitions.files import pick_up, write_file
from documents.exchange.transitions.leaflets import finish_mail, start_mail
from documents.exchange.transitions.settings import change_settings
from documents.printing.transitions import record_prints
from members.people.enums import ConsentState
from members.people.models import Member
from registry.organizations.models import Organization
from registry.transitions import quietly

from ..access import Actor
from ..enums import MailFailure

#: Address of `manage.py receive_messages`.
ADDRESS = "http://127.0.0.1:8090/"
#: Number of messages left for that command.
WAITING = 3
#: Numbers of leaflets sent by e-mail and printed.
MAILED, PRINTED = 6, 4


def switch_on(head: Organization) -> None:
    """Switch the exchange on, with a programme on this computer."""
    change_settings(
        channel=Channel.WEB, address=ADDRESS, signed_answers=True, new_secret=signing.new_secret(),
        by=Actor.system("demonstration", head),
    )  # fmt: skip


def begin_with_files(head: Organization, keeper: Organization, by: Actor) -> None:
    """Send the first messages of the federation by a downloaded file, as if the address had not been known yet."""
    office = Actor.system("demonstration", head)
    change_settings(channel=Channel.FILE, address="", signed_answers=False, by=office)
    _sign(keeper, by, every=3)
    file = write_file(head.federation_id)
    if file is not None:
        pick_up(file.pk, by=office)


def go_on_with_a_file(head: Organization) -> None:
    """Write the waiting messages into a file that is not downloaded yet, as if the programme's site were down.

    Messages are sent to the address again after the channel is changed back in the settings.
    """
    change_settings(channel=Channel.FILE, address=ADDRESS, signed_answers=True, by=Actor.system("demonstration", head))
    write_file(head.federation_id)


def give_leaflets(keeper: Organization, by: Actor) -> None:
    """Send leaflets by e-mail, one of them unsuccessfully, and print them for members without an address (U-11)."""
    members = consenting(Member.objects.visible_to(by).registered().filter(organization=keeper)).order_by("pk")
    *sent, refused = members.exclude(email="")[: MAILED + 1]
    for member in (*sent, refused):
        mail = start_mail(member.pk, by=by)
        if mail is not None:
            finish_mail(mail.pk, MailFailure.ADDRESS if member == refused else None)
    printed = list(members.filter(email="").values_list("pk", flat=True)[:PRINTED])
    record_prints("leaflet", printed, data_classes=(), by=by)


def _sign(keeper: Organization, by: Actor, *, every: int) -> None:
    """Mark the consents to the transfer as signed, except those of every third or fifth member."""
    members = Member.objects.visible_to(by).filter(organization=keeper)
    signed = members.filter(consents__purpose=ConsentPurpose.PROCESSING, consents__state=ConsentState.SIGNED)
    days = dict(signed.order_by("pk").values_list("pk", "consents__signed_on"))
    chosen = {pk: day for number, (pk, day) in enumerate(days.items()) if number % every}
    mark_many_signed(chosen, purpose=ConsentPurpose.TRANSFER, by_hand=True, by=by)


def sign_transfers(keeper: Organization, by: Actor) -> None:
    """Mark the consents to the transfer of four in five members as signed; confirm most of the messages."""
    _sign(keeper, by, every=5)
    with quietly(by) as act:
        entries = act.lock_many(OutboxEntry.objects.filter(organization=keeper, state=OutboxState.WAITING))
        for entry in entries[WAITING:]:
            book.claim(act, entry)
            book.confirm(act, entry, entry.version)
        if len(entries) > WAITING:
            last = entries[WAITING - 1]
            last.attempts = len(RETRY_SCHEDULE) - 1
            book.claim(act, last)
            book.fail(act, last, Outcome.BROKEN, status=500)
