"""Reporting campaigns of the demonstration: one in progress on three levels, and the closed one of the previous
year.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ..access import Actor
from ..campaigns import queries
from ..campaigns.counting import count_report
from ..campaigns.enums import PeriodKind
from ..campaigns.indicators import indicators_for
from ..campaigns.models import Campaign, CampaignReport, ReportForm, ReportLine, ReportStep
from ..campaigns.transitions.campaigns import close_campaign, open_campaign
from ..campaigns.transitions.forms import issue_form, take_example
from ..campaigns.transitions.reports import (
    accept_report,
    complete_report,
    enter_figures,
    fill_report,
    remind_reports,
    return_report,
)
from ..organizations.models import Organization

#: The example of a report form that each charter uses.
EXAMPLES = {"voi": "members-on-day", "education_union": "annual-statistics"}
#: Figures that the registry does not have, as shares of the number of employees.
_SHARES = {"passport.teachers": Decimal("0.7"), "passport.young": Decimal("0.3")}


def run_campaigns(owner: Organization, keeper: Organization, today: dt.date) -> None:
    """Open and close the owner's campaign of the previous year, and open this year's, with one late report.

    The report of the keeper is returned.
    """
    units = {key: one.unit for key, one in indicators_for(owner.charter).items()}
    form = take_example(owner.pk, key=EXAMPLES[owner.charter.key], units=units, by=_at(owner))
    issue_form(form.pk, units=units, by=_at(owner))
    before = _opened(form, today.year - 1, today)
    for report in reversed(_reports(before)):
        hand_up(report)
    close_campaign(before.pk, by=_at(owner))
    _date(before, opened=dt.date(today.year - 1, 1, 15), term=dt.date(today.year - 1, 2, 20))
    _in_work(_opened(form, today.year, today), keeper, today)


def _in_work(campaign: Campaign, keeper: Organization, today: dt.date) -> None:
    """Hand in most reports: the one above the keeper's returned report is in work, and another below it is late."""
    root, *reports = _reports(campaign)
    returned = next(one for one in reports if one.organization_id == keeper.pk)
    above = next(one for one in reports if one.pk == returned.parent_id)
    late = [one for one in reports if one.parent_id == above.pk and one != returned][-1]
    middle = [one for one in reports if one.parent_id == root.pk]
    for report in reversed(reports):
        if report not in (above, late):
            # The last one is not accepted yet.
            hand_up(report, accepts=report not in (middle[-1], returned))
    text = "Проверьте первую строку: она расходится с отчётом прошлого года."
    return_report(returned.pk, text=text, term=today + dt.timedelta(days=8), by=_at(above.organization))
    fill_report(above.pk, counted=count_report(above), by=_at(above.organization))
    remind_reports([late.pk], by=_at(above.organization))
    _date(campaign, opened=today - dt.timedelta(days=30), term=today - dt.timedelta(days=3))


def _opened(form: ReportForm, year: int, today: dt.date) -> Campaign:
    """Open the campaign about the first day of this year, or of the previous one."""
    period = f"{year}-01-01" if form.period_kind == PeriodKind.DAY else str(year - 1)
    term = today + dt.timedelta(days=20)
    return open_campaign(form.pk, period=period, term=term, by=_at(form.organization))


def _reports(campaign: Campaign) -> list[CampaignReport]:
    """Return the reports of the campaign, superiors first."""
    related = ("campaign__form__organization", "organization__federation", "parent__organization__federation")
    return list(campaign.reports.select_related(*related).order_by("pk"))


def _at(place: Organization) -> Actor:
    return Actor.system("demonstration", place)


def hand_up(report: CampaignReport, *, accepts: bool = True) -> None:
    """Fill the report from the registry, enter the missing figures, hand it in, and accept it."""
    by = _at(report.organization)
    fill_report(report.pk, counted=count_report(report), by=by)
    sheet = queries.sheet(report)
    employees = next((row.own for row in sheet if row.line.indicator == "passport.employees"), None) or Decimal(0)
    lacking = [row.line for row in sheet if row.line.required and not row.line.is_formula and row.own is None]
    if lacking:
        enter_figures(
            report.pk,
            values={line.code: _known(line, employees) for line in lacking},
            reasons={line.code: "По сведениям отдела кадров." for line in lacking},
            by=by,
        )
    complete_report(report.pk, by=by)
    if accepts and report.parent is not None:
        accept_report(report.pk, by=_at(report.parent.organization))


def _known(line: ReportLine, employees: Decimal) -> Decimal:
    """Return a figure that the registry does not have."""
    if line.is_computed:
        return (employees * _SHARES.get(line.indicator, Decimal(0))).quantize(Decimal(1))
    return Decimal(3)


def _date(campaign: Campaign, *, opened: dt.date, term: dt.date) -> None:
    """Move today's dates into the past; terms of returned reports stay."""
    handed_in, closed = term - dt.timedelta(days=4), term + dt.timedelta(days=9)
    Campaign.objects.filter(pk=campaign.pk).update(opened_on=opened, term=term)
    Campaign.objects.filter(pk=campaign.pk, closed_on__isnull=False).update(closed_on=closed)
    reports = CampaignReport.objects.filter(campaign=campaign)
    reports.filter(term=campaign.term).update(term=term)
    for name in ("first_completed_on", "completed_on", "counted_on"):
        reports.filter(**{f"{name}__isnull": False}).update(**{name: handed_in})
    moment = dt.datetime.combine(handed_in, dt.time(11, 20), campaign.organization.tz)
    ReportStep.objects.filter(report__in=reports).update(made_at=moment)
    start = dt.datetime.combine(opened, dt.time(9, 30), campaign.organization.tz)
    ReportStep.objects.filter(report__in=reports, kind="opened").update(made_at=start, term=term)
