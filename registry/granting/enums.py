"""Kinds and states of administrators' requests (N-H2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class GrantKind(TextChoices):
    """Kind of an administrator's request."""

    ROLE = "role", pgettext_lazy("request of an administrator", "role")
    PASSWORD = "password", pgettext_lazy("request of an administrator", "one-time password")
    UNBLOCKING = "unblocking", pgettext_lazy("request of an administrator", "unblocking")
    FACTOR = "factor", pgettext_lazy("request of an administrator", "reset of the second factor")


class GrantState(TextChoices):
    """State of an administrator's request."""

    WAITING = "waiting", pgettext_lazy("request of an administrator", "to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("request of an administrator", "confirmed")
    REFUSED = "refused", pgettext_lazy("request of an administrator", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request of an administrator", "withdrawn")
    LAPSED = "lapsed", pgettext_lazy("request of an administrator", "lapsed")


GRANT_MOVES: dict[str, set[str]] = {
    GrantState.WAITING: {GrantState.CONFIRMED, GrantState.REFUSED, GrantState.WITHDRAWN, GrantState.LAPSED},
    GrantState.CONFIRMED: set(),
    GrantState.REFUSED: set(),
    GrantState.WITHDRAWN: set(),
    GrantState.LAPSED: set(),
}
register(
    "registry.GrantRequest",
    GRANT_MOVES,
    _("This request is settled already: %(state)s."),
    refusals={GrantState.WAITING: _("This request waits for its confirmation.")},
    tones={
        GrantState.WAITING: "warn",
        GrantState.CONFIRMED: "ok",
        GrantState.REFUSED: "bad",
        GrantState.WITHDRAWN: "",
        GrantState.LAPSED: "",
    },
)
