"""The lines of a report as shown on a page: figures, inputs, hidden ones, and links to lists (N-S3, N-H1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from registry.access import Actor
from registry.days import day_text
from registry.enums import DataClass
from registry.statistics.columns import offered
from registry.statistics.counting import CAME, LEFT, MAX_HEALTH, Asked
from registry.statistics.rules import sees_persons

from ..enums import LineSource
from ..forms.reports import FiguresForm, number_text
from ..indicators import indicators_for
from ..models import CampaignReport, ReportCheck, ReportLine
from ..queries import Row, Sheet
from ..rules.figures import Values, broken, shown_lines, small_lines

#: Lines on one page of the sheet: each has a heading, a field, and a field for a reason.
SHEET_ROWS = 40


@dataclass(frozen=True)
class Shown:
    """A line with its texts; `value` is the text of its input."""

    line: ReportLine
    own: str
    below: str
    total: str
    previous: str
    counted: str
    counted_url: str
    #: The counted figure for the script that shows the reason field at once.
    counted_key: str
    has_input: bool
    value: str
    reason: str
    asks_reason: bool
    error: str
    problem: str
    #: The stored figure, shown beside the typed one if somebody else has changed the report.
    stored: str
    #: The typed figure, if the figures of the report can no longer change.
    typed: str

    @property
    def reason_name(self) -> str:
        """The name of the reason field."""
        return f"reason-{self.line.pk}"


class SheetPage:
    """The figures of a report for one reader."""

    def __init__(self, report: CampaignReport, sheet: Sheet, actor: Actor, previous: Values | None) -> None:
        self.report, self.sheet, self.actor = report, sheet, actor
        self.previous = previous
        self._classes = {key: one.data_class for key, one in indicators_for(report.organization.charter).items()}
        self.seen = self._seen()
        lines = sheet.lines
        own, total = sheet.own.values, sheet.total.values
        #: Lines with small figures, and those that would reveal them.
        self.small = set[str]().union(
            *(small_lines(lines, values, actor) for values in (own, sheet.below, total, _counted(sheet)))
        )
        self._small_before = small_lines(lines, previous or {}, actor)

    def _seen(self) -> set[str]:
        """Return the lines whose figures the actor may see: without names, no figures about single organisations
        (N-H1).
        """
        if self.actor.sees_counts_only and self.report.organization != self.actor.organization:
            return set()
        return shown_lines(self.sheet.lines, self._classes, self.actor)

    @property
    def shows_figures(self) -> bool:
        return bool(self.seen)

    @property
    def typable(self) -> set[str]:
        """Lines whose own figure the actor can enter; a hidden counted figure must not be guessed."""
        return {
            line.code
            for line in self.sheet.lines
            if line.code in self.seen
            and not line.is_formula
            and (line.source == LineSource.ENTERED or line.code not in self.small)
        }

    def broken(self) -> list[ReportCheck]:
        """Return the failed checks, blocking ones first."""
        if not self.shows_figures:
            return []
        checks = self.sheet.checks
        found = {*broken(checks, self.sheet.own.values), *broken(checks, self.sheet.total.values)}
        return sorted(found, key=lambda one: (not one.blocks, one.position, one.pk))

    def sections(
        self, form: FiguresForm, lines: Collection[ReportLine], *, can_fill: bool, covers_all: bool
    ) -> list[tuple[str, list[Shown]]]:
        """Return these lines by section; `covers_all` is true if no report below counts a part of the organisation."""
        urls = self._urls() if covers_all else {}
        shown = [self._shown(row, form, urls, can_fill=can_fill) for row in self.sheet if row.line in lines]
        return [(section, list(some)) for section, some in groupby(shown, key=lambda one: one.line.section)]

    def _shown(self, row: Row, form: FiguresForm, urls: Mapping[str, str], *, can_fill: bool) -> Shown:
        line, code = row.line, row.line.code
        has_input = can_fill and code in self.typable
        stored = "" if code in self.small else number_text(row.own, line, grouped=False)
        value = form.typed.get(code, stored)
        reason = form.typed_reasons.get(code, row.reason if code in self.seen else "")
        differs = code in form.typed and form.differs(code)
        error = form.errors.get(code, "")
        counted = self._text(code, row.computed, line) if line.is_computed else ""
        return Shown(
            line=line,
            own=self._text(code, row.own, line),
            below=self._text(code, row.below if line.adds_up and not line.is_formula else None, line),
            total=self._text(code, row.total, line),
            previous=self._text(code, (self.previous or {}).get(code), line, before=True),
            counted=counted,
            counted_url=urls.get(line.indicator, "") if row.computed and code in self.seen else "",
            counted_key=_key(row.computed) if line.is_computed and has_input else "",
            has_input=has_input,
            value=value,
            reason=reason,
            asks_reason=line.is_computed and bool(reason or error or row.own != row.computed),
            error=error,
            problem=row.problem if code in self.seen else "",
            stored=self._text(code, row.own, line) or "—" if has_input and form.is_stale and differs else "",
            typed=value if not can_fill and differs else "",
        )

    def _text(self, code: str, value: Decimal | None, line: ReportLine, *, before: bool = False) -> str:
        if code not in self.seen or code in (self._small_before if before else self.small):
            return pgettext("figure", "hidden") if value is not None else ""
        return number_text(value, line)

    def _urls(self) -> dict[str, str]:
        """Return the addresses of the lists of people behind the indicators, if statistics has them."""
        report, actor = self.report, self.actor
        at, first, last = report.organization, report.campaign.first, report.campaign.last
        if not sees_persons(actor) or last > timezone.localdate():
            return {}
        day = day_text(last)
        found = {"members.end": f"{reverse('statistics:composition', args=[at.pk])}?{urlencode({'day': day})}"}
        page, moves = (reverse(f"statistics:{name}", args=[at.pk]) for name in ("people", "moves"))
        dimensions = offered(actor, at.charter)
        wanted = {line.indicator for line in self.sheet.lines if line.is_computed}
        for key in wanted:
            kind, _dot, rest = key.partition(".")
            name, _dot, value = rest.partition(".")
            if kind in {"came", "left"} and rest in {"came": CAME, "left": LEFT}[kind]:
                found[key] = f"{moves}?{urlencode({'first': day_text(first), 'last': day, kind: rest})}"
            elif kind == "members" and name in dimensions and dimensions[name].has(value):
                found[key] = f"{page}?{urlencode({'day': day, name: value})}"
        of_health = {key for key in found if self._classes.get(key) == DataClass.HEALTH}
        if of_health and Asked(at, last, actor).total > MAX_HEALTH:
            return {key: url for key, url in found.items() if key not in of_health}
        return found


def turns(sheet: Sheet) -> list[tuple[int, str]]:
    """Return the pages of the sheet: number, first line and last line of each."""
    parts = [sheet.lines[at : at + SHEET_ROWS] for at in range(0, len(sheet.lines), SHEET_ROWS)]
    return [(number, f"{some[0].code} – {some[-1].code}") for number, some in enumerate(parts, 1)]


def _counted(sheet: Sheet) -> Values:
    return {code: figure.computed for code, figure in sheet.figures.items()}


def _key(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
