"""The report of dues as a workbook: a sheet for each way to group (N-D1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registry.access import Actor
from registry.spreadsheets.writing import Workbook

from ..enums import By, Figure
from ..queries import showing
from ..queries.asked import Asked
from ..queries.sums import Row, Sums, by_day, by_dues, by_month, by_part, by_way, total_of

_WIDE, _SUM = 46, 16
#: A row of a sheet: its name and its sums.
_Named = tuple[Any, Row]


def workbook(asked: Asked, actor: Actor) -> bytes:
    """Return the report as a workbook; sums are numbers, days are dates."""
    place = asked.place
    fees, years = by_dues(asked, actor)
    total = total_of(fees)
    with Workbook() as book:
        fee_rows = [(showing.fee_name(row.key), row) for row in fees]
        _sheet(book, _("Kinds of dues"), _("Kind of dues"), fee_rows, tuple(Figure), total)
        year_rows = [(showing.year_name(row.key), row) for row in years]
        _sheet(book, _("Years of dues"), _("Year"), year_rows, tuple(Figure), total)
        if asked.has_parts:
            title = pgettext("report of dues", "Cells") if place.keeps_cards else str(By.PLACE.label)
            parts = [(showing.part_name(row, place), row) for row in by_part(asked, actor)]
            heading = _("Cell") if place.keeps_cards else _("Organisation")
            _sheet(book, title, heading, parts, tuple(Figure), total)
        ways = [(showing.way_name(row.key, row.about, asked.place), row) for row in by_way(asked, actor)]
        _sheet(book, str(By.WAY.label), pgettext("report of dues", "Received by"), ways, (Figure.PAID,), total)
        days = [(row.key, row) for row in reversed(by_day(asked, actor))]
        _sheet(book, str(By.DAY.label), _("Day"), days, (Figure.PAID,), total)
        _months(book, asked, actor)
        _about(book, asked)
    return book.data


def _sheet(
    book: Workbook, title: str, heading: str, rows: Iterable[_Named], figures: Sequence[Figure], total: Sums
) -> None:
    page = book.add_page(title, [(heading, _WIDE), *((f"{figure.label}, ₽", _SUM) for figure in figures)], frozen=1)
    at = 0
    for at, (name, row) in enumerate(rows, 1):
        book.write(page, at, 0, name)
        for column, figure in enumerate(figures, 1):
            book.write_sum(page, at, column, row.sums.of(figure))
    book.write(page, at + 1, 0, _("Total"))
    for column, figure in enumerate(figures, 1):
        book.write_sum(page, at + 1, column, total.of(figure))


def _months(book: Workbook, asked: Asked, actor: Actor) -> None:
    this = asked.last.year
    year = {"last": this - 1, "this": this}
    headings = [
        (_("Month"), 16),
        *((words % year, 22) for words in (
            _("Received in %(last)s, ₽"), _("Received in %(this)s, ₽"),
            _("Since January %(last)s, ₽"), _("Since January %(this)s, ₽"),
        )),
    ]  # fmt: skip
    page = book.add_page(str(By.MONTH.label), headings, frozen=1)
    for at, month in enumerate(by_month(asked, actor), 1):
        book.write(page, at, 0, showing.month_name(month.month))
        for column, value in enumerate((month.before, month.this, month.before_until, month.until), 1):
            if value is not None:
                book.write_sum(page, at, column, value)


def _about(book: Workbook, asked: Asked) -> None:
    """Add the sheet that describes the figures."""
    page = book.add_page(_("About the report"), [(_("Organisation"), 30), (asked.place.short_name, 60)])
    rows = (
        (_("Period"), showing.period_in_words(asked.first, asked.last)),
        (_("Made on"), asked.place.today),
        (str(Figure.CHARGED.label), _("In the books in the period, without reversed entries and opening balances.")),
        (str(Figure.PAID.label), _("In the books in the period, without reversed entries and opening balances.")),
        (str(Figure.OWED.label), _("By present members at the end of the last day, whether due or not.")),
    )
    for at, (name, value) in enumerate(rows, 1):
        book.write(page, at, 0, name)
        book.write(page, at, 1, value)
