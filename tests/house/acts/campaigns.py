"""Reporting campaigns and the reports of organisations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from registry.campaigns.models import Campaign, CampaignReport, ReportForm, ReportLine
from registry.campaigns.transitions import campaigns, exports, reports
from registry.organizations.models import Organization

from .base import Asked, Scene, Table

#: Only the head runs the campaign, because the form is made for it.
RUNNERS = "00000 0 000 +0 000 +"
#: Organisations that report see the campaign.
CLOSERS = "---0- 0 --- +0 -00 +"
#: The organisation makes its own report; superiors may do so only if it has no chair.
MAKERS = "+++0- 0 !!- !0 000 +"
#: The superior decides; the head would skip a level, and the organisation cannot decide about itself.
DECIDERS = "---0- 0 ++- !0 000 +"


def _form(s: Scene) -> ReportForm:
    made = ReportForm.objects.create(
        organization=s.place.head,
        key="yearly",
        title="Отчёт",
        period_kind="year",
        levels=[s.place.region.level, s.keeper.level],
        state="issued",
    )
    ReportLine.objects.create(form=made, position=1, code="1", title="Членов", source="computed", indicator="members")
    return made


def _term() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=7)


def opened(s: Scene) -> Campaign:
    """Open a campaign of the head."""
    year = str(timezone.localdate().year - 1)
    return campaigns.open_campaign(_form(s).pk, period=year, term=_term(), by=s.actors["head"])


def report_of(s: Scene, place: Organization | None = None) -> int:
    """Open a campaign; return the id of the report of the keeper, or of another organisation."""
    return CampaignReport.objects.get(campaign=opened(s), organization=place or s.keeper).pk


def complete(s: Scene) -> int:
    """Hand the keeper's report in; return its id."""
    found = report_of(s)
    reports.fill_report(found, counted={"1": Decimal(1)}, by=s.chair)
    return reports.complete_report(found, by=s.chair).pk


def filled(s: Scene) -> int:
    """Fill the keeper's report; return its id."""
    return reports.fill_report(report_of(s), counted={"1": Decimal(1)}, by=s.chair).pk


def _total(s: Scene) -> int:
    """Release all reports below and hand the head's report in."""
    campaign = opened(s)
    head = CampaignReport.objects.get(campaign=campaign, organization=s.place.head)
    for one in CampaignReport.objects.filter(parent=head):
        reports.release_report(one.pk, text="Нет", by=s.actors["head"])
    for one in CampaignReport.objects.expected().filter(parent=head):
        reports.release_report(one.pk, text="Нет", by=s.actors["head"])
    reports.fill_report(head.pk, counted={"1": Decimal(1)}, by=s.actors["head"])
    reports.complete_report(head.pk, by=s.actors["head"])
    return campaign.pk


def _entered(s: Scene) -> dict[str, Any]:
    return {"report_id": report_of(s), "values": {"1": Decimal(1)}, "reasons": {"1": "Посчитано вручную"}}


TABLE: Table = {
    campaigns.open_campaign: Asked(
        RUNNERS,
        "ReportForm",
        lambda s: {"form_id": _form(s).pk, "period": str(timezone.localdate().year - 1), "term": _term()},
    ),
    campaigns.change_term: Asked(
        CLOSERS,
        "Campaign CampaignReport",
        lambda s: {"campaign_id": opened(s).pk, "term": _term()},
    ),
    campaigns.close_campaign: Asked(
        CLOSERS,
        "Campaign CampaignReport",
        lambda s: {"campaign_id": _total(s)},
    ),
    campaigns.cancel_campaign: Asked(
        CLOSERS,
        "Campaign CampaignReport",
        lambda s: {"campaign_id": opened(s).pk, "text": "Ошибка"},
    ),
    exports.record_download: Asked(
        "+++-- - ++- +- --- +",
        "",
        lambda s: {"report": CampaignReport.objects.get(pk=report_of(s)), "table": True},
    ),
    reports.fill_report: Asked(
        MAKERS, "CampaignReport", lambda s: {"report_id": report_of(s), "counted": {"1": Decimal(1)}}
    ),
    reports.enter_figures: Asked(MAKERS, "CampaignReport", _entered),
    reports.complete_report: Asked(MAKERS, "CampaignReport", lambda s: {"report_id": filled(s)}),
    reports.take_report_back: Asked(MAKERS, "CampaignReport", lambda s: {"report_id": complete(s)}),
    reports.accept_report: Asked(DECIDERS, "CampaignReport", lambda s: {"report_id": complete(s)}),
    reports.accept_reports: Asked("----- ! ++- !- !-! +", "CampaignReport", lambda s: {"ids": [complete(s)]}),
    reports.return_report: Asked(
        DECIDERS, "CampaignReport", lambda s: {"report_id": complete(s), "text": "Нет протокола", "term": _term()}
    ),
    reports.release_report: Asked(
        DECIDERS, "CampaignReport", lambda s: {"report_id": report_of(s), "text": "Нет связи"}
    ),
    reports.remind_reports: Asked("!!!-- ! ++- +- !-! +", "CampaignReport", lambda s: {"ids": [report_of(s)]}),
}
