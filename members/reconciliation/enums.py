"""States of proposed changes and of reconciliations."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class ProposalState(TextChoices):
    """State of a proposed change of one card field (V-B8)."""

    OPEN = "open", _("proposed")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")


PROPOSAL_MOVES: dict[str, set[str]] = {
    ProposalState.OPEN: {ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.WITHDRAWN},
    # Together with the decision on the report, if that was entered by mistake.
    ProposalState.ACCEPTED: {ProposalState.OPEN},
    ProposalState.DECLINED: {ProposalState.OPEN},
    ProposalState.WITHDRAWN: set(),
}
DECIDED_PROPOSALS = frozenset({ProposalState.ACCEPTED, ProposalState.DECLINED})
register(
    "members.ChangeProposal",
    PROPOSAL_MOVES,
    _("This proposal is settled already: %(state)s."),
    tones={
        ProposalState.OPEN: "info",
        ProposalState.ACCEPTED: "ok",
        ProposalState.DECLINED: "bad",
        ProposalState.WITHDRAWN: "bad",
    },
)


class ReconciliationState(TextChoices):
    """State of a cell's year-end reconciliation (V-B8)."""

    OPEN = "open", _("under way")
    REPORTED = "reported", _("report sent")
    ACCEPTED = "accepted", _("report accepted")


RECONCILIATION_MOVES: dict[str, set[str]] = {
    ReconciliationState.OPEN: {ReconciliationState.REPORTED},
    # Sent back with remarks, or taken back before it is decided.
    ReconciliationState.REPORTED: {ReconciliationState.OPEN, ReconciliationState.ACCEPTED},
    # The acceptance was entered by mistake, and the cards still have the values that it set.
    ReconciliationState.ACCEPTED: {ReconciliationState.REPORTED},
}
#: Reconciliations whose report is not accepted yet.
RUNNING_RECONCILIATIONS = frozenset({ReconciliationState.OPEN, ReconciliationState.REPORTED})
register(
    "members.Reconciliation",
    RECONCILIATION_MOVES,
    _("This cannot be done now: %(state)s."),
    tones={
        ReconciliationState.OPEN: "warn",
        ReconciliationState.REPORTED: "info",
        ReconciliationState.ACCEPTED: "ok",
    },
)


class CheckResult(TextChoices):
    """Result of checking one person's questionnaire."""

    UNCHECKED = "unchecked", _("not checked")
    UNCHANGED = "unchanged", _("unchanged")
    CHANGED = "changed", _("changed")
    MISSING = "missing", _("no questionnaire on hand")
