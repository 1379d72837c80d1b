"""Choices of bank statements: states of their lines, bands and evidence of matching (V-D4, N-D2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class LineState(TextChoices):
    """State of a line of a bank statement."""

    OPEN = "open", pgettext_lazy("line of a bank statement", "not identified")
    POSTED = "posted", pgettext_lazy("line of a bank statement", "posted")
    OTHER = "other", pgettext_lazy("line of a bank statement", "not dues")


class Band(TextChoices):
    """Certainty of the payer of an open line."""

    SURE = "sure", pgettext_lazy("match of a payment", "sure")
    LIKELY = "likely", pgettext_lazy("match of a payment", "likely")
    OPEN = "open", pgettext_lazy("match of a payment", "open")


BAND_TONES: dict[str, str] = {Band.SURE: "ok", Band.LIKELY: "info", Band.OPEN: "warn"}


class Evidence(TextChoices):
    """Grounds for attributing a payment to a member, the strongest first."""

    NUMBER_NAME = "number_name", _("payer's number and name")
    NUMBER = "number", _("payer's number")
    TICKET_NAME = "ticket_name", _("ticket number and name")
    ACCOUNT = "account", _("account from which the member has paid before")
    NAME_SUM = "name_sum", _("full name, and the sum is the debt")
    NAME = "name", pgettext_lazy("evidence", "full name")
    TICKET = "ticket", _("ticket number")
    INITIALS = "initials", _("surname and initials")
    BY_HAND = "by_hand", _("chosen by hand")
    LIST = "list", _("list of the employer")
    NOT_DUES = "not_dues", _("not dues")
    PARTNER = "partner", _("account or INN of the other organisation, and the sum")


#: Evidence for posting a line together with all certain ones.
SURE = (Evidence.NUMBER_NAME,)
#: Evidence for offering the member, to be confirmed with one key.
LIKELY = (Evidence.NUMBER, Evidence.TICKET_NAME, Evidence.ACCOUNT, Evidence.NAME_SUM)

#: Evidence that money is not members' dues.
NOT_DUES = (Evidence.NOT_DUES, Evidence.PARTNER)

BANK_LINE_MOVES: dict[str, set[str]] = {
    LineState.OPEN: {LineState.POSTED, LineState.OTHER},
    # Returns to open when its payments are reversed.
    LineState.POSTED: {LineState.OPEN},
    LineState.OTHER: {LineState.OPEN},
}
register(
    "dues.BankLine",
    BANK_LINE_MOVES,
    _("This cannot be done with the payment: %(state)s."),
    tones={LineState.OPEN: "warn", LineState.POSTED: "ok", LineState.OTHER: ""},
)
