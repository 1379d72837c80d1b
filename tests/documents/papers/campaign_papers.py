"""The paper of a report for tests of all papers: filled, without reports below, and with its longest values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from documents.papers import campaign_report
from documents.papers.campaign_report import PrintedLine, PrintedReport
from registry.organizations.models import Organization
from tests.documents.samples import batch_of
from tests.members import places


def report_of(name: str, lines: int = 4, *, has_below: bool = True, broken: int = 1) -> PrintedReport:
    """Return a report with lines of this name in two sections, reasons and broken checks."""
    return PrintedReport(
        title=name,
        period="2019 год",
        state="принят",
        handed_in="01.02.2020",
        lines=[
            PrintedLine(name if at % 2 else "Взносы", f"{at // 10 + 1}.{at % 10}", name, "руб.", "1 234 567,89",
                        "12 345 678 901,00", reason=name if at % 2 else "")
            for at in range(lines)
        ],
        broken=[name] * broken,
        has_checks=True,
        has_below=has_below,
    )  # fmt: skip


def of_report() -> list[Any]:
    place = places.voi()
    alone = report_of("Отчёт местной организации", has_below=False, broken=0)
    empty = PrintedReport("Отчёт", "2019 год", "не начат", "", [], [], has_checks=False, has_below=False)
    return [(place.region, report_of("Годовой отчёт"), batch_of(place.region)),
            (place.keeper, alone, batch_of(place.keeper)), (place.keeper, empty, batch_of(place.keeper))]  # fmt: skip


BUILT_OF: dict[str, Callable[[], list[Any]]] = {"campaign_report": of_report}


def extremes(
    text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> Mapping[str, Callable[[bool], Any]]:
    """Return the paper with the longest titles, reasons and sentences."""

    def longest(wide: bool) -> Any:
        place = organization(places.voi().keeper, wide)
        batch = batch_of(place)
        found = report_of(text(200, wide=wide), 30)
        return campaign_report.REPORT, campaign_report.build(place, found, batch), batch

    return {"campaign_report": longest}
