"""States of an import batch and verdicts on its rows."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registry.states import register


class BatchState(TextChoices):
    """State of an import batch."""

    READING = "reading", _("being read")
    UPLOADED = "uploaded", _("columns to be checked")
    CHECKED = "checked", _("rows checked")
    APPLIED = "applied", _("people registered")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


BATCH_MOVES: dict[str, set[str]] = {
    # A large file is read by a job.
    BatchState.READING: {BatchState.UPLOADED, BatchState.DISCARDED},
    BatchState.UPLOADED: {BatchState.CHECKED, BatchState.DISCARDED},
    BatchState.CHECKED: {BatchState.CHECKED, BatchState.APPLIED, BatchState.DISCARDED},
    # Wrong rows may be corrected and registered later.
    BatchState.APPLIED: {BatchState.APPLIED, BatchState.UNDONE},
    BatchState.UNDONE: set(),
    BatchState.DISCARDED: set(),
}
#: Batches that were read, and from which nobody is registered yet.
OPEN_BATCHES = frozenset({BatchState.UPLOADED, BatchState.CHECKED})
#: Batches whose columns may still be changed.
EDITABLE_BATCHES = OPEN_BATCHES | {BatchState.APPLIED}
#: Lists whose rows were checked and may still be corrected.
CHECKED_BATCHES = EDITABLE_BATCHES - {BatchState.UPLOADED}
register(
    "members.ImportBatch",
    BATCH_MOVES,
    _("This cannot be done with the list now: %(state)s."),
    tones={
        BatchState.READING: "info",
        BatchState.UPLOADED: "warn",
        BatchState.CHECKED: "warn",
        BatchState.APPLIED: "ok",
        BatchState.UNDONE: "",
        BatchState.DISCARDED: "",
    },
)


class RowVerdict(TextChoices):
    """Verdict on a row of a list."""

    READY = "ready", _("will be registered")
    UNSURE = "unsure", _("to be checked")
    WRONG = "wrong", _("to be corrected")
    DUPLICATE = "duplicate", _("probable duplicate")
    SKIPPED = "skipped", _("left out")
    DONE = "done", _("registered already")


#: Rows that the chair has to check before their people can be registered.
WAITING = (RowVerdict.WRONG, RowVerdict.DUPLICATE, RowVerdict.UNSURE)
#: Rows whose people will be registered, now or after the chair's check.
REGISTERED = (RowVerdict.READY, RowVerdict.UNSURE, RowVerdict.WRONG)
#: Rows of a list that is registered in part and not finished.
LEFT_OVER = (*WAITING, RowVerdict.READY)

VERDICT_TONES: dict[str, str] = {
    RowVerdict.READY: "ok",
    RowVerdict.UNSURE: "warn",
    RowVerdict.WRONG: "bad",
    RowVerdict.DUPLICATE: "bad",
    RowVerdict.SKIPPED: "",
    RowVerdict.DONE: "ok",
}


class UpdateState(TextChoices):
    """State of a change of many cards."""

    CHECKED = "checked", _("to be confirmed")
    APPLIED = "applied", _("cards changed")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


UPDATE_MOVES: dict[str, set[str]] = {
    UpdateState.CHECKED: {UpdateState.APPLIED, UpdateState.DISCARDED},
    # A long one is applied in parts; rows that were not chosen may follow.
    UpdateState.APPLIED: {UpdateState.APPLIED, UpdateState.UNDONE},
    UpdateState.UNDONE: set(),
    UpdateState.DISCARDED: set(),
}
register(
    "members.CardUpdate",
    UPDATE_MOVES,
    _("This cannot be done with the change of cards now: %(state)s."),
    tones={
        UpdateState.CHECKED: "warn",
        UpdateState.APPLIED: "ok",
        UpdateState.UNDONE: "",
        UpdateState.DISCARDED: "",
    },
)


class UpdateVerdict(TextChoices):
    """Verdict on a card in a change of many cards."""

    READY = "ready", _("will be changed")
    DOUBTFUL = "doubtful", _("please check")
    REFUSED = "refused", _("cannot be changed")
    DONE = "done", _("changed")


UPDATE_TONES: dict[str, str] = {
    UpdateVerdict.READY: "ok",
    UpdateVerdict.DOUBTFUL: "warn",
    UpdateVerdict.REFUSED: "bad",
    UpdateVerdict.DONE: "ok",
}
#: Cards that may still be changed.
CHANGEABLE = (UpdateVerdict.READY, UpdateVerdict.DOUBTFUL)
