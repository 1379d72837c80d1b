"""Kinds of periods, lines and checks of report forms; states of forms, campaigns and reports (N-S1, N-S3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class PeriodKind(TextChoices):
    """Kind of the period that a report is about."""

    YEAR = "year", pgettext_lazy("period", "a year")
    HALF = "half", pgettext_lazy("period", "half a year")
    QUARTER = "quarter", pgettext_lazy("period", "a quarter")
    MONTH = "month", pgettext_lazy("period", "a month")
    DAY = "day", pgettext_lazy("period", "a day")


class FormState(TextChoices):
    """State of an edition of a report form."""

    DRAFT = "draft", pgettext_lazy("report form", "draft")
    ISSUED = "issued", pgettext_lazy("report form", "issued")
    RETIRED = "retired", pgettext_lazy("report form", "out of use")


class LineSource(TextChoices):
    """Source of a line's figure."""

    COMPUTED = "computed", pgettext_lazy("report line", "counted by the registry")
    ENTERED = "entered", pgettext_lazy("report line", "entered by hand")
    FORMULA = "formula", pgettext_lazy("report line", "by formula")


class Unit(TextChoices):
    """Unit of a line's figure."""

    PEOPLE = "people", pgettext_lazy("unit", "people")
    ORGANIZATIONS = "organizations", pgettext_lazy("unit", "organisations")
    ROUBLES = "roubles", pgettext_lazy("unit", "roubles")
    PERCENT = "percent", pgettext_lazy("unit", "per cent")
    PIECES = "pieces", pgettext_lazy("unit", "pieces")


class Operator(TextChoices):
    """Comparison of the two sides of a check."""

    EQ = "eq", pgettext_lazy("comparison", "equal to")
    NE = "ne", pgettext_lazy("comparison", "not equal to")
    LT = "lt", pgettext_lazy("comparison", "less than")
    LE = "le", pgettext_lazy("comparison", "at most")
    GT = "gt", pgettext_lazy("comparison", "more than")
    GE = "ge", pgettext_lazy("comparison", "at least")
    BOTH = "both", pgettext_lazy("comparison", "given only together with")
    ONE = "one", pgettext_lazy("comparison", "never given together with")


class Missing(TextChoices):
    """Treatment of missing figures by a check."""

    SKIP_ANY = "skip_any", pgettext_lazy("check", "not asked if a figure is missing")
    SKIP_ALL = "skip_all", pgettext_lazy("check", "not asked if all figures are missing; otherwise they count as 0")
    NEVER = "never", pgettext_lazy("check", "always asked; missing figures count as 0")


class CampaignState(TextChoices):
    """State of a reporting campaign."""

    OPEN = "open", pgettext_lazy("campaign", "open")
    CLOSED = "closed", pgettext_lazy("campaign", "closed, figures frozen")
    CANCELLED = "cancelled", pgettext_lazy("campaign", "cancelled")


class ReportState(TextChoices):
    """State of an organisation's report."""

    EMPTY = "empty", pgettext_lazy("report", "not begun")
    IN_WORK = "in_work", pgettext_lazy("report", "in work")
    COMPLETE = "complete", pgettext_lazy("report", "handed in")
    ACCEPTED = "accepted", pgettext_lazy("report", "accepted")
    RETURNED = "returned", pgettext_lazy("report", "returned")
    FROZEN = "frozen", pgettext_lazy("report", "frozen")
    RELEASED = "released", pgettext_lazy("report", "not expected")


