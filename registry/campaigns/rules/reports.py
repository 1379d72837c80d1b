"""Rules of campaigns and reports: opening, filling, handing in, accepting, returning and releasing (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from registry import states
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.days import day_text
from registry.enums import Permission, Role
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..enums import OPEN_STATES, CampaignState, FormState, PeriodKind, ReportState
from ..models import Campaign, CampaignReport, ReportForm
from ..periods import Period

RULE = "N-S1"
#: Maximum number of days until a term.
MAX_DAYS = 366
#: Maximum number of reports accepted or reminded at once.
MAX_AT_ONCE = 500
#: Maximum number of figures in a workbook.
MAX_CELLS = 200_000


def check_runs(organization: Organization) -> None:
    """Raise `RuleViolation` (N-S1) unless the organisation is above those that keep cards."""
    if organization.keeps_cards or organization.level == organization.charter.cell:
        raise RuleViolation(RULE, _("Campaigns are run by organisations that stand above others."))


def check_form_is_issued(form: ReportForm) -> None:
    """Raise `RuleViolation` (N-S1) unless the form is issued, so that campaigns can use it."""
    if form.state != FormState.ISSUED:
        message = _("This form is %(state)s. Issue it before a campaign is opened by it.")
        raise RuleViolation(RULE, message % {"state": form.get_state_display()}, field="form")


def check_period(text: str, form: ReportForm) -> Period:
    """Return the period. Raises `RuleViolation` (N-S1) if the text is not a period of the form's kind."""
    try:
        return Period.parse(text, PeriodKind(form.period_kind))
    except ValueError as error:
        raise RuleViolation(RULE, _("Choose a period of the list."), field="period") from error


def check_period_is_free(taken: bool) -> None:
    """Raise `RuleViolation` (N-S1) if a campaign of the same form already covers the period."""
    if taken:
        raise RuleViolation(RULE, _("There is a campaign of this form for this period already."), field="period")


def check_term(term: dt.date | None, last: dt.date, today: dt.date) -> dt.date:
    """Return the term. Raises `RuleViolation` (N-S1) if it is past, too far ahead, or before the end of the period."""
    first, latest = max(today, last), today + dt.timedelta(days=MAX_DAYS)
    if first > latest:
        raise RuleViolation(RULE, _("This period ends in more than a year. Choose an earlier one."), field="period")
    if term is None or not first <= term <= latest:
        message = _("Enter a day from %(first)s to %(last)s.")
        raise RuleViolation(RULE, message % {"first": day_text(first), "last": day_text(latest)}, field="term")
    return term


def check_expected(count: int) -> None:
    """Raise `RuleViolation` (N-S1) if no organisation below would report."""
    if not count:
        raise RuleViolation(RULE, _("No organisation below yours has a level that reports by this form."), field="form")


def stands_in(organization: Organization, by: Actor) -> bool:
    """Return whether the actor acts for the organisation: as its officer, or from above while it has no chair."""
    if by.is_system or organization == by.organization:
        return True
    return by.reaches(organization) and not (
        Appointment.objects.filter(organization=organization, role=Role.CHAIR).current().exists()
    )


