"""States of meetings, agenda items and appeals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class MeetingFormat(TextChoices):
    IN_PERSON = "in_person", pgettext_lazy("meeting", "in person")
    ABSENTEE = "absentee", pgettext_lazy("meeting", "by correspondence")
    ONLINE = "online", _("online")


class MeetingState(TextChoices):
    """State of a meeting of a governing body."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held, minutes not closed")
    CLOSED = "closed", _("minutes closed")
    CANCELLED = "cancelled", _("called off")
    NO_QUORUM = "no_quorum", _("did not take place: no quorum")


MEETING_MOVES: dict[str, set[str]] = {
    MeetingState.PLANNED: {MeetingState.HELD, MeetingState.CANCELLED},
    # Back to «planned» as long as no item is decided.
    MeetingState.HELD: {MeetingState.CLOSED, MeetingState.PLANNED, MeetingState.NO_QUORUM},
    MeetingState.CLOSED: {MeetingState.HELD},
    # The attendance was recorded wrongly.
    MeetingState.NO_QUORUM: {MeetingState.HELD},
    MeetingState.CANCELLED: set(),
}
#: States in which the agenda may still change.
OPEN_MEETINGS = frozenset({MeetingState.PLANNED, MeetingState.HELD})
#: Meetings that can decide.
HELD_MEETINGS = frozenset({MeetingState.HELD, MeetingState.CLOSED})
#: Meetings whose minutes are closed.
CLOSED_MEETINGS = frozenset({MeetingState.CLOSED, MeetingState.NO_QUORUM})
register(
    "members.Meeting",
    MEETING_MOVES,
    _("This cannot be done now: the meeting is %(state)s."),
    tones={
        MeetingState.PLANNED: "info",
        MeetingState.HELD: "warn",
        MeetingState.CLOSED: "ok",
        MeetingState.CANCELLED: "",
        MeetingState.NO_QUORUM: "bad",
    },
)


class ItemKind(TextChoices):
    """Items that governing bodies decide on (practice 4.9)."""

    ADMISSION = "admission", _("admission")
    DUPLICATE = "duplicate", _("new ticket or duplicate")
    EXCLUSION = "exclusion", _("exclusion")
    DISCIPLINE = "discipline", _("disciplinary measure")
    DISCIPLINE_LIFTED = "lifted", _("lifting of a disciplinary measure")
    PROPERTY = "property", _("property contribution")
    COLLECTOR = "collector", _("appointment of a collector")
    APPEAL = "appeal", _("appeal")
    RECONCILIATION = "reconciliation", _("report on reconciliation")
    OTHER = "other", pgettext_lazy("agenda item", "other")


class ItemState(TextChoices):
    """State of an agenda item: waiting, on an agenda, decided."""

    WAITING = "waiting", _("waits for a meeting")
    SCHEDULED = "scheduled", _("on the agenda")
    ADOPTED = "adopted", _("adopted")
    REJECTED = "rejected", _("rejected")
    DROPPED = "dropped", _("dropped")


ITEM_MOVES: dict[str, set[str]] = {
    ItemState.WAITING: {ItemState.SCHEDULED, ItemState.DROPPED},
    ItemState.SCHEDULED: {ItemState.WAITING, ItemState.ADOPTED, ItemState.REJECTED, ItemState.DROPPED},
    # The reversal of a decision entered by mistake.
    ItemState.ADOPTED: {ItemState.SCHEDULED},
    ItemState.REJECTED: {ItemState.SCHEDULED},
    ItemState.DROPPED: set(),
}
OPEN_ITEMS = frozenset({ItemState.WAITING, ItemState.SCHEDULED})
DECIDED_ITEMS = frozenset({ItemState.ADOPTED, ItemState.REJECTED})
register(
    "members.AgendaItem",
    ITEM_MOVES,
    _("This cannot be done now: the item is %(state)s."),
    refusals=dict.fromkeys(DECIDED_ITEMS, _("This item is decided already: %(state)s.")),
    tones={
        ItemState.WAITING: "",
        ItemState.SCHEDULED: "info",
        ItemState.ADOPTED: "ok",
        ItemState.REJECTED: "bad",
        ItemState.DROPPED: "",
    },
)


class TicketReason(TextChoices):
    """Reason for replacing a ticket (V-B5)."""

    NAME = "name", _("change of name")
    LOST = "lost", pgettext_lazy("ticket", "lost")
    DAMAGED = "damaged", _("damaged")


class ExclusionReason(TextChoices):
    """Reason for proposing an exclusion (V-B16)."""

    ARREARS = "arrears", _("arrears of dues")
    VIOLATION = "violation", _("violation of the statutes")
    NO_GROUND = "no_ground", _("the ground for membership is lost")
    OTHER = "other", pgettext_lazy("reason", "other")


class AppealState(TextChoices):
    """State of an appeal against a refusal or an exclusion (V-A6, V-B14)."""

    RECEIVED = "received", _("received")
    SATISFIED = "satisfied", _("satisfied")
    DISMISSED = "dismissed", _("dismissed")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")


APPEAL_MOVES: dict[str, set[str]] = {
    AppealState.RECEIVED: {AppealState.SATISFIED, AppealState.DISMISSED, AppealState.WITHDRAWN},
    # A decision entered by mistake is reversed as long as nothing depends on it.
    AppealState.SATISFIED: {AppealState.RECEIVED},
    AppealState.DISMISSED: {AppealState.RECEIVED},
    # The withdrawal was entered by mistake.
    AppealState.WITHDRAWN: {AppealState.RECEIVED},
}
#: Final decisions on an appeal, which bind the organisation (V-A6).
DECIDED_APPEALS = frozenset({AppealState.SATISFIED, AppealState.DISMISSED})
register(
    "members.Appeal",
    APPEAL_MOVES,
    _("This cannot be done now: the appeal is %(state)s."),
    tones={
        AppealState.RECEIVED: "warn",
        AppealState.SATISFIED: "ok",
        AppealState.DISMISSED: "bad",
        AppealState.WITHDRAWN: "",
    },
)
