"""States of money passed on and of acts of reconciliation (V-D7)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class RemittanceState(TextChoices):
    """State of money that an organisation passed on to another."""

    SENT = "sent", pgettext_lazy("money passed on", "sent, not confirmed yet")
    RECEIVED = "received", pgettext_lazy("money passed on", "received")
    NOT_FOUND = "not_found", pgettext_lazy("money passed on", "not found by the receiver")
    TAKEN_BACK = "taken_back", pgettext_lazy("money passed on", "taken back")


#: Money that has left the sender's books and is not in the receiver's yet.
ON_THE_WAY = (RemittanceState.SENT, RemittanceState.NOT_FOUND)
REMITTANCE_MOVES: dict[str, set[str]] = {
    RemittanceState.SENT: {RemittanceState.RECEIVED, RemittanceState.NOT_FOUND, RemittanceState.TAKEN_BACK},
    RemittanceState.NOT_FOUND: {RemittanceState.RECEIVED, RemittanceState.TAKEN_BACK},
    # Returns when the bank statement's payment that confirmed it is reversed.
    RemittanceState.RECEIVED: {RemittanceState.SENT},
    RemittanceState.TAKEN_BACK: set(),
}
register(
    "dues.Remittance",
    REMITTANCE_MOVES,
    _("This cannot be done with the money passed on: %(state)s."),
    tones={
        RemittanceState.SENT: "warn",
        RemittanceState.RECEIVED: "ok",
        RemittanceState.NOT_FOUND: "bad",
        RemittanceState.TAKEN_BACK: "",
    },
)


class ActState(TextChoices):
    """State of an act of reconciliation."""

    DRAWN = "drawn", pgettext_lazy("act of reconciliation", "waits for the other organisation")
    AGREED = "agreed", pgettext_lazy("act of reconciliation", "confirmed by both")
    DIFFERS = "differs", pgettext_lazy("act of reconciliation", "confirmed with differences")


SETTLEMENT_ACT_MOVES: dict[str, set[str]] = {
    ActState.DRAWN: {ActState.AGREED, ActState.DIFFERS},
    ActState.AGREED: set(),
    ActState.DIFFERS: set(),
}
register(
    "dues.SettlementAct",
    SETTLEMENT_ACT_MOVES,
    _("This cannot be done with the act: %(state)s."),
    tones={ActState.DRAWN: "warn", ActState.AGREED: "ok", ActState.DIFFERS: "bad"},
)


class Source(TextChoices):
    """Accounts from which money is passed on."""

    CASH = "cash", _("cash desk, by a cash expense order")
    BANK = "bank", _("bank account")
    RECEIVED = "received", _("money recorded by papers")
