"""Queries about campaigns: the organisations that report, the progress of their reports, and figures (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from registry.access import Actor
from registry.organizations.models import Organization

from .enums import ADDED_STATES, OPEN_STATES, RECEIVED_STATES, SETTLED_STATES, CampaignState, PeriodKind, ReportState
from .models import (
    Campaign,
    CampaignReport,
    CampaignReportQuerySet,
    ReportCheck,
    ReportFigure,
    ReportForm,
    ReportLine,
)
from .periods import Period
from .rules.figures import Evaluated, Values, added, evaluate


def expected(form: ReportForm, last: dt.date) -> list[Organization]:
    """Return the organisations that report by the form for a period ending on the day, superiors first.

    They are the form's own organisation, whose report is the total, and the working organisations of the form's levels
    below it that were founded by then.
    """
    own = form.organization
    below = Organization.objects.under(own).working().filter(level__in=form.levels).exclude(pk=own.pk)
    founded = below.filter(Q(founded_on__isnull=True) | Q(founded_on__lte=last))
    # A path is longer than those of its superiors.
    return [own, *sorted(founded, key=lambda one: (one.path.count("/"), one.pk))]


def ancestors(path: str) -> list[int]:
    """Return the ids of the superiors in a path, the nearest first."""
    return [int(part) for part in path.strip("/").split("/")[-2::-1]]


def nearest(reports: Mapping[int, CampaignReport], path: str) -> CampaignReport | None:
    """Return the report of the nearest superior; `reports` are by organisation."""
    return next((reports[pk] for pk in ancestors(path) if pk in reports), None)


def own_units(report: CampaignReport) -> list[int]:
    """Return the ids of the organisations whose people the report counts itself, ended ones too.

    Each organisation is counted by the nearest superior that reports in the campaign, so that it is counted once
    (N-H3).
    """
    under = Organization.objects.under(report.organization)
    others = CampaignReport.objects.expected().filter(campaign=report.campaign_id, organization__in=under)
    covered = set(others.exclude(pk=report.pk).values_list("organization", flat=True))
    rows = under.order_by("pk").values_list("pk", "path")
    return [pk for pk, path in rows if covered.isdisjoint({pk, *ancestors(path)})]


@dataclass(frozen=True)
class Progress:
    """Numbers of reports: expected, received, received within the term, late, accepted, returned."""

    expected: int = 0
    received: int = 0
    on_time: int = 0
    late: int = 0
    accepted: int = 0
    returned: int = 0
    released: int = 0

    @property
    def share(self) -> int | None:
        """The percentage received, rounded down; None if nothing is expected."""
        return 100 * self.received // self.expected if self.expected else None


def progress(reports: CampaignReportQuerySet, today: dt.date) -> dict[int, Progress]:
    """Return the progress of the reports by campaign, with one query."""
    asked = Q(state__in=OPEN_STATES)
    rows: Any = (
        reports.order_by()
        .values("campaign")
        .annotate(
            expected_n=Count("pk", filter=~Q(state=ReportState.RELEASED)),
            received_n=Count("pk", filter=Q(state__in=RECEIVED_STATES)),
            on_time_n=Count("pk", filter=Q(state__in=RECEIVED_STATES, first_completed_on__lte=F("campaign__term"))),
            late_n=Count("pk", filter=asked & Q(term__lt=today)),
            accepted_n=Count("pk", filter=Q(state__in=ADDED_STATES)),
            returned_n=Count("pk", filter=Q(state=ReportState.RETURNED)),
            released_n=Count("pk", filter=Q(state=ReportState.RELEASED)),
        )
    )
    names = ("expected", "received", "on_time", "late", "accepted", "returned", "released")
    return {row["campaign"]: Progress(*(row[f"{name}_n"] for name in names)) for row in rows}


def sums_below(reports: Sequence[CampaignReport]) -> dict[int, dict[int, Decimal]]:
    """Return the totals of the accepted reports directly below each report, by line, with one query."""
    below = CampaignReport.objects.added().filter(parent__in=[one.pk for one in reports])
    rows = (
        ReportFigure.objects.filter(report__in=below)
        .order_by()
        .values_list("report__parent", "line")
        .annotate(Sum("total"))
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for parent, line, total in rows:
        if total is not None:
            found[parent][line] = total
    return found


@dataclass(frozen=True)
class Row:
    """A line of a report: its stored figure, its own value, the value of the reports below, and the total."""

    line: ReportLine
    figure: ReportFigure | None
    own: Decimal | None
    below: Decimal | None
    total: Decimal | None
    #: Reason why a formula has no result; empty if it has one.
    problem: str

    @property
    def computed(self) -> Decimal | None:
        return self.figure.computed if self.figure is not None else None

    @property
    def reason(self) -> str:
        return self.figure.reason if self.figure is not None else ""


@dataclass(frozen=True)
class Sheet:
    """The figures of a report by line: stored ones if it is handed in, otherwise as they would be handed in now."""

    lines: Sequence[ReportLine]
    checks: Sequence[ReportCheck]
    figures: dict[str, ReportFigure]
    own: Evaluated
    total: Evaluated
    below: Values

    def __iter__(self) -> Iterator[Row]:
        for line in self.lines:
            code = line.code
            problem = self.own.problems.get(code) or self.total.problems.get(code, "")
            yield Row(
                line,
                self.figures.get(code),
                self.own.values[code],
                self.below.get(code),
                self.total.values[code],
                problem if self.total.values[code] is None else "",
            )


def sheet(
    report: CampaignReport, *, typed: Mapping[str, Decimal | None] | None = None, lines: Iterable[ReportLine] = ()
) -> Sheet:
    """Return the figures of the report; `typed` values replace the stored own values."""
    lines = list(lines) or list(ReportLine.objects.filter(form=report.campaign.form))
    by_pk = {line.pk: line.code for line in lines}
    figures = {by_pk[one.line_id]: one for one in ReportFigure.objects.filter(report=report)}
    given: Values = {code: one.value for code, one in figures.items()} | dict(typed or {})
    below = {by_pk[pk]: value for pk, value in sums_below([report]).get(report.pk, {}).items()}
    own = evaluate(lines, given)
    if report.is_received:
        total = Evaluated({line.code: _total(figures.get(line.code)) for line in lines}, {})
    else:
        total = evaluate(lines, added(own.values, below, lines))
    checks = list(ReportCheck.objects.filter(form=report.campaign.form))
    return Sheet(lines, checks, figures, own, total, dict(below))


def _total(figure: ReportFigure | None) -> Decimal | None:
    return figure.total if figure is not None else None


def reports_of(actor: Actor) -> CampaignReportQuerySet:
    """Return the reports of the actor's own organisation."""
    return CampaignReport.objects.visible_to(actor).filter(organization=actor.organization)


