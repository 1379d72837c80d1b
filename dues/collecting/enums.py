"""States of payment registers (V-D5, practice 4.8)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class RegisterState(TextChoices):
    """State of a payment register."""

    DRAFT = "draft", pgettext_lazy("payment register", "draft")
    COLLECTING = "collecting", _("money is being collected")
    CLOSED = "closed", _("closed, money to be handed in")
    HANDED_IN = "handed_in", pgettext_lazy("payment register", "handed in")
    CANCELLED = "cancelled", pgettext_lazy("payment register", "cancelled")


#: Registers whose lines and sums can still change.
OPEN_REGISTERS = (RegisterState.DRAFT, RegisterState.COLLECTING)
#: Registers whose payments are in the books.
POSTED_REGISTERS = (RegisterState.CLOSED, RegisterState.HANDED_IN)
PAYMENT_REGISTER_MOVES: dict[str, set[str]] = {
    RegisterState.DRAFT: {RegisterState.COLLECTING, RegisterState.CANCELLED},
    RegisterState.COLLECTING: {RegisterState.CLOSED, RegisterState.CANCELLED},
    # All its money is in the cash desk; returns when a cash receipt order becomes void.
    RegisterState.CLOSED: {RegisterState.HANDED_IN},
    RegisterState.HANDED_IN: {RegisterState.CLOSED},
    RegisterState.CANCELLED: set(),
}
register(
    "dues.PaymentRegister",
    PAYMENT_REGISTER_MOVES,
    _("This cannot be done with the register: %(state)s."),
    tones={
        RegisterState.DRAFT: "",
        RegisterState.COLLECTING: "info",
        RegisterState.CLOSED: "warn",
        RegisterState.HANDED_IN: "ok",
        RegisterState.CANCELLED: "",
    },
)
