"""Invariants of campaigns (N-S3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Q

from registry.integrity import invariant
from registry.sizes import CHUNK_READ

from .enums import ADDED_STATES, CLOSED_STATES, RECEIVED_STATES, CampaignState, LineSource, ReportState
from .models import Campaign, CampaignReport, ReportFigure


@invariant("The total of a report is its own figure and the totals of the reports that it lists")
def totals() -> Iterable[str]:
    for campaign in Campaign.objects.order_by("pk").values_list("pk", flat=True):
        reports = CampaignReport.objects.filter(campaign=campaign, state__in=RECEIVED_STATES).order_by("pk")
        sums = dict(reports.values_list("pk", "sums"))
        rows = ReportFigure.objects.filter(report__in=reports.order_by()).exclude(line__source=LineSource.FORMULA)
        known = {
            (report, line): (value, total, adds_up)
            for report, line, value, total, adds_up in rows.values_list(
                "report", "line", "value", "total", "line__adds_up"
            ).iterator(chunk_size=CHUNK_READ)
        }
        for (report, line), (value, total, adds_up) in sorted(known.items(), key=lambda one: one[0]):
            below = [known[pk, line][1] for pk in sums[report] if (pk, line) in known] if adds_up else []
            parts = [part for part in (value, *below) if part is not None]
            if total != (sum(parts, Decimal(0)) if parts else None):
                yield f"report {report}, line {line}: the total is not the sum of its parts"


@invariant("A report that is handed in lists the accepted reports right below it")
def lists() -> Iterable[str]:
    found = CampaignReport.objects.filter(state__in=RECEIVED_STATES, campaign__state=CampaignState.OPEN).order_by("pk")
    accepted = CampaignReport.objects.filter(parent__in=found.order_by(), state__in=ADDED_STATES)
    below: dict[int | None, set[int]] = defaultdict(set)
    for parent, pk in accepted.order_by().values_list("parent", "pk").iterator(chunk_size=CHUNK_READ):
        below[parent].add(pk)
    for pk, sums in found.values_list("pk", "sums").iterator(chunk_size=CHUNK_READ):
        if set(sums) != below[pk]:
            yield f"report {pk} does not list the reports that it adds"


@invariant("No report is handed in before the reports right below it are accepted")
def order() -> Iterable[str]:
    waiting = (
        CampaignReport.objects.unsettled()
        .filter(parent__state__in=RECEIVED_STATES, campaign__state=CampaignState.OPEN)
        .order_by("pk")
    )
    yield from (f"report {pk} is below one that is handed in" for pk in waiting.values_list("pk", flat=True))


@invariant("Reports are frozen where their campaign is closed, and nowhere else")
def frozen() -> Iterable[str]:
    closed = Q(campaign__state=CampaignState.CLOSED)
    wrong = CampaignReport.objects.filter(
        (closed & ~Q(state__in=CLOSED_STATES)) | (~closed & Q(state=ReportState.FROZEN))
    ).order_by("pk")
    yield from (f"report {pk} is not as its campaign" for pk in wrong.values_list("pk", flat=True))


@invariant("A figure that differs from the counted one has a reason")
def reasons() -> Iterable[str]:
    differ = ReportFigure.objects.filter(line__source=LineSource.COMPUTED).exclude(value=F("computed"))
    known = differ.exclude(value__isnull=True, computed__isnull=True).order_by("pk")
    # Reasons are encrypted, so they are read here.
    for figure in known.iterator(chunk_size=CHUNK_READ):
        if not figure.reason and figure.value != figure.computed:
            yield f"figure {figure.pk} differs from the counted one without a reason"
