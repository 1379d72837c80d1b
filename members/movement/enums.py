"""States of a transfer, fates of the paper card, kinds of destroyed records."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class Destroyed(TextChoices):
    """Subject of a destruction record (V-B14, practice 7.4)."""

    CARD = "card", pgettext_lazy("destroyed", "card")
    APPLICATION = "application", pgettext_lazy("destroyed", "application")
    #: The cards of a list that was undone (U-5).
    LIST = "list", pgettext_lazy("destroyed", "cards of a list")
    #: The data without a ground, after a withdrawal of the consent to processing (N-C1).
    DATA = "data", pgettext_lazy("destroyed", "data of the card")


class PaperCard(TextChoices):
    """Location of the paper card at the end of a registration (V-B10, V-B12, V-B14)."""

    HANDED = "handed", _("handed over")
    MAILED = "mailed", _("sent by registered mail")
    TAKEN = "taken", _("removed from the file")
    NONE = "none", _("there was none")


class TransferState(TextChoices):
    """State of a transfer between two organisations of a federation (V-B9 to V-B12, U-5)."""

    REQUESTED = "requested", _("requested")
    IN_TRANSIT = "in_transit", _("in transit")
    ARRIVED = "arrived", _("arrived")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("called off")


TRANSFER_MOVES: dict[str, set[str]] = {
    # If both organisations are in the registry, confirmation moves the member in one step.
    TransferState.REQUESTED: {TransferState.ARRIVED, TransferState.DECLINED, TransferState.CANCELLED},
    # «Called off»: the departure is undone and the card opens again in the former organisation.
    TransferState.IN_TRANSIT: {TransferState.ARRIVED, TransferState.CANCELLED},
    # An arrival entered by mistake, as long as nothing depends on it: in transit or requested again.
    TransferState.ARRIVED: {TransferState.IN_TRANSIT, TransferState.REQUESTED},
    TransferState.DECLINED: set(),
    TransferState.CANCELLED: set(),
}
OPEN_TRANSFERS = frozenset({TransferState.REQUESTED, TransferState.IN_TRANSIT})
register(
    "members.Transfer",
    TRANSFER_MOVES,
    _("This was settled already: %(state)s."),
    tones={
        TransferState.REQUESTED: "info",
        TransferState.IN_TRANSIT: "info",
        TransferState.ARRIVED: "ok",
        TransferState.DECLINED: "bad",
        TransferState.CANCELLED: "",
    },
)
