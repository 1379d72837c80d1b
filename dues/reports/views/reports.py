"""The report of dues, and the lines behind its figures (N-D1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from dues.collecting.models import CollectorOrder
from dues.ledger.queries.showing import name_of
from dues.money import money
from registry.access import Actor
from registry.components.charts import Series
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, addresses, may_lag, needs, page_of

from ..enums import By, Figure
from ..forms import days_of
from ..queries import showing
from ..queries.asked import Asked, read_by_part
from ..queries.lines import Line, Lines
from ..queries.sums import MAX_COLLECTORS, Month, Row, by_day, by_dues, by_month, by_part, by_way, total_of
from ..rules import check_keeps_books
from .asking import asked_in, form_in, period_query, place_in, query_of
from .counted import counted, is_large


@dataclass(frozen=True)
class Cell:
    """A sum, and the address of the lines behind it; a sum of zero has no lines."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Shown:
    """A row of a table: its name, the report that the name links to, and its sums."""

    name: str
    url: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """A table of a report. `figures` are those of its columns."""

    #: Class of the table, for the labels of its cells on a narrow page.
    name: str
    title: str
    heading: str
    figures: Sequence[Figure]
    rows: Sequence[Shown]
    total: Sequence[Cell]
    page: Any = None

    @property
    def columns(self) -> list[str]:
        return [f"{figure.label}, ₽" for figure in self.figures]

    @property
    def labels(self) -> list[str]:
        """The labels of all columns; that of the row heading is empty."""
        return ["", *self.columns]


ALL = tuple(Figure)
ONLY_PAID = (Figure.PAID,)


def addresses_of_lines(asked: Asked) -> Any:
    """Return a function that returns the address of the lines behind a figure; sums counted by a job have none."""
    if asked.kept is not None:
        return lambda figure, asked: ""
    page = reverse("dues:report_lines")
    return lambda figure, asked: f"{page}?{query_of(asked)}&figure={figure}"


@require_GET
@needs(Permission.VIEW_DUES)
@may_lag
def report(request: ActorRequest) -> HttpResponse:
    """Show the sums charged, paid and owed in a period, grouped by `?by=`; every figure links to its lines."""
    place = place_in(request)
    form = form_in(request, place)
    context: dict[str, Any] = {"form": form, "organization": place, "above": _above(request, place)}
    if form.is_valid():
        asked = Asked(place, form.cleaned_data["first"], form.cleaned_data["last"])
        by = request.GET.get("by", "")
        by = by if by in _offered(asked) else By.FEE.value
        asked, said = counted(asked, request)
        context |= said
        with read_by_part(place):
            context |= _shown(request, asked, by)
    answer = render(request, "dues/reports/report.html", context)
    if "HX-Request" in request.headers and not context.get("counting", {"asked": False})["asked"]:
        # The page polls until the sums exist, and is then loaded again.
        answer["HX-Refresh"] = "true"
    return answer


def _above(request: ActorRequest, place: Organization) -> list[tuple[str, str]]:
    """Return the organisations between the actor's own and this one, with their reports."""
    if place == request.actor.organization:
        return []
    page = reverse("dues:reports")
    seen = [one for one in place.ancestors() if request.actor.reaches(one)]
    return [(one.short_name, f"{page}?organization={one.pk}") for one in seen]


def _offered(asked: Asked) -> list[str]:
    return [by for by in By.values if by != By.PLACE or asked.has_parts]


def _shown(request: ActorRequest, asked: Asked, by: str) -> dict[str, Any]:
    actor, place = request.actor, asked.place
    query = urlencode(period_query(place, asked.first, asked.last))
    page = reverse("dues:reports")
    context: dict[str, Any] = {
        "by": by,
        "accounting_url": f"{reverse('dues:accounting')}?{query}" if _exports_books(actor, place) else "",
        # It says that figures link to their lines, which those counted by a job do not.
        "note": "" if is_large(place) else _note(by, asked),
        "period": showing.period_in_words(asked.first, asked.last),
        "tabs": [(_label(one, place), f"{page}?{query}&by={one}", one == by) for one in _offered(asked)],
        "print_url": f"{reverse('dues:print_report')}?{query}" if actor.may(Permission.PRINT, place) else "",
        "download_url": f"{reverse('dues:download_report')}?{query}" if actor.may(Permission.EXPORT, place) else "",
    }
    if asked.kept is None and is_large(place):
        return context | {"print_url": "", "download_url": ""}
    if by == By.MONTH:
        return context | _months(asked, by_month(asked, actor))
    tables, figures = _tables(request, asked, by)
    return context | {"tables": tables, "figures": figures, "figures_found": any(table.rows for table in tables)}


