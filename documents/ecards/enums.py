"""States and choices of electronic cards: requests, cards, orders, batches, deliveries (U-8 to U-10)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class RequestState(TextChoices):
    """State of the request for one card."""

    DRAFT = "draft", _("in the order of the organisation")
    CHECKED = "checked", pgettext_lazy("card request", "checked")
    REJECTED = "rejected", pgettext_lazy("card request", "not accepted")
    ORDERED = "ordered", _("in the order for the producer")
    SENT = "sent", _("sent to the producer")
    MADE = "made", pgettext_lazy("card", "made")
    FAILED = "failed", pgettext_lazy("card", "not made")
    ARRIVED = "arrived", pgettext_lazy("card", "arrived")
    HANDED_OUT = "handed_out", pgettext_lazy("card", "handed out")
    RETURNED = "returned", pgettext_lazy("card", "not handed out")
    CANCELLED = "cancelled", pgettext_lazy("card request", "cancelled")


#: Open requests; a member has at most one.
OPEN_REQUESTS = (
    RequestState.DRAFT, RequestState.CHECKED, RequestState.ORDERED, RequestState.SENT, RequestState.MADE,
    RequestState.ARRIVED,
)  # fmt: skip
#: Open requests that were not sent to the producer yet.
UNSENT_REQUESTS = (RequestState.DRAFT, RequestState.CHECKED, RequestState.ORDERED)
#: Open requests in a batch for the producer, and closed requests without a card in use.
BATCHED_REQUESTS = (RequestState.ORDERED, RequestState.SENT, RequestState.MADE, RequestState.ARRIVED)
FAILED_REQUESTS = (RequestState.REJECTED, RequestState.FAILED, RequestState.RETURNED)
#: Requests that the region has accepted but not sent yet.
ACCEPTED_REQUESTS = (RequestState.CHECKED, RequestState.ORDERED)
#: Requests whose card is being made, or is made and has not arrived.
PRODUCTION_REQUESTS = (RequestState.SENT, RequestState.MADE)
CARD_REQUEST_MOVES: dict[str, set[str]] = {
    RequestState.DRAFT: {RequestState.CHECKED, RequestState.REJECTED, RequestState.CANCELLED},
    # Back to draft: the member has moved to another organisation.
    RequestState.CHECKED: {RequestState.ORDERED, RequestState.REJECTED, RequestState.DRAFT, RequestState.CANCELLED},
    RequestState.ORDERED: {
        RequestState.SENT, RequestState.CHECKED, RequestState.REJECTED, RequestState.DRAFT, RequestState.CANCELLED,
    },
    RequestState.SENT: {RequestState.MADE, RequestState.FAILED, RequestState.CANCELLED},
    # A card can be lost on the way.
    RequestState.MADE: {RequestState.ARRIVED, RequestState.FAILED, RequestState.CANCELLED},
    RequestState.ARRIVED: {RequestState.HANDED_OUT, RequestState.RETURNED},
    RequestState.REJECTED: set(),
    RequestState.FAILED: set(),
    RequestState.HANDED_OUT: set(),
    RequestState.RETURNED: set(),
    RequestState.CANCELLED: set(),
}  # fmt: skip
register(
    "documents.CardRequest",
    CARD_REQUEST_MOVES,
    _("This cannot be done with the card of %(name)s now: %(state)s."),
    named_by="name_shown",
    tones={
        RequestState.DRAFT: "",
        RequestState.CHECKED: "info",
        RequestState.REJECTED: "bad",
        RequestState.ORDERED: "info",
        RequestState.SENT: "info",
        RequestState.MADE: "info",
        RequestState.FAILED: "bad",
        RequestState.ARRIVED: "warn",
        RequestState.HANDED_OUT: "ok",
        RequestState.RETURNED: "",
        RequestState.CANCELLED: "",
    },
)


class RequestReason(TextChoices):
    """Reason for making a card."""

    FIRST = "first", _("first card")
    NAME = "name", _("change of name")
    LOST = "lost", pgettext_lazy("electronic card", "lost")
    STOLEN = "stolen", pgettext_lazy("electronic card", "stolen")
    DAMAGED = "damaged", pgettext_lazy("electronic card", "damaged")


class CardState(TextChoices):
    """State of a card that was handed out."""

    ACTIVE = "active", pgettext_lazy("electronic card", "valid")
    BLOCKED = "blocked", pgettext_lazy("electronic card", "blocked")
    REPLACED = "replaced", pgettext_lazy("electronic card", "replaced by another")
    DESTROYED = "destroyed", pgettext_lazy("electronic card", "destroyed")


CARD_MOVES: dict[str, set[str]] = {
    CardState.ACTIVE: {CardState.BLOCKED, CardState.REPLACED},
    # Valid again: the end of the membership was entered by mistake and is cancelled.
    CardState.BLOCKED: {CardState.ACTIVE, CardState.REPLACED, CardState.DESTROYED},
    CardState.REPLACED: {CardState.DESTROYED},
    CardState.DESTROYED: set(),
}
register(
    "documents.ElectronicCard",
    CARD_MOVES,
    _("This cannot be done with the card: it is %(state)s."),
    tones={CardState.ACTIVE: "ok", CardState.BLOCKED: "bad", CardState.REPLACED: "", CardState.DESTROYED: ""},
)


#: Cards in their owner's possession, which move with the owner to another organisation.
HELD_CARDS = (CardState.ACTIVE, CardState.BLOCKED)
#: Cards that can never become valid again.
VOID_CARDS = (CardState.REPLACED, CardState.DESTROYED)


class BlockReason(TextChoices):
    """Reason why a card is no longer valid."""

    LOST = "lost", pgettext_lazy("electronic card", "lost")
    STOLEN = "stolen", pgettext_lazy("electronic card", "stolen")
    DAMAGED = "damaged", pgettext_lazy("electronic card", "damaged")
    LEFT = "left", _("membership ended")


#: Reasons after which no officer can have the card.
TAKEN_CARDS = (BlockReason.LOST, BlockReason.STOLEN)
#: Reasons that an officer can choose; the end of the membership blocks the card automatically.
MANUAL_BLOCK_REASONS = (BlockReason.LOST, BlockReason.STOLEN, BlockReason.DAMAGED)


class OrderState(TextChoices):
    """State of an organisation's order."""

    DRAFT = "draft", _("being prepared")
    SUBMITTED = "submitted", pgettext_lazy("card order", "submitted")
    ACCEPTED = "accepted", pgettext_lazy("card order", "accepted")
    RETURNED = "returned", pgettext_lazy("card order", "returned")
    DROPPED = "dropped", pgettext_lazy("card order", "dropped")


