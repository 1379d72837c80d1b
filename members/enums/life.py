"""Life cycles of applications, meetings, appeals, transfers and reconciliations: states and allowed moves, as data."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class ApplicationState(TextChoices):
    """Life of an application for admission (V-A4 to V-A6)."""

    FILED = "filed", _("filed")
    SCHEDULED = "scheduled", _("on the agenda of a meeting")
    ADMITTED = "admitted", _("admitted")
    REFUSED = "refused", _("refused")
    APPEALED = "appealed", _("refused, appealed")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")


APPLICATION_MOVES: dict[str, set[str]] = {
    ApplicationState.FILED: {ApplicationState.SCHEDULED, ApplicationState.WITHDRAWN},
    # Back to «filed» when it is taken off the agenda or the meeting is called off.
    ApplicationState.SCHEDULED: {
        ApplicationState.ADMITTED,
        ApplicationState.REFUSED,
        ApplicationState.FILED,
        ApplicationState.WITHDRAWN,
    },
    # A decision entered by mistake is reversed while nothing was built on it.
    ApplicationState.ADMITTED: {ApplicationState.SCHEDULED, ApplicationState.APPEALED},
    ApplicationState.REFUSED: {ApplicationState.APPEALED, ApplicationState.SCHEDULED},
    ApplicationState.APPEALED: {ApplicationState.ADMITTED, ApplicationState.REFUSED},
    # The withdrawal was entered by mistake.
    ApplicationState.WITHDRAWN: {ApplicationState.FILED},
}
OPEN_APPLICATIONS = frozenset({ApplicationState.FILED, ApplicationState.SCHEDULED})
#: Decided by the organisation's own body; the applicant is notified of it.
DECIDED_APPLICATIONS = frozenset({ApplicationState.ADMITTED, ApplicationState.REFUSED})
register(
    "members.Application",
    APPLICATION_MOVES,
    _("This cannot be done now: the application of %(name)s is %(state)s."),
    named_by="full_name",
    tones={
        ApplicationState.FILED: "warn",
        ApplicationState.SCHEDULED: "info",
        ApplicationState.ADMITTED: "ok",
        ApplicationState.REFUSED: "bad",
        ApplicationState.APPEALED: "warn",
        ApplicationState.WITHDRAWN: "",
    },
)


class CopyKind(TextChoices):
    """Copies of papers that are seen at admission, and scans that are kept (V-A4)."""

    APPLICATION = "application", _("signed application")
    IDENTITY = "identity", _("identity paper")
    CERTIFICATE = "certificate", _("disability certificate")
    MANDATE = "mandate", _("paper that proves the mandate")
    CONSENT = "consent", _("signed consent")
    WARD_CONSENT = "ward_consent", _("consent for the represented person")
    PHOTOS = "photos", _("two photographs 3×4")
    OTHER = "other", pgettext_lazy("paper", "other")


class MandateKind(TextChoices):
    """Papers that prove a mandate (practice 3.3)."""

    BIRTH_CERTIFICATE = "birth_certificate", _("birth certificate")
    ADOPTION = "adoption", _("adoption paper")
    GUARDIANSHIP = "guardianship", _("act on guardianship")
    TRUSTEESHIP = "trusteeship", _("act on trusteeship")
    OTHER = "other", pgettext_lazy("paper", "other")


class MeetingFormat(TextChoices):
    IN_PERSON = "in_person", pgettext_lazy("meeting", "in person")
    ABSENTEE = "absentee", pgettext_lazy("meeting", "by correspondence")
    ONLINE = "online", _("online")


class MeetingState(TextChoices):
    """Life of a meeting of a governing body."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held, minutes not closed")
    CLOSED = "closed", _("minutes closed")
    CANCELLED = "cancelled", _("called off")
    NO_QUORUM = "no_quorum", _("did not take place: no quorum")


