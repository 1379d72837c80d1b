"""Organisations that create report forms, and values of lines and checks, for tests of the editor."""

from __future__ import annotations

from typing import Any, NamedTuple

from registry.access import Actor
from registry.campaigns.enums import LineSource, Missing, Operator, PeriodKind, Unit
from registry.campaigns.models import ReportForm, ReportLine
from registry.campaigns.transitions import forms as steps
from registry.enums import Level
from registry.organizations.models import Organization
from tests.registry import trees
from tests.worlds import world

UNITS = {"members.end": Unit.PEOPLE, "dues.paid": Unit.ROUBLES}
WHOLE: dict[str, Any] = {
    "title": "Отчёт", "description": "", "period_kind": PeriodKind.YEAR, "levels": [Level.REGIONAL, Level.LOCAL],
}  # fmt: skip


class Place(NamedTuple):
    """The society's organisations with their chairs."""

    head: Organization
    region: Organization
    local: Organization
    chair: Actor
    region_chair: Actor
    local_chair: Actor


@world
def voi() -> Place:
    """Return a head, a region and a local organisation with their chairs."""
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL)
    local = trees.below(region, Level.LOCAL)
    return Place(head, region, local, trees.officer(head), trees.officer(region), trees.officer(local))


def values(code: str, **given: Any) -> dict[str, Any]:
    """Return the values of a line: entered by hand, counted with an indicator, or by formula with one."""
    found = {
        "section": "", "code": code, "title": f"Показатель {code}", "unit": Unit.PEOPLE, "source": LineSource.ENTERED,
        "indicator": "", "formula": "", "decimals": 0, "adds_up": True, "required": True, "hint": "",
    }  # fmt: skip
    if "formula" in given:
        found["source"] = LineSource.FORMULA
    if "indicator" in given:
        found["source"] = LineSource.COMPUTED
    return found | given


def add(form: ReportForm, by: Actor, code: str, **given: Any) -> ReportLine:
    """Add a line after the last one."""
    last = form.lines.last()
    after = given.pop("after", last.pk if last else None)
    return steps.save_line(form.pk, values=values(code, **given), after=after, units=UNITS, by=by)


def side(left: str = "[1]", right: str = "[2]", **given: Any) -> dict[str, Any]:
    """Return the values of a check."""
    return {
        "left": left, "operator": Operator.LE, "right": right, "missing": Missing.SKIP_ANY, "blocks": True,
        "sentence": "Не больше", **given,
    }  # fmt: skip


def codes(form: ReportForm) -> list[str]:
    """Return the codes of the lines in their order, after checking that the positions are 1, 2, 3 …"""
    lines = list(form.lines.all())
    assert [line.position for line in lines] == list(range(1, len(lines) + 1))
    return [line.code for line in lines]
