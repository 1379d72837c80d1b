"""Steps of report trails; called within other transitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from registry.sizes import CHUNK
from registry.transitions import Act

from ..enums import ReportStepKind
from ..models import CampaignReport, ReportStep


def add_steps(
    act: Act, reports: Iterable[CampaignReport], kind: ReportStepKind, *, text: str = "", term: dt.date | None = None
) -> None:
    """Add the same step to the trail of each report."""
    ReportStep.objects.bulk_create(
        [
            ReportStep(
                report=one,
                kind=kind,
                text=text,
                term=term,
                organization_id=act.by.organization.pk if act.by.organization else one.organization_id,
                account=act.by.account,
                made_at=act.now,
            )
            for one in reports
        ],
        batch_size=CHUNK,
    )