class ReportStepKind(TextChoices):
    """A step of a report's trail."""

    OPENED = "opened", pgettext_lazy("report", "Report expected")
    FILLED = "filled", pgettext_lazy("report", "Filled from the registry")
    BEGUN = "begun", pgettext_lazy("report", "Begun by hand")
    COMPLETED = "completed", pgettext_lazy("report", "Handed in")
    TAKEN_BACK = "taken_back", pgettext_lazy("report", "Taken back by its author")
    ACCEPTED = "accepted", pgettext_lazy("report", "Accepted")
    RETURNED = "returned", pgettext_lazy("report", "Returned")
    RELEASED = "released", pgettext_lazy("report", "Released from the report")
    REMINDED = "reminded", pgettext_lazy("report", "Reminded")
    MOVED = "moved", pgettext_lazy("report", "Goes to another superior organisation")
    FROZEN = "frozen", pgettext_lazy("report", "Frozen with the campaign")
    CANCELLED = "cancelled", pgettext_lazy("report", "Campaign cancelled")


#: States in which figures are changed.
OPEN_STATES = (ReportState.EMPTY, ReportState.IN_WORK, ReportState.RETURNED)
#: States whose totals a superior report adds.
ADDED_STATES = (ReportState.ACCEPTED, ReportState.FROZEN)
#: States that a superior report waits for.
SETTLED_STATES = (*ADDED_STATES, ReportState.RELEASED)
#: States of the reports of a closed campaign.
CLOSED_STATES = (ReportState.FROZEN, ReportState.RELEASED)
#: States that are counted as received.
RECEIVED_STATES = (ReportState.COMPLETE, *ADDED_STATES)

FORM_MOVES: dict[str, set[str]] = {
    FormState.DRAFT: {FormState.ISSUED},
    FormState.ISSUED: {FormState.RETIRED},
    FormState.RETIRED: {FormState.ISSUED},
}
CAMPAIGN_MOVES: dict[str, set[str]] = {
    CampaignState.OPEN: {CampaignState.CLOSED, CampaignState.CANCELLED},
    CampaignState.CLOSED: set(),
    CampaignState.CANCELLED: set(),
}
REPORT_MOVES: dict[str, set[str]] = {
    ReportState.EMPTY: {ReportState.IN_WORK, ReportState.COMPLETE, ReportState.RELEASED},
    ReportState.IN_WORK: {ReportState.COMPLETE, ReportState.RELEASED},
    # Back to «in work»: its author took it back. To «frozen»: the report of the campaign's own organisation.
    ReportState.COMPLETE: {
        ReportState.IN_WORK,
        ReportState.ACCEPTED,
        ReportState.RETURNED,
        ReportState.FROZEN,
        ReportState.RELEASED,
    },
    ReportState.ACCEPTED: {ReportState.RETURNED, ReportState.FROZEN},
    ReportState.RETURNED: {ReportState.IN_WORK, ReportState.COMPLETE, ReportState.RELEASED},
    ReportState.FROZEN: set(),
    ReportState.RELEASED: set(),
}
register(
    "registry.ReportForm",
    FORM_MOVES,
    _("This form is %(state)s and cannot be changed. Make a new edition."),
    tones={FormState.DRAFT: "warn", FormState.ISSUED: "ok", FormState.RETIRED: ""},
)
register(
    "registry.Campaign",
    CAMPAIGN_MOVES,
    _("This campaign is over: %(state)s."),
    tones={CampaignState.OPEN: "info", CampaignState.CLOSED: "ok", CampaignState.CANCELLED: ""},
)
register(
    "registry.CampaignReport",
    REPORT_MOVES,
    _("This step is not possible, because the report is %(state)s."),
    refusals={
        ReportState.COMPLETE: _("The report is handed in. Its author can take it back until it is accepted."),
        ReportState.ACCEPTED: _("The report is accepted. The superior organisation can return it."),
        ReportState.FROZEN: _("The campaign is closed and its figures are frozen."),
        ReportState.RELEASED: _("This organisation is released from the report."),
    },
    tones={
        ReportState.EMPTY: "",
        ReportState.IN_WORK: "warn",
        ReportState.COMPLETE: "info",
        ReportState.ACCEPTED: "ok",
        ReportState.RETURNED: "bad",
        ReportState.FROZEN: "ok",
        ReportState.RELEASED: "",
    },
)
