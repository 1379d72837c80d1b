"""A society of three levels with a report form, for tests of campaigns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from registry.access import Actor
from registry.campaigns.models import Campaign, CampaignReport, ReportCheck, ReportForm, ReportLine
from registry.campaigns.rules.forms import MAX_LINES
from registry.campaigns.transitions.campaigns import open_campaign
from registry.campaigns.transitions.reports import accept_report, complete_report, enter_figures, fill_report
from registry.enums import Level
from registry.organizations.models import Organization
from tests.members.places import Place
from tests.registry import trees


@dataclass
class World:
    """A head with two regions, one with two local organisations and one with a single one; each has a chair."""

    head: Organization
    regions: list[Organization]
    locals: list[Organization]
    chairs: dict[int, Actor]
    form: ReportForm

    def chair(self, organization: Organization) -> Actor:
        return self.chairs[organization.pk]

    def open(self, **values: Any) -> Campaign:
        given = {"period": last_year(), "term": day(14), "by": self.chair(self.head), **values}
        return open_campaign(self.form.pk, **given)

    def hand_in(self, campaign: Campaign, place: Organization, **figures: int | str) -> CampaignReport:
        """Hand in the report of the organisation with these own figures; «a1» is the value of line 1."""
        report = of(campaign, place)
        numbers = {"a1": 0, "a2": 0, **figures}
        fill_report(report.pk, counted={"1": Decimal(numbers["a1"])}, by=self.chair(place))
        enter_figures(report.pk, values={"2": Decimal(numbers["a2"])}, reasons={}, by=self.chair(place))
        return complete_report(report.pk, by=self.chair(place))

    def fill(self, campaign: Campaign, place: Organization) -> None:
        """Fill in every line of the organisation's report with the same large number."""
        report, lines = of(campaign, place), list(self.form.lines.all())
        counted, typed = (
            {line.code: Decimal(12345) for line in lines if line.source == source} for source in ("computed", "entered")
        )
        fill_report(report.pk, counted=counted, by=self.chair(place))
        enter_figures(report.pk, values=typed, reasons={}, by=self.chair(place))

    def accept(self, campaign: Campaign, place: Organization) -> CampaignReport:
        report = of(campaign, place)
        assert report.parent is not None
        return accept_report(report.pk, by=self.chair(report.parent.organization))

    def hand_up(self, campaign: Campaign, place: Organization, **figures: int | str) -> CampaignReport:
        """Hand the report in and accept it."""
        self.hand_in(campaign, place, **figures)
        return self.accept(campaign, place)


def world() -> World:
    """Return the society with an issued form for a year."""
    head = trees.head("voi")
    regions = [trees.below(head, Level.REGIONAL, f"Область {number}") for number in (1, 2)]
    found = [trees.below(regions[at], Level.LOCAL, f"Район {number}") for number, at in ((1, 0), (2, 0), (3, 1))]
    chairs = {one.pk: trees.officer(one) for one in (head, *regions, *found)}
    return World(trees.again(head), [*map(trees.again, regions)], [*map(trees.again, found)], chairs, form(head))


def form(owner: Organization, **values: Any) -> ReportForm:
    """Return an issued form: members (counted), trained ones (entered), their share, a plan that is not added up."""
    given = {
        "key": "yearly",
        "title": "Годовой отчёт",
        "period_kind": "year",
        "levels": ["regional", "local"],
        "state": "issued",
        **values,
    }
    made = ReportForm.objects.create(organization=owner, **given)
    lines: list[Mapping[str, Any]] = [
        {"code": "1", "title": "Членов", "source": "computed", "indicator": "members"},
        {"code": "2", "title": "Из них обучено", "source": "entered"},
        {"code": "3", "title": "Доля", "source": "formula", "formula": "[2] / [1] * 100", "unit": "percent"},
        {"code": "4", "title": "План", "source": "entered", "adds_up": False, "required": False},
    ]
    for at, line in enumerate(lines):
        ReportLine.objects.create(form=made, position=at, decimals=1 if line["code"] == "3" else 0, **line)
    ReportCheck.objects.create(
        form=made, position=1, left="[2]", operator="le", right="[1]", sentence="Обученных не больше, чем членов."
    )
    return made


def lengthen(made: ReportForm) -> None:
    """Add lines to the form up to the maximum number; every other one is counted."""
    ReportLine.objects.bulk_create(
        ReportLine(
            form=made,
            position=10 + number,
            section=f"Раздел {number // 15}. Работа организаций с членами и активом",
            code=f"{10 + number // 9}.{number % 9 + 1}",
            title="Число членов первичных организаций, которые участвовали в мероприятиях отчётного периода",
            hint="По протоколам собраний и спискам участников, без приглашённых",
            source="computed" if number % 2 else "entered",
            indicator="members" if number % 2 else "",
            required=False,
        )
        for number in range(MAX_LINES - made.lines.count())
    )


def of(campaign: Campaign, place: Organization) -> CampaignReport:
    """Return the report of the organisation as it is in the database."""
    return CampaignReport.objects.select_related("campaign", "organization", "parent__organization").get(
        campaign=campaign, organization=place
    )


def total(campaign: Campaign, place: Organization) -> dict[str, Decimal | None]:
    """Return the stored totals of the report by line."""
    return dict(of(campaign, place).figures.values_list("line__code", "total"))


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def last_year() -> str:
    return str(timezone.localdate().year - 1)


def of_place(place: Place) -> Campaign:
    """Open a campaign in the place, with the keeper's report accepted and the region's report handed in."""
    chairs = {
        place.keeper.pk: place.chair,
        place.region.pk: place.region_chair,
        place.head.pk: trees.officer(place.head),
    }
    made = form(place.head, levels=[place.region.level, place.keeper.level])
    found = World(place.head, [place.region], [place.keeper], chairs, made)
    campaign = found.open()
    found.hand_up(campaign, place.keeper, a1=2, a2=1)
    found.hand_in(campaign, place.region)
    return campaign
