"""Cross-tables of two fields, or of a field and the organisations below (N-S3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization
from registry.requests import number_in

from .. import counting, rules
from ..columns import ORGANIZATION, OTHERS, Dimension, offered
from ..counting import CROSS, Asked, Numbers, Question
from ..exports import Figure, Report, Table, too_few
from ..forms import CrossForm
from ..suppression import HiddenTable, Mark
from .asking import Figures, day_of
from .charts import MAX_PLACES, names_of, place_url
from .composition import hidden_cross, notes_of, values_of
from .counted import numbers_of

#: Maximum number of figures that open the people behind them: their addresses make a page large.
MAX_LINKS = 300


def crossed(actor: Actor, at: Organization) -> dict[str, Dimension]:
    """Return what can be crossed: fields with one value for each person, and the organisations below."""
    found = {key: one for key, one in offered(actor, at.charter).items() if not one.several}
    if Organization.objects.visible_to(actor).filter(parent=at).exists():
        found[ORGANIZATION] = Dimension(ORGANIZATION, _("organisation"), {})
    return found


def cross(actor: Actor, at: Organization, data: Mapping[str, Any]) -> Report:
    """Return the table of two fields. Raises `Http404` for a field that there is not, or that may not be read."""
    dimensions = crossed(actor, at)
    columns, rows, *_others = dimensions
    values = {"rows": rows, "columns": columns, "day": day_of(at, actor), **{name: data[name] for name in data}}
    if not {values["rows"], values["columns"]} <= set(dimensions):
        raise Http404
    form = CrossForm(values, place=at, actor=actor, dimensions=dimensions)
    report = Report("cross", at, _("Cross-table"), form, hides=not rules.sees_persons(actor))
    if not form.is_valid():
        return report
    asked = Asked(at, form.cleaned_data["day"], actor)
    report.period = _("on %(day)s") % {"day": day_text(asked.day)}
    chosen = [dimensions[form.cleaned_data[name]] for name in ("rows", "columns")]
    # Organisations are many: they are the rows.
    if chosen[1].key == ORGANIZATION:
        chosen.reverse()
    report.notes = notes_of(asked)
    # A table and the turned one are one count.
    first, second = sorted(one.key for one in chosen)
    found = numbers_of(Question(CROSS, asked, asked.day, (first, second)), report)
    if found is not None:
        _add_table(asked, chosen, found if chosen[0].key == first else _turned(found), report)
    return report


def _turned(found: Numbers) -> Numbers:
    return Counter({key[::-1]: number for key, number in found.items()})


def _add_table(asked: Asked, chosen: Sequence[Dimension], found: Counter[tuple[str, ...]], report: Report) -> None:
    rows, columns = chosen
    of_rows, of_columns = counting.sums_of(found)
    row_keys, row_names = _rows(asked, rows, of_rows)
    column_keys = values_of(columns, of_columns)
    if len(row_keys) > MAX_PLACES:
        for key in row_keys[MAX_PLACES:]:
            for column in column_keys:
                found[OTHERS, column] += found[key, column]
        row_keys = [*row_keys[:MAX_PLACES], OTHERS]
        row_names[OTHERS] = _("Others")
    values = [[found[row, column] for column in column_keys] for row in row_keys]
    title = _("%(rows)s and %(columns)s") % {
        "rows": capfirst(str(rows.label)), "columns": str(columns.label)
    }  # fmt: skip
    names = [columns.label_of(key) for key in column_keys]
    heading = str(capfirst(str(rows.label)))
    fields = list(offered(asked.actor, asked.at.charter).values())
    hides = report.hides and values
    hidden = hidden_cross(rows, columns, (row_keys, column_keys), found, fields) if hides else None
    if report.hides and hidden is None:
        report.tables = [too_few("cross", title, names)]
        return
    figures = Figures(asked, sum(of_rows.values()), linked=len(row_keys) * len(column_keys) <= MAX_LINKS)
    shown = [
        (
            row_names[key],
            place_url(pk, asked, "composition") if (pk := number_in(key)) is not None and not report.hides else "",
            [
                *(
                    figures.of(value, {rows: key, columns: column}, hidden.cells[y][x] if hidden else Mark.SHOWN)
                    for x, (column, value) in enumerate(zip(column_keys, values[y], strict=True))
                ),
                figures.of(sum(values[y]), {rows: key}, hidden.rows[y] if hidden else Mark.SHOWN),
            ],
        )
        for y, key in enumerate(row_keys)
    ]
    report.tables = [
        Table("cross", title, heading, [*names, _("Total")], shown, _totals(columns, column_keys, values, hidden,
              figures))
    ]  # fmt: skip


def _rows(asked: Asked, rows: Dimension, sums: Counter[str]) -> tuple[list[str], dict[str, str]]:
    """Return the keys of the rows in order, and their names."""
    if rows.key == ORGANIZATION:
        names = names_of(asked, sums)
        return sorted(sums, key=lambda key: (-sums[key], names[key])), names
    keys = values_of(rows, sums)
    return keys, {key: rows.label_of(key) for key in keys}


def _totals(
    columns: Dimension, keys: Sequence[str], values: Sequence[Sequence[int]], hidden: HiddenTable | None,
    figures: Figures,
) -> list[Figure]:  # fmt: skip
    sums = [sum(row[x] for row in values) for x in range(len(keys))]
    marks = hidden.columns if hidden else [Mark.SHOWN] * len(keys)
    return [
        *(figures.of(value, {columns: key}, mark) for key, value, mark in zip(keys, sums, marks, strict=True)),
        Figure.of(sum(sums)),
    ]