MEETING_MOVES: dict[str, set[str]] = {
    MeetingState.PLANNED: {MeetingState.HELD, MeetingState.CANCELLED},
    # Back to «planned» while no item is decided.
    MeetingState.HELD: {MeetingState.CLOSED, MeetingState.PLANNED, MeetingState.NO_QUORUM},
    MeetingState.CLOSED: {MeetingState.HELD},
    # Who was present was noted wrongly.
    MeetingState.NO_QUORUM: {MeetingState.HELD},
    MeetingState.CANCELLED: set(),
}
#: The agenda may still change.
OPEN_MEETINGS = frozenset({MeetingState.PLANNED, MeetingState.HELD})
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
    """What a governing body decides on (practice 4.9)."""

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
    """Life of an agenda item: it waits, stands on an agenda, and gets its decision."""

    WAITING = "waiting", _("waits for a meeting")
    SCHEDULED = "scheduled", _("on the agenda")
    ADOPTED = "adopted", _("adopted")
    REJECTED = "rejected", _("rejected")
    DROPPED = "dropped", _("taken off")


ITEM_MOVES: dict[str, set[str]] = {
    ItemState.WAITING: {ItemState.SCHEDULED, ItemState.DROPPED},
    ItemState.SCHEDULED: {ItemState.WAITING, ItemState.ADOPTED, ItemState.REJECTED, ItemState.DROPPED},
    # The recorded reversal of a decision entered by mistake.
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
    """Why a ticket is replaced (V-B5)."""

    NAME = "name", _("change of name")
    LOST = "lost", pgettext_lazy("ticket", "lost")
    DAMAGED = "damaged", _("damaged")


class ExclusionReason(TextChoices):
    """Why exclusion is proposed (V-B16)."""

    ARREARS = "arrears", _("arrears of dues")
    VIOLATION = "violation", _("violation of the statutes")
    NO_GROUND = "no_ground", _("the ground of membership is lost")
    OTHER = "other", pgettext_lazy("reason", "other")


class NoticeWay(TextChoices):
    """How somebody was notified (V-A5)."""

    IN_PERSON = "in_person", _("in person, against signature")
    POST = "post", _("registered mail")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("telephone")


class AppealState(TextChoices):
    """Life of an appeal against a refusal or an exclusion (V-A6, V-B14)."""

    RECEIVED = "received", _("received")
    SATISFIED = "satisfied", _("satisfied")
    DISMISSED = "dismissed", _("dismissed")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")


APPEAL_MOVES: dict[str, set[str]] = {
    AppealState.RECEIVED: {AppealState.SATISFIED, AppealState.DISMISSED, AppealState.WITHDRAWN},
    # A decision entered by mistake is reversed while nothing was built on it.
    AppealState.SATISFIED: {AppealState.RECEIVED},
    AppealState.DISMISSED: {AppealState.RECEIVED},
    # The withdrawal was entered by mistake.
    AppealState.WITHDRAWN: {AppealState.RECEIVED},
}
#: The decision on the appeal binds (V-A6).
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


class PaperCard(TextChoices):
    """What became of the paper card at the end of a registration (V-B10, V-B12, V-B14)."""

    HANDED = "handed", _("handed over")
    MAILED = "mailed", _("sent by registered mail")
    TAKEN = "taken", _("withdrawn from the file")
    NONE = "none", _("there was none")


class TransferState(TextChoices):
    """Life of a transfer between two organisations of a federation (V-B9 to V-B12, U-5)."""

    REQUESTED = "requested", _("asked for")
    IN_TRANSIT = "in_transit", _("in transit")
    ARRIVED = "arrived", _("arrived")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("called off")


TRANSFER_MOVES: dict[str, set[str]] = {
    # Where both sides stand in one registry the confirmed member changes his place in one step.
    TransferState.REQUESTED: {TransferState.ARRIVED, TransferState.DECLINED, TransferState.CANCELLED},
    # «Called off»: the departure is taken back and the card opens again where it was.
    TransferState.IN_TRANSIT: {TransferState.ARRIVED, TransferState.CANCELLED},
    # An arrival entered by mistake, while nothing rests on it: on its way again, or asked for again.
    TransferState.ARRIVED: {TransferState.IN_TRANSIT, TransferState.REQUESTED},
    TransferState.DECLINED: set(),
    TransferState.CANCELLED: set(),
}
OPEN_TRANSFERS = frozenset({TransferState.REQUESTED, TransferState.IN_TRANSIT})
register("members.Transfer", TRANSFER_MOVES, _("This was settled already: %(state)s."))


class MarkKind(TextChoices):
    """Marks of section 3 of the card, and absences that keep the person on account (V-B5, V-B13)."""

    DISCIPLINE = "discipline", _("disciplinary measure")
    TICKET = "ticket", _("replacement of the ticket")
    NAME = "name", _("change of name")
    TRIP = "trip", _("long business trip")
    STUDY = "study", _("studies elsewhere")
    PAPER_CARD = "paper_card", _("paper card")
    OTHER = "other", pgettext_lazy("mark", "other")


class ProposalState(TextChoices):
    """Life of one proposed change of a card's field (V-B8)."""

    OPEN = "open", _("proposed")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")


PROPOSAL_MOVES: dict[str, set[str]] = {
    ProposalState.OPEN: {ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.WITHDRAWN},
    # With the decision on the report that they belong to, where that was entered by mistake.
    ProposalState.ACCEPTED: {ProposalState.OPEN},
    ProposalState.DECLINED: {ProposalState.OPEN},
    ProposalState.WITHDRAWN: set(),
}
DECIDED_PROPOSALS = frozenset({ProposalState.ACCEPTED, ProposalState.DECLINED})
register("members.ChangeProposal", PROPOSAL_MOVES, _("This proposal is settled already: %(state)s."))


class ReconciliationState(TextChoices):
    """Life of a cell's year-end reconciliation (V-B8)."""

    OPEN = "open", _("under way")
    REPORTED = "reported", _("report sent")
    ACCEPTED = "accepted", _("report accepted")


RECONCILIATION_MOVES: dict[str, set[str]] = {
    ReconciliationState.OPEN: {ReconciliationState.REPORTED},
    # Sent back with remarks, or taken back before it is decided.
    ReconciliationState.REPORTED: {ReconciliationState.OPEN, ReconciliationState.ACCEPTED},
    # The acceptance was entered by mistake, and the cards still say what it made them say.
    ReconciliationState.ACCEPTED: {ReconciliationState.REPORTED},
}
#: The report is not accepted yet.
RUNNING_RECONCILIATIONS = frozenset({ReconciliationState.OPEN, ReconciliationState.REPORTED})
register("members.Reconciliation", RECONCILIATION_MOVES, _("This cannot be done now: %(state)s."))


class CheckResult(TextChoices):
    """What the reconciliation says of one person's questionnaire."""

    UNCHECKED = "unchecked", _("not checked")
    UNCHANGED = "unchanged", _("unchanged")
    CHANGED = "changed", _("changed")
    MISSING = "missing", _("no questionnaire on hand")


class ReminderKind(TextChoices):
    """Days that somebody must be reminded of (V-B8, practice 4.7)."""

    CERTIFICATE = "certificate", _("disability certificate ends")
    MANDATE = "mandate", _("mandate ends")
    WARD_OF_AGE = "ward_of_age", _("the represented person comes of age")
    ABSENCE = "absence", _("trip or studies end")


#: The same of a member by name: while the day is ahead, and once it has passed.
DAYS_SAID: dict[str, tuple[Any, Any]] = {
    ReminderKind.CERTIFICATE: (_("The disability certificate ends"), _("The disability certificate has ended")),
    ReminderKind.MANDATE: (
        _("The mandate of the representative ends"),
        _("The mandate of the representative has ended"),
    ),
    ReminderKind.WARD_OF_AGE: (
        _("A person represented by the member comes of age"),
        _("A person represented by the member has come of age"),
    ),
    ReminderKind.ABSENCE: (_("The trip or the studies end"), _("The trip or the studies have ended")),
}
