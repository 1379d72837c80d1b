"""Report forms with their lines and checks."""

from __future__ import annotations

from typing import Any

from registry.campaigns.indicators import indicators_for
from registry.campaigns.models import ReportForm
from registry.campaigns.transitions import forms
from registry.charters.texts import read_reports

from .base import Asked, Scene, Table

#: The chair of the organisation that owns the form; the head sees it, lower organisations do not.
OWNER = "00000 0 +-- -- 000 +"
#: The same for a form that the administrator does not see.
FORM = "00000 0 +-- -0 000 +"


def _whole(s: Scene) -> dict[str, Any]:
    return {"title": "Отчёт", "description": "", "period_kind": "year", "levels": [s.keeper.level]}


def _units(s: Scene) -> dict[str, str]:
    return {key: one.unit for key, one in indicators_for(s.keeper.charter).items()}


def form(s: Scene) -> ReportForm:
    """Return a form of the superior with two lines and a check."""
    found = forms.create_form(s.place.region.pk, **_whole(s), by=s.superior)
    for code in ("1", "2"):
        forms.save_line(found.pk, values=line(code), units={}, by=s.superior)
    forms.save_check(found.pk, values=CHECK, by=s.superior)
    return found


def line(code: str) -> dict[str, Any]:
    return {
        "section": "", "code": code, "title": "Членов", "unit": "people", "source": "entered", "indicator": "",
        "formula": "", "decimals": 0, "adds_up": True, "required": True, "hint": "",
    }  # fmt: skip


CHECK = {
    "left": "[1]", "operator": "le", "right": "5", "missing": "skip_any", "blocks": True, "sentence": "Не больше пяти",
}  # fmt: skip


def issued(s: Scene) -> int:
    return forms.issue_form(form(s).pk, units=_units(s), by=s.superior).pk


def _of_line(s: Scene) -> dict[str, Any]:
    found = form(s)
    return {"form_id": found.pk, "line_id": found.lines.get(code="2").pk}


def _of_check(s: Scene) -> dict[str, Any]:
    found = form(s)
    return {"form_id": found.pk, "check_id": found.checks.get().pk}


TABLE: Table = {
    forms.create_form: Asked(OWNER, "Organization", lambda s: {"organization_id": s.place.region.pk, **_whole(s)}),
    forms.take_example: Asked(
        OWNER,
        "Organization",
        lambda s: {
            "organization_id": s.place.region.pk,
            "key": next(iter(read_reports(s.keeper.federation.charter_key))),
            "units": _units(s),
        },
    ),
    forms.change_form: Asked(FORM, "ReportForm", lambda s: {"form_id": form(s).pk, **_whole(s)}),
    forms.save_line: Asked(FORM, "ReportForm", lambda s: {**_of_line(s), "values": line("3"), "units": {}}),
    forms.move_line: Asked(FORM, "ReportForm", lambda s: {**_of_line(s), "up": False}),
    forms.delete_line: Asked(FORM, "ReportForm", _of_line),
    forms.save_check: Asked(FORM, "ReportForm", lambda s: {**_of_check(s), "values": CHECK}),
    forms.delete_check: Asked(FORM, "ReportForm", _of_check),
    forms.issue_form: Asked(FORM, "ReportForm", lambda s: {"form_id": form(s).pk, "units": _units(s)}),
    forms.retire_form: Asked(FORM, "ReportForm", lambda s: {"form_id": issued(s)}),
    forms.make_edition: Asked(FORM, "ReportForm", lambda s: {"form_id": issued(s)}),
    forms.delete_form: Asked(FORM, "ReportForm", lambda s: {"form_id": form(s).pk}),
}