def _exports_books(actor: Actor, place: Organization) -> bool:
    return actor.may(Permission.EXPORT, place) and allowed(check_keeps_books, place)


def _note(by: str, asked: Asked) -> str:
    """Return the note below the tables of a page."""
    if by == By.FEE:
        return _(
            "Charged and paid: in the books, in this period. Reversed entries and opening balances do not count. Owed: "
            "what present members had not paid at the end of the last day, whether it was due or not. Every figure "
            "opens its lines."
        )
    if by == By.WAY and not asked.is_cell and not allowed(check_keeps_books, asked.place):
        message = _("More than %(most)s collectors are one row; the organisations that appointed them name them.")
        return message % {"most": MAX_COLLECTORS}
    return ""


def _label(by: str, place: Organization) -> str:
    if by == By.PLACE and place.keeps_cards:
        return pgettext("report of dues", "Cells")
    return str(By(by).label)


def _tables(request: ActorRequest, asked: Asked, by: str) -> tuple[list[Table], list[tuple[str, Cell]]]:
    """Return the tables of a page, and its total as figures."""
    actor, place, lines = request.actor, asked.place, addresses_of_lines(asked)
    if by == By.FEE:
        fees, years = by_dues(asked, actor)
        named = [(showing.fee_name(row.key), "", row) for row in fees]
        by_year = [(showing.year_name(row.key), "", row) for row in years]
        total = _cells(Row("", total_of(fees), asked), ALL, lines)
        tables = [
            Table("of-fees", _("By kind of dues"), _("Kind of dues"), ALL, _rows(named, ALL, lines), total),
            Table("of-years", _("By year of the dues"), _("Year"), ALL, _rows(by_year, ALL, lines), total),
        ]
        return tables, _figures(ALL, total)
    if by == By.PLACE:
        rows, figures, title = by_part(asked, actor), ALL, _label(by, place)
        page = page_of(request, rows)
        query = period_query(place, asked.first, asked.last)
        address = reverse("dues:reports")
        named = [
            (
                showing.part_name(row, place),
                f"{address}?{urlencode(query | {'organization': row.key})}" if row.about else "",
                row,
            )
            for row in page
        ]
        heading = _("Cell") if place.keeps_cards else _("Organisation")
    elif by == By.WAY:
        rows, figures, title = by_way(asked, actor), ONLY_PAID, str(By(by).label)
        page = page_of(request, rows)
        named = [(showing.way_name(row.key, row.about, place), "", row) for row in page]
        heading = pgettext("report of dues", "Received by")
    else:
        rows, figures, title = by_day(asked, actor), ONLY_PAID, str(By(by).label)
        page = page_of(request, rows)
        named = [(day_text(row.key), "", row) for row in page]
        heading = _("Day")
    total = _cells(Row("", total_of(rows), asked), figures, lines)
    return [Table("of-parts", title, heading, figures, _rows(named, figures, lines), total, page)], _figures(
        figures, total
    )


def _rows(named: Iterable[tuple[str, str, Row]], figures: Sequence[Figure], lines: Any) -> list[Shown]:
    return [Shown(name, url, _cells(row, figures, lines)) for name, url, row in named]


def _cells(row: Row, figures: Sequence[Figure], lines: Any) -> list[Cell]:
    return [
        Cell(money(row.sums.of(figure)), lines(figure, row.asked) if row.sums.of(figure) else "") for figure in figures
    ]


def _figures(figures: Sequence[Figure], total: Sequence[Cell]) -> list[tuple[str, Cell]]:
    return [(f"{figure.label}, ₽", cell) for figure, cell in zip(figures, total, strict=True)]


