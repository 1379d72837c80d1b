"""Kinds, states and terms of requests about personal data (152-ФЗ art. 14, 20, 21)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class RequestKind(TextChoices):
    """Kind of a request: access, correction or the end of the processing."""

    ACCESS = "access", _("access to one's own data")
    CORRECTION = "correction", _("correction of the data")
    STOPPING = "stopping", _("end of the processing")


class RequestState(TextChoices):
    """State of a request."""

    RECEIVED = "received", pgettext_lazy("request", "received")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("refused")
    RECALLED = "recalled", _("recalled")


#: Requests that were settled without an answer to the person's question.
UNFULFILLED_REQUESTS = (RequestState.REFUSED, RequestState.RECALLED)
REQUEST_MOVES: dict[str, set[str]] = {
    RequestState.RECEIVED: {RequestState.ANSWERED, RequestState.REFUSED, RequestState.RECALLED},
    # Back to «received»: the answer, the refusal or the recall was recorded by mistake.
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

#: Number of working days within which a request has to be answered (152-ФЗ art. 20 p. 1, art. 21 p. 2 and 5.1).
DAYS_TO_ANSWER: dict[str, int] = {RequestKind.ACCESS: 10, RequestKind.CORRECTION: 7, RequestKind.STOPPING: 10}
#: Kind → number of working days by which its term may be extended once, with a reason.
EXTENDABLE = frozenset({RequestKind.ACCESS, RequestKind.STOPPING})
DAYS_MORE = 5
