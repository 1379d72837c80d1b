"""Reports of organisations that are released, moved or ended during a campaign (N-H3, N-S1)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from registry.organizations.models import Organization
from registry.transitions import Act

from .. import queries
from ..enums import ADDED_STATES, OPEN_STATES, CampaignState, ReportState, ReportStepKind
from ..models import CampaignReport
from .trail import add_steps


def follow_move(act: Act, place: Organization) -> None:
    """Attach the reports of a moved organisation to the report of its new nearest superior (N-H3).

    An accepted report stays in the total that already includes it. If the new superior has already handed in its
    report, the organisation and those below it are released.
    """
    for reports in _concerned(act, place, queries.ancestors(place.path)):
        below = [one for one in reports.values() if one.organization.path.startswith(place.path)]
        ids = {one.pk for one in below}
        tops = [one for one in below if one.parent_id not in ids and one.state not in ADDED_STATES]
        new = queries.nearest(reports, place.path)
        if new is not None and new.state in OPEN_STATES:
            _adopt(act, tops, new)
        elif tops:
            _release(act, [one for one in below if one.state not in ADDED_STATES])


def follow_end(act: Act, ended: Organization, successor: Organization) -> None:
    """Release an ended organisation from its reports, unless they are accepted (N-H3).

    Reports below it are attached to the report of its successor, or of the successor's nearest superior.
    """
    for reports in _concerned(act, ended, [successor.pk, *queries.ancestors(successor.path)]):
        gone = reports.get(ended.pk)
        if gone is None or gone.state in ADDED_STATES:
            continue
        _release(act, [gone])
        below = [one for one in reports.values() if one.parent_id == gone.pk]
        new = reports.get(successor.pk) or queries.nearest(reports, successor.path)
        if new is not None and new.state in OPEN_STATES:
            _adopt(act, below, new)
        else:
            _release(act, [one for one in below if one.state not in ADDED_STATES])


def leave_out(act: Act, report: CampaignReport, text: str) -> None:
    """Release the report with a reason; attach the reports below it to the one above it."""
    below = act.lock_many(CampaignReport.objects.expected().filter(parent=report))
    _release(act, [report], text)
    if report.parent is not None:
        _adopt(act, below, report.parent)


def _concerned(act: Act, place: Organization, above: Iterable[int]) -> Iterable[dict[int, CampaignReport]]:
    """Lock and return the expected reports of the subtree and of these superiors by organisation, for each campaign."""
    found = CampaignReport.objects.expected().filter(campaign__state=CampaignState.OPEN)
    below = found.filter(organization__federation=place.federation_id, organization__path__startswith=place.path)
    # Reports of the subtree may belong to an organisation that has since moved elsewhere.
    ids = [
        *below.values_list("pk", flat=True),
        *found.filter(parent__organization=place).values_list("pk", flat=True),
        *found.filter(organization__in=list(above)).values_list("pk", flat=True),
    ]
    rows = act.lock_many(CampaignReport.objects.filter(pk__in=ids).select_related("organization"))
    rows.sort(key=lambda one: (one.campaign_id, one.pk))
    for _campaign, some in groupby(rows, key=lambda one: one.campaign_id):
        yield {one.organization_id: one for one in some}


def _adopt(act: Act, reports: list[CampaignReport], new: CampaignReport) -> None:
    moved = [one for one in reports if one.parent_id != new.pk]
    act.set_all(CampaignReport, moved, parent=new)
    add_steps(act, moved, ReportStepKind.MOVED)


def _release(act: Act, reports: list[CampaignReport], text: str = "") -> None:
    act.set_all(CampaignReport, reports, state=ReportState.RELEASED)
    add_steps(act, reports, ReportStepKind.RELEASED, text=text)
