"""States of statements of deduction (U-D1)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class DeductionState(TextChoices):
    """State of a statement of deduction."""

    PREPARED = "prepared", pgettext_lazy("statement of deduction", "prepared")
    HANDED_OVER = "handed_over", _("with the employer")
    ENDED = "ended", pgettext_lazy("statement of deduction", "ended")


#: Statements by which the employer deducts dues, or soon will.
OPEN_DEDUCTIONS = (DeductionState.PREPARED, DeductionState.HANDED_OVER)
DEDUCTION_MOVES: dict[str, set[str]] = {
    DeductionState.PREPARED: {DeductionState.HANDED_OVER, DeductionState.ENDED},
    DeductionState.HANDED_OVER: {DeductionState.ENDED},
    DeductionState.ENDED: set(),
}
register(
    "dues.Deduction",
    DEDUCTION_MOVES,
    _("This cannot be done with the statement: %(state)s."),
    tones={DeductionState.PREPARED: "warn", DeductionState.HANDED_OVER: "ok", DeductionState.ENDED: ""},
)
