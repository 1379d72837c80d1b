"""Journal events of downloads of report figures (V-C5)."""

from __future__ import annotations

from registry.access import Actor
from registry.enums import Permission
from registry.transitions import change

from ..models import CampaignReport


def record_download(report: CampaignReport, *, table: bool, by: Actor) -> None:
    """Record that a report was downloaded, or the table of the reports below it (V-C5). Raises `NotAllowed`."""
    event = "report.table_exported" if table else "report.exported"
    with change(by=by, rule="V-C5", event=event) as act:
        act.require(Permission.EXPORT, report.organization)
        act.about(report, organization=report.organization)
