"""States and choices of the exchange with the bonus programme: messages, outcomes, leaflets (U-7)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class Channel(TextChoices):
    """Channel by which messages reach the programme: its address, or files."""

    OFF = "off", _("switched off")
    WEB = "web", _("sent to the programme's address")
    FILE = "file", _("written into files that are handed over")


class MessageKind(TextChoices):
    """Kind of a message: the person takes part, or their participation is revoked."""

    MEMBER = "member", _("takes part")
    REVOKED = "revoked", pgettext_lazy("bonus programme", "withdrawn")


class OutboxState(TextChoices):
    """State of the newest message about a person."""

    WAITING = "waiting", _("waiting to be sent")
    CONFIRMED = "confirmed", pgettext_lazy("bonus programme", "sent")
    FAILED = "failed", _("could not be sent")


OUTBOX_MOVES: dict[str, set[str]] = {
    OutboxState.WAITING: {OutboxState.CONFIRMED, OutboxState.FAILED},
    # A new message about the person, or the same one sent again.
    OutboxState.CONFIRMED: {OutboxState.WAITING},
    OutboxState.FAILED: {OutboxState.WAITING, OutboxState.CONFIRMED},
}
register(
    "documents.OutboxEntry",
    OUTBOX_MOVES,
    _("This is %(state)s already."),
    tones={OutboxState.WAITING: "info", OutboxState.CONFIRMED: "ok", OutboxState.FAILED: "bad"},
)


class Outcome(TextChoices):
    """Outcome of one attempt to send a message."""

    DONE = "done", _("the programme has confirmed it")
    LOST = "lost", _("the registry was stopped while it was sending")
    NO_HOST = "no_host", _("the programme's address was not found")
    PRIVATE = "private", _("the programme's address is in an internal network")
    UNREACHABLE = "unreachable", _("there was no connection to the programme")
    CERTIFICATE = "certificate", _("the certificate of the programme's site is not valid")
    SILENT = "silent", _("the programme did not answer in time")
    CUT_OFF = "cut_off", _("the answer of the programme was incomplete")
    TOO_LARGE = "too_large", _("the answer of the programme was too long")
    REDIRECTED = "redirected", _("the programme's address has moved")
    BUSY = "busy", _("the programme was overloaded")
    BROKEN = "broken", _("the programme had an internal error")
    REFUSED = "refused", _("the programme refused it")
    GONE = "gone", _("the programme accepts no more messages at this address")
    FORGED = "forged", _("the answer was not signed by the programme")
    IN_FILE = "in_file", _("the file with the message was not downloaded yet")
    PICKED_UP = "picked_up", _("the file with the message was downloaded")


class LeafletState(TextChoices):
    """State of a leaflet sent by e-mail."""

    SENDING = "sending", _("being sent")
    SENT = "sent", pgettext_lazy("leaflet", "sent by e-mail")
    FAILED = "failed", _("e-mail could not be sent")


LEAFLET_MOVES: dict[str, set[str]] = {
    LeafletState.SENDING: {LeafletState.SENT, LeafletState.FAILED},
    LeafletState.SENT: set(),
    LeafletState.FAILED: set(),
}
register(
    "documents.LeafletMail",
    LEAFLET_MOVES,
    _("This is %(state)s already."),
    tones={LeafletState.SENDING: "info", LeafletState.SENT: "ok", LeafletState.FAILED: "bad"},
)
#: States in which the leaflet has reached the member, or may have.
MAILED_STATES = frozenset({LeafletState.SENDING, LeafletState.SENT})


#: Outcomes that concern the programme's site and not one person, so that all other messages wait too.
SITE_OUTCOMES = frozenset(
    {
        Outcome.NO_HOST, Outcome.PRIVATE, Outcome.UNREACHABLE, Outcome.CERTIFICATE, Outcome.SILENT, Outcome.BUSY,
        Outcome.GONE,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """The outcome of a request, with the answer of the programme."""

    outcome: Outcome
    status: int | None = None
    #: The wait requested by the programme.
    retry_after: dt.timedelta | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


#: Fields of the card that are sent to the programme. The consent to the transfer names them; no others are sent (U-7).
SENT_FIELDS = ("surname", "given_name", "patronymic", "birth_date", "ticket_number", "phone_mobile", "email")

#: Time after the tick within which the message has to be confirmed (U-7).
SEND_WITHIN = dt.timedelta(hours=24)
#: Waits before each attempt, including the first one (Standard Webhooks 1.0.0).
RETRY_SCHEDULE = tuple(
    dt.timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
#: Time after which a worker that has not recorded an outcome counts as dead; a request ends long before.
CLAIM_TIMEOUT = dt.timedelta(minutes=2)
#: The longest wait that the programme may request by Retry-After.
MAX_RETRY_AFTER = dt.timedelta(hours=6)
#: Limits of the pause while the site cannot be reached; between them, the pause equals the outage so far.
MIN_PAUSE, MAX_PAUSE = dt.timedelta(minutes=1), dt.timedelta(minutes=30)
#: Minimum time between two files, and the time after which a file that nobody downloaded is written again.
FILE_EVERY, FILE_AGAIN = dt.timedelta(hours=1), dt.timedelta(hours=24)
#: Time for which a file is stored, and the maximum number of messages in it.
FILE_KEPT, MAX_IN_FILE = dt.timedelta(days=7), 5_000
#: Time for which a replaced secret still signs messages, so that the programme can switch to the new one.
FORMER_SECRET_VALID_FOR = dt.timedelta(days=7)
