"""Subjects of remarks, their states and the steps of their trail (N-S1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class RemarkKind(TextChoices):
    """Subject of a remark."""

    CARD = "card", pgettext_lazy("remark", "card of a member")
    PEOPLE = "people", pgettext_lazy("remark", "cards of several members")
    PASSPORT = "passport", pgettext_lazy("remark", "passport of the organisation")
    ORGANIZATION = "organization", pgettext_lazy("remark", "organisation")
    REGISTER = "register", pgettext_lazy("remark", "payment register")
    ACT = "act", pgettext_lazy("remark", "act of reconciliation")
    BLANKS = "blanks", pgettext_lazy("remark", "act on blanks")


class RemarkState(TextChoices):
    """State of a remark."""

    OPEN = "open", pgettext_lazy("remark", "to be answered")
    ANSWERED = "answered", pgettext_lazy("remark", "answered")
    ACCEPTED = "accepted", pgettext_lazy("remark", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("remark", "withdrawn")


class StepKind(TextChoices):
    """A step of a remark's trail."""

    MADE = "made", _("Remark made")
    ANSWERED = "answered", _("Remark answered")
    RETURNED = "returned", _("Answer returned")
    ACCEPTED = "accepted", _("Answer accepted")
    WITHDRAWN = "withdrawn", _("Remark withdrawn")
    RAISED = "raised", _("Shown to the superior organisation")


#: The field of a remark on all cards with any empty required field.
INCOMPLETE = "missing"
#: Kinds about a record with the id `about_id`.
BY_ID = (RemarkKind.REGISTER, RemarkKind.ACT, RemarkKind.BLANKS)
#: States that require no action.
SETTLED = (RemarkState.ACCEPTED, RemarkState.WITHDRAWN)
REMARK_MOVES: dict[str, set[str]] = {
    RemarkState.OPEN: {RemarkState.ANSWERED, RemarkState.WITHDRAWN},
    # Back to «to be answered»: the answer was returned.
    RemarkState.ANSWERED: {RemarkState.OPEN, RemarkState.ACCEPTED, RemarkState.WITHDRAWN},
    RemarkState.ACCEPTED: set(),
    RemarkState.WITHDRAWN: set(),
}
register(
    "registry.Remark",
    REMARK_MOVES,
    _("This remark is settled already: %(state)s."),
    refusals={
        RemarkState.OPEN: _("This remark waits for its answer."),
        RemarkState.ANSWERED: _("This remark is answered already. Its author accepts or returns the answer."),
    },
    tones={
        RemarkState.OPEN: "warn",
        RemarkState.ANSWERED: "info",
        RemarkState.ACCEPTED: "ok",
        RemarkState.WITHDRAWN: "",
    },
)