#: Orders that are not decided yet.
OPEN_ORDERS = (OrderState.DRAFT, OrderState.SUBMITTED)
#: Orders that were submitted and not recalled: they are printed in the state of that time.
SUBMITTED_ORDERS = (OrderState.SUBMITTED, OrderState.ACCEPTED, OrderState.RETURNED)
CARD_ORDER_MOVES: dict[str, set[str]] = {
    OrderState.DRAFT: {OrderState.SUBMITTED, OrderState.DROPPED},
    # Back to draft: recalled before it was checked.
    OrderState.SUBMITTED: {OrderState.DRAFT, OrderState.ACCEPTED, OrderState.RETURNED},
    OrderState.ACCEPTED: set(),
    OrderState.RETURNED: set(),
    OrderState.DROPPED: set(),
}
register(
    "documents.CardOrder",
    CARD_ORDER_MOVES,
    _("The order cannot be changed in this way: it is %(state)s."),
    tones={
        OrderState.DRAFT: "warn",
        OrderState.SUBMITTED: "info",
        OrderState.ACCEPTED: "ok",
        OrderState.RETURNED: "bad",
        OrderState.DROPPED: "",
    },
)


class BatchState(TextChoices):
    """State of a consolidated order for the producer."""

    DRAFT = "draft", _("being prepared")
    SENT = "sent", pgettext_lazy("consolidated order", "sent")
    DROPPED = "dropped", pgettext_lazy("consolidated order", "dropped")


CARD_BATCH_MOVES: dict[str, set[str]] = {
    BatchState.DRAFT: {BatchState.SENT, BatchState.DROPPED},
    BatchState.SENT: set(),
    BatchState.DROPPED: set(),
}
register(
    "documents.CardBatch",
    CARD_BATCH_MOVES,
    _("The consolidated order can no longer be changed: it is %(state)s."),
    tones={BatchState.DRAFT: "warn", BatchState.SENT: "ok", BatchState.DROPPED: ""},
)


class DeliveryState(TextChoices):
    """State of a parcel or of an act of handing cards over."""

    ON_THE_WAY = "on_the_way", _("on the way")
    RECEIVED = "received", pgettext_lazy("parcel", "received")


CARD_DELIVERY_MOVES: dict[str, set[str]] = {
    DeliveryState.ON_THE_WAY: {DeliveryState.RECEIVED},
    DeliveryState.RECEIVED: set(),
}
register(
    "documents.CardDelivery",
    CARD_DELIVERY_MOVES,
    _("The receipt is confirmed already."),
    tones={DeliveryState.ON_THE_WAY: "info", DeliveryState.RECEIVED: "ok"},
)


class Outcome(TextChoices):
    """Outcome of one line of the producer's answer. Only these codes are stored, no personal data of the file."""

    MADE = "made", pgettext_lazy("card", "made")
    FAILED = "failed", pgettext_lazy("card", "not made")
    KNOWN = "known", _("recorded before")
    REPEATED = "repeated", _("repeats an earlier line")
    CONTRADICTS = "contradicts", _("contradicts an earlier line or answer")
    UNKNOWN = "unknown", _("no card of this order")
    CANCELLED = "cancelled", _("the request was cancelled meanwhile")
    NO_RESULT = "no_result", _("neither made nor not made")
    BAD_NUMBER = "bad_number", _("wrong card number")
    TAKEN_NUMBER = "taken_number", _("the number belongs to another card")


#: Outcomes that need no attention.
SETTLED_OUTCOMES = (Outcome.MADE, Outcome.FAILED, Outcome.KNOWN, Outcome.REPEATED)


class CardStatus(TextChoices):
    """Status of a member's card in the list of members; an open request takes precedence over the card in use."""

    NONE = "none", _("not ordered")
    ORDERED = "ordered", _("in an order")
    REFUSED = "refused", _("not accepted or not made")
    PRODUCTION = "production", _("being made")
    ABOVE = "above", _("at the superior organisation")
    HERE = "here", _("to be handed out")
    ISSUED = "issued", _("ВЫДАН")
    BLOCKED = "blocked", pgettext_lazy("electronic card", "blocked")


CARD_STATUS_TONES: dict[str, str] = {
    CardStatus.NONE: "", CardStatus.ORDERED: "info", CardStatus.REFUSED: "bad", CardStatus.PRODUCTION: "info",
    CardStatus.ABOVE: "info", CardStatus.HERE: "warn", CardStatus.ISSUED: "ok", CardStatus.BLOCKED: "bad",
}  # fmt: skip