def _months(asked: Asked, months: Sequence[Month]) -> dict[str, Any]:
    """Return the values of the charts, and the tables below them, whose sums link to their lines."""
    this, lines = asked.last.year, addresses_of_lines(asked)

    def until(year: int, first: int, last: int) -> str:
        begins, ends = days_of(f"m{first:02}", year)[0], days_of(f"m{last:02}", year)[1]
        return str(lines(Figure.PAID, replace(asked, first=begins, last=ends)))

    def series(year: int, values: Sequence[Any], *, summed: bool) -> Series:
        urls = [until(year, 1 if summed else month.month, month.month) for month in months]
        return Series(
            str(year),
            values,
            [money(value) if value is not None else "" for value in values],
            [url if value else "" for url, value in zip(urls, values, strict=True)],
        )

    return {
        "labels": [showing.month_name(month.month) for month in months],
        "short_labels": [showing.short_month_name(month.month) for month in months],
        "by_months": [
            series(this - 1, [month.before for month in months], summed=False),
            series(this, [month.this for month in months], summed=False),
        ],
        "since_january": [
            series(this - 1, [month.before_until for month in months], summed=True),
            series(this, [month.until for month in months], summed=True),
        ],
    }


@require_GET
@needs(Permission.VIEW_DUES)
@may_lag
def lines(request: ActorRequest) -> HttpResponse:
    """Show the lines behind a figure of a report; their sum is the figure.

    Raises `Http404` if a job counts the figure: no figure links here.
    """
    figure, asked = asked_in(request)
    if is_large(asked.place):
        raise Http404
    with read_by_part(asked.place):
        context = _listed(request, figure, asked)
    return render(request, "dues/reports/lines.html", context)


def _listed(request: ActorRequest, figure: str, asked: Asked) -> dict[str, Any]:
    found = Lines(figure, asked, request.actor)
    count, total = found.total()
    page = page_of(request, _Slices(found), count=count)
    card = addresses("members:dues")
    columns = [_("Member")]
    if figure != Figure.OWED:
        columns += [_("Date"), pgettext("entry of the ledger", "What for"), _("Paper")]
    return {
        "organization": asked.place,
        "figure": Figure(figure).label,
        "is_owed": figure == Figure.OWED,
        "columns": columns,
        "labels": ["", *columns[1:], _("Sum, ₽")],
        "facts": _facts(request, asked, figure),
        "count": count,
        "total": money(total),
        "page": page,
        "rows": [_line(line, asked, card) for line in page],
        "back": f"{reverse('dues:reports')}?{urlencode(period_query(asked.place, asked.first, asked.last))}",
    }


class _Slices:
    """Lines as a sequence that a page slices."""

    def __init__(self, found: Lines) -> None:
        self._found = found

    def __getitem__(self, part: slice) -> list[Line]:
        return self._found.part(part.start, part.stop)


def _line(line: Line, asked: Asked, card: Any) -> dict[str, Any]:
    member, entry = line.member, line.entry
    shown = {
        "name": member.full_name if member else "",
        "url": card(member.pk) if member else "",
        "unit": member.unit.short_name if member and member.unit and member.unit_id != asked.place.pk else "",
        "amount": money(line.amount),
    }
    if entry is None:
        return shown
    title = entry.contribution.title if entry.contribution else ""
    # The paper may name a person that the actor does not see now.
    paper = entry.paper if member else ""
    return shown | {"day": day_text(entry.made_on), "what": name_of(entry.fee, entry.year, title), "paper": paper}


def _facts(request: ActorRequest, asked: Asked, figure: str) -> list[tuple[str, str]]:
    place = asked.place
    owed = figure == Figure.OWED
    period = day_text(asked.last) if owed else showing.period_in_words(asked.first, asked.last)
    found = [(_("Organisation"), place.short_name), (_("At the end of the day") if owed else _("Period"), period)]
    if asked.others:
        found.append((_("Part"), showing.others_name(place)))
    if asked.fee:
        found.append((_("Kind of dues"), showing.fee_name(asked.fee)))
    if asked.year is not None:
        found.append((_("Year of the dues"), showing.year_name(asked.year)))
    if asked.way:
        order = None
        if asked.collector is not None:
            orders = CollectorOrder.objects.visible_to(request.actor).select_related("organization")
            order = orders.get(pk=asked.collector)
        found.append((pgettext("report of dues", "Received by"), showing.way_name(asked.way, order, place)))
    return found
