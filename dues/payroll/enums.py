"""Choices of statements of deduction and payroll lists (U-D1)."""

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
    # Returns when the leaving that ended it is undone.
    DeductionState.ENDED: {DeductionState.PREPARED, DeductionState.HANDED_OVER},
}
register(
    "dues.Deduction",
    DEDUCTION_MOVES,
    _("This cannot be done with the statement: %(state)s."),
    tones={DeductionState.PREPARED: "warn", DeductionState.HANDED_OVER: "ok", DeductionState.ENDED: ""},
)


class ListState(TextChoices):
    """State of a payroll list."""

    DRAFT = "draft", pgettext_lazy("payroll list", "loaded")
    COMPARED = "compared", pgettext_lazy("payroll list", "compared")
    POSTED = "posted", pgettext_lazy("payroll list", "posted")
    DISCARDED = "discarded", pgettext_lazy("payroll list", "discarded")


#: Lists that wait to be posted.
OPEN_LISTS = (ListState.DRAFT, ListState.COMPARED)
#: Lists whose lines are known.
READ_LISTS = (ListState.COMPARED, ListState.POSTED)
PAYROLL_LIST_MOVES: dict[str, set[str]] = {
    ListState.DRAFT: {ListState.COMPARED, ListState.DISCARDED},
    # Returns when the whole list is reversed.
    ListState.COMPARED: {ListState.POSTED, ListState.DISCARDED},
    ListState.POSTED: {ListState.COMPARED},
    ListState.DISCARDED: set(),
}
register(
    "dues.PayrollList",
    PAYROLL_LIST_MOVES,
    _("This cannot be done with the list: %(state)s."),
    tones={
        ListState.DRAFT: "",
        ListState.COMPARED: "warn",
        ListState.POSTED: "ok",
        ListState.DISCARDED: "",
    },
)


class Evidence(TextChoices):
    """Grounds for attributing a line of a payroll list to a member."""

    NUMBER = "number", _("employee № and surname")
    NAME = "name", _("full name of one member")
    HAND = "hand", _("chosen by hand")


class Difference(TextChoices):
    """Kinds of differences between a payroll list and the registry (anchors 5)."""

    FOREIGN = "foreign", _("not our member")
    PERSON = "person", _("who is it?")
    SUM = "sum", _("another sum")
    REPEATED = "repeated", _("already in another list of the month")
    #: Members missing in the list.
    MISSING = "missing", _("not in the list")


class Reason(TextChoices):
    """Reasons of differences."""

    DISMISSED = "dismissed", _("dismissed from work")
    LEAVE = "leave", _("long leave or illness")
    NO_PAY = "no_pay", _("no pay this month")
    NEW = "new", _("joined after the payroll")
    NOT_HANDED_OVER = "not_handed_over", _("the employer has no statement")
    LEFT = "left", _("no longer a member, still deducted")
    NEVER_JOINED = "never_joined", _("never joined")
    ELSEWHERE = "elsewhere", _("member of another organisation")
    BASE = "base", _("bonus or back pay")
    RECALCULATED = "recalculated", _("recalculation of an earlier month")
    ROUNDING = "rounding", _("rounding")
    TWO_JOBS = "two_jobs", _("two jobs")
    TWO_MONTHS = "two_months", _("two months in one")
    SECOND_PART = "second_part", _("second part of the month")


#: Difference → the possible reasons as its answer. An unknown person is answered by choosing one.
REASONS: dict[str, tuple[Reason, ...]] = {
    Difference.FOREIGN: (Reason.LEFT, Reason.NEVER_JOINED, Reason.ELSEWHERE),
    Difference.PERSON: (),
    Difference.SUM: (Reason.BASE, Reason.RECALCULATED, Reason.ROUNDING, Reason.TWO_JOBS, Reason.TWO_MONTHS),
    Difference.REPEATED: (Reason.SECOND_PART, Reason.RECALCULATED),
    Difference.MISSING: (Reason.DISMISSED, Reason.LEAVE, Reason.NO_PAY, Reason.NEW, Reason.NOT_HANDED_OVER),
}
