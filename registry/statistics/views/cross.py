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
from ..columns import ELSEWHERE, ITSELF, ORGANIZATION, OTHERS, Dimension, offered
from ..counting import CROSS, Asked, Numbers, Question
from ..exports import Figure, Report, Table, too_few
from ..forms import CrossForm
from ..suppression import Mark, is_small
from .asking import Figures, day_of
from .charts import MAX_PLACES, names_of, place_url
from .composition import notes_of, values_of
from .counted import numbers_of
from .hidden import Crossed, hidden_cross

#: Maximum number of figures with links to people: the addresses make a page large.
MAX_LINKS = 300


def crossed(actor: Actor, at: Organization) -> dict[str, Dimension]:
    """Return what can be crossed: fields with one value for each person, and the organisations below."""
    found = {key: one for key, one in offered(actor, at.charter).items() if not one.several}
    if not rules.sees_persons(actor):
        # A field of some categories reveals them, and their own table hides other figures.
        found = {key: one for key, one in found.items() if not one.concerns}
    if Organization.objects.visible_to(actor).filter(parent=at).exists():
        found[ORGANIZATION] = Dimension(ORGANIZATION, _("organisation"), {})
    return found


def cross(actor: Actor, at: Organization, data: Mapping[str, Any]) -> Report:
    """Return the table of two fields. Raises `Http404` for a field that does not exist or may not be read."""
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
    # There are many organisations, so they are the rows.
    if chosen[1].key == ORGANIZATION:
        chosen.reverse()
    report.notes = notes_of(asked)
    if report.hides:
        report.notes.append(
            _("Tables have sex and one other field. Values that the composition hides stand in one row together.")
        )
    # A table and its transpose use one count.
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
    title = _("%(rows)s and %(columns)s") % {
        "rows": capfirst(str(rows.label)), "columns": str(columns.label)
    }  # fmt: skip
    if report.hides:
        crossed = hidden_cross(
            rows, columns, (row_keys, column_keys), found, list(offered(asked.actor, asked.at.charter).values()),
            MAX_PLACES,
        )  # fmt: skip
        report.tables = [_hidden(chosen, crossed, row_names, title)]
        return
    if len(row_keys) > MAX_PLACES:
        for key in row_keys[MAX_PLACES:]:
            for column in column_keys:
                found[OTHERS, column] += found[key, column]
        row_keys = [*row_keys[:MAX_PLACES], OTHERS]
        row_names[OTHERS] = _("Others")
    values = [[found[row, column] for column in column_keys] for row in row_keys]
    names = [columns.label_of(key) for key in column_keys]
    figures = Figures(asked, sum(of_rows.values()), linked=len(row_keys) * len(column_keys) <= MAX_LINKS)
    shown = [
        (
            row_names[key],
            place_url(pk, asked, "composition") if (pk := number_in(key)) is not None else "",
            [
                *(
                    figures.of(value, {rows: key, columns: column})
                    for column, value in zip(column_keys, values[y], strict=True)
                ),
                figures.of(sum(values[y]), {rows: key}),
            ],
        )
        for y, key in enumerate(row_keys)
    ]
    sums = [sum(row[x] for row in values) for x in range(len(column_keys))]
    totals = [figures.of(value, {columns: key}) for key, value in zip(column_keys, sums, strict=True)]
    report.tables = [
        Table("cross", title, capfirst(str(rows.label)), [*names, _("Total")], shown, [*totals, Figure.of(sum(sums))])
    ]


def _hidden(chosen: Sequence[Dimension], crossed: Crossed | None, names: Mapping[str, str], title: str) -> Table:
    """Return the table for actors who see no people: without links, and with hidden figures."""
    rows, columns = chosen
    if crossed is None:
        return too_few("cross", title, [str(columns.label)])
    shown = [
        (
            _name(many, names),
            "",
            [*(Figure.of(value, mark) for value, mark in zip(row, marks, strict=True)), _sum(row)],
        )
        for many, row, marks in zip(crossed.rows, crossed.values, crossed.marks, strict=True)
    ]
    labels = {key: columns.label_of(key) for many in crossed.columns for key in many}
    totals = [_sum(column) for column in zip(*crossed.values, strict=True)]
    note = ""
    if crossed.left_out:
        note = _("People whose cards cannot be read now are not in this table: %(n)s.") % {"n": crossed.left_out}
    return Table(
        "cross", title, capfirst(str(rows.label)), [*(_name(many, labels) for many in crossed.columns), _("Total")],
        shown, [*totals, _sum([sum(row) for row in crossed.values])], note,
    )  # fmt: skip


def _name(many: Sequence[str], names: Mapping[str, str]) -> str:
    """Return the name of a row or column: of its value, of the values joined in it, or of few organisations."""
    if len(many) > 1 and all(number_in(key) is not None or key in {ITSELF, ELSEWHERE} for key in many):
        return _("Others")
    return ", ".join(names[key] for key in many)


def _sum(values: Sequence[int]) -> Figure:
    total = sum(values)
    return Figure.of(total, Mark.SMALL if is_small(total) else Mark.SHOWN)


def _rows(asked: Asked, rows: Dimension, sums: Counter[str]) -> tuple[list[str], dict[str, str]]:
    """Return the keys of the rows in order, and their names."""
    if rows.key == ORGANIZATION:
        names = names_of(asked, sums)
        return sorted(sums, key=lambda key: (-sums[key], names[key])), names
    keys = values_of(rows, sums)
    return keys, {key: rows.label_of(key) for key in keys}
