"""The paper of statistics for tests of all papers: filled, and with its longest values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from documents.papers import statistics
from documents.papers.statistics import Chart, PrintedTable, Sheet
from registry.components.charts import Series, bar_chart
from registry.components.pyramid import pyramid
from registry.organizations.models import Organization
from tests.documents.samples import batch_of
from tests.members import places

AGES = [f"{age}–{age + 4}" for age in range(15, 95, 5)]


def sheet_of(name: str, rows: int = 3) -> Sheet:
    """Return a sheet with a table of rows of this name, and charts of two pages."""
    men, women = (Series(sex, [number * 37 for number in range(len(AGES))]) for sex in ("мужчины", "женщины"))
    headings = ["Возраст", "Человек", "%"]
    table = [[name, "1 234 567", "33"]] * rows
    ages = Chart("Возраст мужчин и женщин", pyramid(AGES, men, women, id="ages", title="Возраст"))
    places_chart = Chart("По организациям", bar_chart([name] * 20, list(range(20)), id="places", title="Организации"))
    return Sheet(
        "Состав членов организации",
        "на 1 января",
        ["Возраст указан на эту дату."],
        [
            PrintedTable(name, headings, table, note="Один человек может быть в нескольких строках."),
            PrintedTable("Пол", headings, [], note="Слишком мало людей."),
            PrintedTable("Возраст", [*headings[:2], "Женщин"], table, ages),
            PrintedTable("По организациям", headings, table, places_chart),
        ],
        [("Состоят на учёте", "1 234 567")],
    )


def of_statistics() -> list[Any]:
    place = places.voi()
    return [(place.region, sheet_of("18–24"), batch_of(place.region)),
            (place.keeper, Sheet("Движение", "за год"), batch_of(place.keeper))]  # fmt: skip


BUILT_OF: dict[str, Callable[[], list[Any]]] = {"statistics": of_statistics}


def extremes(
    text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> Mapping[str, Callable[[bool], Any]]:
    """Return the paper with the longest names."""

    def longest(wide: bool) -> Any:
        place = organization(places.voi().keeper, wide)
        batch = batch_of(place)
        return statistics.STATISTICS, statistics.build(place, sheet_of(text(100, wide=wide), 40), batch), batch

    return {"statistics": longest}
