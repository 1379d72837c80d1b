"""Public report of a primary organisation; figures come from the registry, texts are written by hand (practice U10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import END_REASONS, grouped
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from members.book.queries.year_figures import YearFigures
    from registry.organizations.models import Organization


def build(
    place: Organization, year: int, figures: YearFigures, employed: int, meetings: Mapping[str, int], batch: Batch
) -> list[Mapping[str, Any]]:
    """Return the values of the report.

    `employed` is the number of working members; `meetings` has the numbers of meetings `held` and of decided `items`.
    """
    passport = getattr(place, "passport", None)
    employees = passport.employees if passport is not None else None
    sheet = {
        "place": place.full_name or place.short_name,
        "year": year,
        "whose": batch.charter.wording["of_members"],
        "chair": chair_of(place),
        "passport": passport,
        "agreed_on": day_text(passport.agreement_on) if passport is not None else "",
        "agreed_until": day_text(passport.agreement_until) if passport is not None else "",
        "before": grouped(figures.before),
        "came": grouped(figures.came),
        "left": grouped(sum(figures.left.values())),
        "reasons": [(END_REASONS[reason], grouped(count)) for reason, count in figures.left.items()],
        "then": grouped(figures.then),
        "last": day_text(figures.last),
        "employees": grouped(employees) if employees is not None else "",
        "employed": grouped(employed),
        "share": f"{min(100 * employed / employees, 100):.0f} %" if employees else "",
        "meetings": {name: grouped(count) for name, count in meetings.items()},
        "made": batch.today,
    }
    return [sheet]


#: The report has counts and no names.
REPORT = Paper(code="public_report", title="Публичный отчёт", build=build, data_classes=frozenset(), two_sided=True)