@dataclass(frozen=True)
class Below:
    """Numbers of the reports directly below one: expected, received, accepted or released, awaiting a decision."""

    expected: int = 0
    received: int = 0
    unsettled: int = 0
    waiting: int = 0


def below_of(reports: Iterable[CampaignReport]) -> dict[int, Below]:
    """Return the numbers of the reports directly below each report that has any, with one query."""
    rows: Any = (
        CampaignReport.objects.filter(parent__in=[one.pk for one in reports])
        .order_by()
        .values("parent")
        .annotate(
            expected_n=Count("pk", filter=~Q(state=ReportState.RELEASED)),
            received_n=Count("pk", filter=Q(state__in=RECEIVED_STATES)),
            unsettled_n=Count("pk", filter=~Q(state__in=SETTLED_STATES)),
            waiting_n=Count("pk", filter=Q(state=ReportState.COMPLETE)),
        )
    )
    names = ("expected", "received", "unsettled", "waiting")
    return {row["parent"]: Below(*(row[f"{name}_n"] for name in names)) for row in rows}


def previous_of(report: CampaignReport) -> Values | None:
    """Return the totals of the organisation's report for the previous period, by line code.

    Editions of the form share codes. Return None if there is no such report.
    """
    form = report.campaign.form
    before = Period.parse(report.campaign.period, PeriodKind(form.period_kind)).previous.key
    campaigns = Campaign.objects.filter(form__organization=form.organization_id, form__key=form.key, period=before)
    found = CampaignReport.objects.received().filter(
        organization=report.organization_id, campaign__in=campaigns.exclude(state=CampaignState.CANCELLED)
    )
    rows = ReportFigure.objects.filter(report__in=found).values_list("line__code", "total")
    return dict(rows) or None
