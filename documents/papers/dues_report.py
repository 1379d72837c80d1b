"""Report of dues of an organisation for a period: sums by kind, year, organisation and collector, charts (N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from dues.ledger.enums import AccountKind, Fee
from dues.money import on_paper
from dues.reports.queries.asked import NO_YEAR, OTHERS, Asked
from dues.reports.queries.sums import Month, Row, Sums, by_dues, by_month, by_part, by_way
from registry.access import Actor
from registry.days import day_text

from .blank_words import name_of
from .list_pages import LIST, divided

if TYPE_CHECKING:
    from registry.organizations.models import Organization

LAYOUT = LIST._replace(first=26, others=31, ending=0)
#: Columns of the report: name of the value, width (mm), alignment.
COLUMNS = (("name", 74, ""), ("charged", 32, "n"), ("paid", 32, "n"), ("owed", 32, "n"))
FEES: dict[str, str] = {
    Fee.ENTRANCE: "Вступительный взнос",
    Fee.ANNUAL: "Ежегодный взнос",
    Fee.PROPERTY: "Имущественный взнос",
    Fee.VOLUNTARY: "Добровольный взнос",
    Fee.PERCENT: "Процент от заработка",
}
WAYS: dict[str, str] = {
    AccountKind.COLLECTOR: "Сборщики взносов",
    AccountKind.CASH: "Касса",
    AccountKind.UNKNOWN: "Через банк",
}
MONTHS = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь",
)  # fmt: skip


def build(
    organization: Organization, first: dt.date, last: dt.date, batch: Batch,
    kept: Mapping[tuple[str, ...], int] | None = None,
) -> list[Mapping[str, Any]]:  # fmt: skip
    """Return the values of each page: the table of sums, and the charts with the table of months on the last page.

    `kept` are the sums counted by a job.
    """
    asked, actor = Asked(organization, first, last, kept=kept), Actor.system("report of dues", organization)
    fees, years = by_dues(asked, actor)
    rows = [
        *_section("По видам взносов", [(FEES[row.key], row.sums) for row in fees]),
        *_section("По годам, за которые уплачиваются взносы", [(_year(row), row.sums) for row in years]),
        *_section(
            "По первичным организациям" if organization.keeps_cards else "По организациям",
            [(_part(row, organization), row.sums) for row in by_part(asked, actor)],
        ),
        *_section("Кем получено", [(_way(row), row.sums) for row in by_way(asked, actor)], only_paid=True),
    ]
    common = {
        "organization": name_of(organization), "period": f"с {day_text(first)} по {day_text(last)}",
        "head": f"Отчёт о взносах с {day_text(first)} по {day_text(last)}: {organization.short_name}",
        "last_day": day_text(last), "made": day_text(batch.today),
    }  # fmt: skip
    pages = [dict(page) for page in divided(rows or [{"name": "Нет сумм"}], COLUMNS, common, {}, LAYOUT)]
    charts = {**common, **_charts(asked, by_month(asked, actor))}
    of = len(pages) + 1
    return [*({**page, "of": of} for page in pages), {**charts, "charts": True, "page": of, "of": of}]


def _section(heading: str, rows: Sequence[tuple[str, Sums]], *, only_paid: bool = False) -> Iterable[Mapping[str, Any]]:
    """Return the rows below a heading, with their sum last."""
    if not rows:
        return
    total = sum((sums for _name, sums in rows), Sums())
    for at, (name, sums) in enumerate([*rows, ("Итого", total)]):
        found = {"name": name, "paid": on_paper(sums.paid)}
        if not only_paid:
            found |= {"charged": on_paper(sums.charged), "owed": on_paper(sums.owed)}
        yield {"heading": heading, **found} if not at else found


def _year(row: Row) -> str:
    return f"{row.key} год" if row.key != NO_YEAR else "Без указания года"


def _part(row: Row, place: Organization) -> str:
    if row.key != OTHERS:
        return str(row.about.short_name)
    return "Вне первичных организаций или сняты с учёта" if place.keeps_cards else "В собственном учёте"


def _way(row: Row) -> str:
    if row.about is not None:
        return f"{row.about.full_name}, распоряжение {row.about}"
    return WAYS.get(row.key, "По документам об уплате")


def _charts(asked: Asked, months: Sequence[Month]) -> Mapping[str, Any]:
    """Return the values of the charts and of the table below them."""
    this, before = str(asked.last.year), str(asked.last.year - 1)
    return {
        "this": this,
        "before": before,
        "labels": [name[:3].lower() for name in MONTHS],
        "paid": [
            {"name": before, "values": [month.before for month in months]},
            {"name": this, "values": [month.this for month in months]},
        ],
        "until": [
            {"name": before, "values": [month.before_until for month in months]},
            {"name": this, "values": [month.until for month in months]},
        ],
        "months": [
            (MONTHS[month.month - 1], *(
                on_paper(value) if value is not None else ""
                for value in (month.before, month.this, month.before_until, month.until)
            ))
            for month in months
        ],
    }  # fmt: skip


#: The report has only sums, and no data of cards.
REPORT = Paper(code="dues_report", title="Отчёт о взносах", build=build, data_classes=frozenset())
