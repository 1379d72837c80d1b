"""Kinds of blanks, the places where a blank can be, its moves, and their papers (V-C1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class BlankKind(TextChoices):
    """Forms of strict accountability; the charter determines which of them a federation has."""

    TICKET = "ticket", _("membership ticket")
    CARD = "card", _("paper member card")


class Place(TextChoices):
    """Place of a number. Every received number is in exactly one place."""

    STOCK = "stock", _("in stock")
    ON_THE_WAY = "on_the_way", _("handed down, not confirmed")
    ISSUED = "issued", pgettext_lazy("blanks", "issued")
    RETURNED = "returned", _("returned by the member")
    SPOILED = "spoiled", pgettext_lazy("blanks", "spoiled")
    LOST = "lost", pgettext_lazy("blanks", "lost")
    CANCELLED = "cancelled", pgettext_lazy("blanks", "cancelled")
    DESTROYED = "destroyed", pgettext_lazy("blanks", "destroyed")


#: Places of blanks that nobody has received yet; they are stored as ranges, all others as single numbers.
IN_RANGES = frozenset({Place.STOCK, Place.ON_THE_WAY})
#: Place → the places that a number can move to from there.
BLANK_MOVES: dict[str, set[str]] = {
    Place.STOCK: {Place.ON_THE_WAY, Place.ISSUED, Place.SPOILED, Place.LOST},
    Place.ON_THE_WAY: {Place.STOCK, Place.LOST},
    # The old ticket is void once a new one is issued; a lost one may be found.
    Place.ISSUED: {Place.RETURNED, Place.LOST, Place.CANCELLED},
    # Handed back to somebody whose exclusion or leaving was taken back.
    Place.RETURNED: {Place.ISSUED, Place.CANCELLED, Place.DESTROYED},
    Place.SPOILED: {Place.CANCELLED, Place.DESTROYED},
    # A number missing at a stock-taking can be found, and a lost ticket can be handed in.
    Place.LOST: {Place.STOCK, Place.RETURNED, Place.CANCELLED},
    Place.CANCELLED: {Place.DESTROYED},
    Place.DESTROYED: set(),
}
register(
    "documents.Blank",
    BLANK_MOVES,
    _("№ %(name)s cannot be recorded so: it is %(state)s."),
    named_by="number_text",
    tones={
        Place.STOCK: "",
        Place.ON_THE_WAY: "info",
        Place.ISSUED: "ok",
        Place.RETURNED: "warn",
        Place.SPOILED: "warn",
        Place.LOST: "bad",
        Place.CANCELLED: "warn",
        Place.DESTROYED: "",
    },
)


class PaperKind(TextChoices):
    """The papers by which blanks move; each is numbered within its organisation and year."""

    OPENING = "opening", _("opening act")
    RECEIPT = "receipt", _("receipt of blanks")
    HAND_DOWN = "hand_down", _("act of handing down")
    ISSUE = "issue", _("issue sheet")
    SPOILED = "spoiled", _("act of spoiled blanks")
    LOST = "lost", _("act of lost blanks")
    RETURN = "return", _("return by the member")
    HANDED_BACK = "handed_back", _("act of handing back to the member")
    CANCELLATION = "cancellation", _("act of cancellation")
    STOCK_TAKING = "stock_taking", _("act of stock-taking")
    DESTRUCTION = "destruction", _("act of destruction")


class PaperState(TextChoices):
    """State of a paper. A posted paper never changes; a mistake is corrected by another paper."""

    DRAFT = "draft", _("being prepared")
    SENT = "sent", _("handed down, to be confirmed")
    POSTED = "posted", pgettext_lazy("paper of blanks", "posted")
    DROPPED = "dropped", pgettext_lazy("paper of blanks", "dropped")


#: States of papers that have moved blanks.
IN_FORCE = (PaperState.SENT, PaperState.POSTED)


BLANK_PAPER_MOVES: dict[str, set[str]] = {
    PaperState.DRAFT: {PaperState.SENT, PaperState.POSTED, PaperState.DROPPED},
    PaperState.SENT: {PaperState.POSTED},
    PaperState.POSTED: set(),
    PaperState.DROPPED: set(),
}
register(
    "documents.BlankPaper",
    BLANK_PAPER_MOVES,
    _("This paper cannot be changed any more: %(state)s."),
    tones={
        PaperState.DRAFT: "warn",
        PaperState.SENT: "info",
        PaperState.POSTED: "ok",
        PaperState.DROPPED: "",
    },
)


class IssueReason(TextChoices):
    """Reason why a member receives a blank (V-B3, V-B5)."""

    FIRST = "first", _("first ticket")
    NAME = "name", _("change of name")
    LOST = "lost", pgettext_lazy("ticket", "lost")
    DAMAGED = "damaged", pgettext_lazy("ticket", "damaged")


class Counted(TextChoices):
    """Way of entering the result of a stock-taking."""

    ALL = "all", _("Everything is there")
    BUT = "but", _("Everything but these numbers")
    THESE = "these", _("These numbers alone")