def check_can_fill(report: CampaignReport, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the actor can enter figures of the report now."""
    check_campaign_is_open(report.campaign)
    states.check_is(report, OPEN_STATES, RULE)
    _check_acts_for(report.organization, by)


def check_campaign_is_open(campaign: Campaign) -> None:
    """Raise `RuleViolation` (N-S1) if the campaign is closed or cancelled."""
    states.check_is(campaign, {CampaignState.OPEN}, RULE)


def _check_acts_for(organization: Organization, by: Actor) -> None:
    if not stands_in(organization, by):
        raise RuleViolation(RULE, _("This organisation has a chair, who makes its report."))


def check_can_complete(report: CampaignReport, waiting: int, today: dt.date, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the report can be handed in: reports below first, and only after its period.

    `waiting` is the number of reports directly below that are not accepted.
    """
    check_can_fill(report, by)
    states.check(report, ReportState.COMPLETE, RULE)
    if report.campaign.last > today:
        message = _("The period of this report ends on %(day)s. Hand the report in afterwards.")
        raise RuleViolation(RULE, message % {"day": day_text(report.campaign.last)})
    if waiting:
        message = _("Reports below that are not accepted yet: %(count)s. Accept them first, or release them.")
        raise RuleViolation(RULE, message % {"count": waiting})


def check_can_take_back(report: CampaignReport, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the author can take back a report that is handed in."""
    check_campaign_is_open(report.campaign)
    states.check_is(report, {ReportState.COMPLETE}, RULE)
    _check_acts_for(report.organization, by)


def check_reviews(report: CampaignReport, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the actor decides about the report; no level is skipped."""
    check_campaign_is_open(report.campaign)
    if report.parent is None:
        raise RuleViolation(RULE, _("This report is the total of the campaign; it is frozen when the campaign closes."))
    if not by.is_system and not by.may(Permission.REVIEW_REPORTS, report.organization):
        raise RuleViolation(RULE, _("The superior organisation decides about this report."))
    if not stands_in(report.parent.organization, by):
        message = _("%(organization)s decides about this report.")
        raise RuleViolation(RULE, message % {"organization": report.parent.organization.short_name})


def check_can_accept(report: CampaignReport, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the report is handed in and the actor decides about it."""
    states.check(report, ReportState.ACCEPTED, RULE)
    check_reviews(report, by)
    _check_is_open_above(report)


def check_can_return(report: CampaignReport, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the actor can return the report; superior reports are returned first."""
    states.check(report, ReportState.RETURNED, RULE)
    check_reviews(report, by)
    _check_is_open_above(report)


def check_can_release(report: CampaignReport, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the actor can release the organisation from the report."""
    states.check(report, ReportState.RELEASED, RULE)
    check_reviews(report, by)
    _check_is_open_above(report)


def _check_is_open_above(report: CampaignReport) -> None:
    if report.parent is not None and report.parent.state not in OPEN_STATES:
        raise RuleViolation(
            RULE, _("The report of the superior organisation is handed in already. It must be returned first.")
        )


def check_can_remind(report: CampaignReport, today: dt.date, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the report is still to be made and no reminder was sent today."""
    check_campaign_is_open(report.campaign)
    states.check_is(report, OPEN_STATES, RULE)
    if not by.is_system and not by.may(Permission.REVIEW_REPORTS, report.organization):
        raise RuleViolation(RULE, _("Organisations above this one remind it."))
    if report.reminded_on == today:
        raise RuleViolation(RULE, _("This organisation was reminded today already."))


def check_at_once(chosen: Collection[object]) -> None:
    """Raise `RuleViolation` (N-S1) if no reports are chosen, or too many."""
    if not chosen:
        raise RuleViolation(RULE, _("None of the chosen reports needs this any more. Choose others."))
    if len(chosen) > MAX_AT_ONCE:
        message = _("At most %(most)s reports are taken at once. Choose fewer.")
        raise RuleViolation(RULE, message % {"most": MAX_AT_ONCE})


def check_table_size(reports: int, lines: int) -> None:
    """Raise `RuleViolation` (N-S1) if the workbook would have more than `MAX_CELLS` figures."""
    if reports * lines > MAX_CELLS:
        message = _("The table has %(figures)s figures; at most %(most)s are downloaded at once. Go further down.")
        raise RuleViolation(RULE, message % {"figures": reports * lines, "most": MAX_CELLS})


def check_can_close(campaign: Campaign, root: CampaignReport) -> None:
    """Raise `RuleViolation` (N-S1) unless the report of the campaign's own organisation is handed in."""
    states.check(campaign, CampaignState.CLOSED, RULE)
    if root.state != ReportState.COMPLETE:
        raise RuleViolation(RULE, _("Hand in the report of your own organisation first: it is the total."))


def check_can_cancel(campaign: Campaign) -> None:
    """Raise `RuleViolation` (N-S1) unless the campaign is open."""
    states.check(campaign, CampaignState.CANCELLED, RULE)
