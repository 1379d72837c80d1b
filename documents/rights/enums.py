"""Kinds of requests about one's own personal data, their states and their terms (152-ФЗ art. 14, 20, 21)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class RequestKind(TextChoices):
    """What the person asks for."""

    ACCESS = "access", _("access to one's own data")
    CORRECTION = "correction", _("correction of the data")
    STOPPING = "stopping", _("end of the processing")


class RequestState(TextChoices):
    """State of a request."""

    RECEIVED = "received", pgettext_lazy("request", "received")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("refused")
    RECALLED = "recalled", _("recalled")


REQUEST_MOVES: dict[str, set[str]] = {
    RequestState.RECEIVED: {RequestState.ANSWERED, RequestState.REFUSED, RequestState.RECALLED},
    # Back to «received»: what was recorded by mistake is taken back.
    RequestState.ANSWERED: {RequestState.RECEIVED},
    RequestState.REFUSED: {RequestState.RECEIVED},
    RequestState.RECALLED: {RequestState.RECEIVED},
}
register(
    "documents.SubjectRequest",
    REQUEST_MOVES,
    _("This request was settled already: %(state)s."),
    refusals={RequestState.RECEIVED: _("This request waits for its answer.")},
    tones={
        RequestState.RECEIVED: "info",
        RequestState.ANSWERED: "ok",
        RequestState.REFUSED: "bad",
        RequestState.RECALLED: "",
    },
)

#: Working days from the receipt within which a request is answered (152-ФЗ art. 20 p. 1, art. 21 p. 2 and 5.1).
DAYS_TO_ANSWER: dict[str, int] = {RequestKind.ACCESS: 10, RequestKind.CORRECTION: 7, RequestKind.STOPPING: 10}
#: Kinds whose term may be extended once with a reason, and by how many working days.
EXTENDABLE = frozenset({RequestKind.ACCESS, RequestKind.STOPPING})
DAYS_MORE = 5
