"""Transitions of report forms: creating, changing line by line, issuing, retiring, taking examples (N-S3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from registry.access import Actor
from registry.charters.texts import read_reports
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import FormState, LineSource
from ..formulas import clean_code
from ..models import ReportCheck, ReportForm, ReportLine
from ..rules import forms as rules

#: Fields of a line and of a check that people fill in.
LINE_FIELDS = (
    "section", "code", "title", "unit", "source", "indicator", "formula", "decimals", "adds_up", "required", "hint",
)  # fmt: skip
CHECK_FIELDS = ("left", "operator", "right", "missing", "blocks", "sentence")


def create_form(
    organization_id: int, *, title: str, description: str, period_kind: str, levels: Collection[str], by: Actor
) -> ReportForm:
    """Create the draft of a form without lines (N-S3).

    Raises `RuleViolation` if the organisation has none below it, for levels that are not below it and an empty title;
    `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="report_form.created") as act:
        organization = _organization(act, organization_id)
        keys = _keys(organization)
        form = ReportForm(organization=organization, key=next(key for key in _numbered() if key not in keys))
        _fill(form, title, description, period_kind, levels)
        act.save(form)
        act.about(form, organization=organization)
    return form


def take_example(organization_id: int, *, key: str, units: rules.Units, by: Actor) -> ReportForm:
    """Create the draft of a form from an example of the charter, with its lines and checks (N-S3).

    Raises `RuleViolation` if the organisation already has the example; `NotAllowed`, `Organization.DoesNotExist`,
    `KeyError` for an unknown example.
    """
    with change(by=by, rule=rules.RULE, event="report_form.example_taken") as act:
        organization = _organization(act, organization_id)
        rules.check_example_is_new(_keys(organization), key)
        example = read_reports(organization.federation.charter_key)[key]
        form = ReportForm(organization=organization, key=key)
        offered = rules.levels_for(organization)
        levels = [level for level in example["levels"] if level in offered] or offered[-1:]
        _fill(form, example["title"], example["description"], example["period_kind"], levels)
        act.save(form)
        lines = [ReportLine(form=form, position=at, **line) for at, line in enumerate(example["lines"], 1)]
        checks = [ReportCheck(form=form, position=at, **check) for at, check in enumerate(example["checks"], 1)]
        for line in lines:
            _settle(line)
        rules.check_whole(lines, checks, units)
        act.create_many(ReportLine, lines)
        act.create_many(ReportCheck, checks)
        act.about(form, organization=organization, lines=len(lines), checks=len(checks))
    return form


def change_form(
    form_id: int, *, title: str, description: str, period_kind: str, levels: Collection[str],
    version: int | None = None, by: Actor,
) -> ReportForm:  # fmt: skip
    """Change title, explanation, period and levels of a draft (N-S3).

    Raises `RuleViolation`, `StaleVersion`, `NotAllowed`, `ReportForm.DoesNotExist`.
    """
    with _draft(form_id, "report_form.changed", version, by) as (_act, form):
        _fill(form, title, description, period_kind, levels)
    return form


def save_line(
    form_id: int, *, values: Mapping[str, Any], units: rules.Units, line_id: int | None = None,
    after: int | None = None, version: int | None = None, by: Actor,
) -> ReportLine:  # fmt: skip
    """Add a line to a draft, or change the one with this id; `after` is the id of the line before it (N-S3).

    `values` has the keys `LINE_FIELDS`. Without `after` the line comes first. Raises `RuleViolation` with the field for
    a taken code, a formula that cannot be read or refers to itself, and everything else that `check_line` refuses;
    `StaleVersion`, `NotAllowed`, `DoesNotExist` of form or line.
    """
    with _draft(form_id, "report_form.line_saved", version, by) as (act, form):
        lines = list(form.lines.all())
        line = _one(lines, line_id, ReportLine(form=form))
        for name in LINE_FIELDS:
            setattr(line, name, values[name])
        _settle(line)
        others = [one for one in lines if one.pk != line.pk]
        rules.check_line(line, others, form.checks.all(), units)
        place = next((at for at, one in enumerate(others, 1) if one.pk == after), 0)
        line.position = place + 1
        act.save(line)
        _number(act, [*others[:place], line, *others[place:]])
    return line


def move_line(form_id: int, *, line_id: int, up: bool, by: Actor) -> ReportLine:
    """Move a line of a draft one place up or down; past the end of its section it moves into the next one (N-S3).

    This keeps the lines of a section together. Raises `RuleViolation`, `NotAllowed`, `DoesNotExist` of form or line.
    """
    with change(by=by, rule=rules.RULE, event="report_form.line_moved") as act:
        form = _locked(act, form_id)
        rules.check_can_change(form)
        lines = list(form.lines.all())
        line = _one(lines, line_id)
        at = lines.index(line)
        to = at - 1 if up else at + 1
        act.silent = not 0 <= to < len(lines)
        if not act.silent:
            beside = lines[to]
            if beside.section == line.section:
                lines[at], lines[to] = beside, line
                _number(act, lines)
            else:
                line.section = beside.section
                act.save(line)
            act.save(form)
        act.about(form, organization=form.organization)
    return line


def delete_line(form_id: int, *, line_id: int, version: int | None = None, by: Actor) -> None:
    """Delete a line of a draft (N-S3).

    Raises `RuleViolation` if formulas or checks refer to it; `StaleVersion`, `NotAllowed`, `DoesNotExist`.
    """
    with _draft(form_id, "report_form.line_deleted", version, by) as (act, form):
        lines = list(form.lines.all())
        line = _one(lines, line_id)
        others = [one for one in lines if one.pk != line.pk]
        rules.check_can_delete_line(line, others, form.checks.all())
        act.delete(line)
        _number(act, others)


def save_check(
    form_id: int, *, values: Mapping[str, Any], check_id: int | None = None, version: int | None = None, by: Actor
) -> ReportCheck:
    """Add a check to a draft, or change the one with this id (N-S3).

    `values` has the keys `CHECK_FIELDS`. Raises `RuleViolation` with the field for a side that cannot be read or names
    no line; `StaleVersion`, `NotAllowed`, `DoesNotExist` of form or check.
    """
    with _draft(form_id, "report_form.check_saved", version, by) as (act, form):
        checks = list(form.checks.all())
        last = max((one.position for one in checks), default=0)
        check = _one(checks, check_id, ReportCheck(form=form, position=last + 1))
        for name in CHECK_FIELDS:
            setattr(check, name, values[name])
        rules.check_check(check, form.lines.all(), len([one for one in checks if one.pk != check.pk]))
        act.save(check)
    return check


def delete_check(form_id: int, *, check_id: int, version: int | None = None, by: Actor) -> None:
    """Delete a check of a draft. Raises `RuleViolation`, `StaleVersion`, `NotAllowed`, `DoesNotExist` (N-S3)."""
    with _draft(form_id, "report_form.check_deleted", version, by) as (act, form):
        act.delete(_one(list(form.checks.all()), check_id))


def issue_form(form_id: int, *, units: rules.Units, by: Actor) -> ReportForm:
    """Issue a form, so that campaigns can use it. It can no longer change, and other editions are retired.

    A retired form is issued again in the same way. Raises `RuleViolation` (N-S3) for a form without lines, or with one
    that the registry can no longer count; `NotAllowed`, `ReportForm.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="report_form.issued") as act:
        form, others = _editions(act, form_id)
        rules.check_can_issue(form)
        rules.check_whole(list(form.lines.all()), list(form.checks.all()), units)
        form.state = FormState.ISSUED
        act.save(form)
        for other in others:
            if other.state == FormState.ISSUED:
                other.state = FormState.RETIRED
                act.save(other)
        act.about(form, organization=form.organization, edition=form.edition)
    return form


def retire_form(form_id: int, *, by: Actor) -> ReportForm:
    """Put an issued form out of use; open campaigns continue (N-S3).

    Raises `RuleViolation`, `NotAllowed`, `ReportForm.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="report_form.retired") as act:
        form = _locked(act, form_id)
        rules.check_can_retire(form)
        form.state = FormState.RETIRED
        act.save(form)
        act.about(form, organization=form.organization, edition=form.edition)
    return form


def make_edition(form_id: int, *, by: Actor) -> ReportForm:
    """Copy an issued or retired form with its lines and checks into a draft, the next edition (N-S3).

    Raises `RuleViolation` if the form already has a draft; `NotAllowed`, `ReportForm.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="report_form.edition_made") as act:
        form, others = _editions(act, form_id)
        rules.check_can_copy(form, next((one for one in others if one.is_draft), None))
        rules.check_number(ReportForm.objects.filter(organization=form.organization).count())
        made = ReportForm(
            organization=form.organization,
            key=form.key,
            edition=max(one.edition for one in (form, *others)) + 1,
            title=form.title,
            description=form.description,
            period_kind=form.period_kind,
            levels=form.levels,
        )
        act.save(made)
        lines = [_copied(line, made, LINE_FIELDS) for line in form.lines.all()]
        checks = [_copied(check, made, CHECK_FIELDS) for check in form.checks.all()]
        act.create_many(ReportLine, lines)
        act.create_many(ReportCheck, checks)
        act.about(made, organization=form.organization, edition=made.edition)
    return made


def delete_form(form_id: int, *, by: Actor) -> None:
    """Delete a draft with its lines and checks (N-S3). Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`."""
    with change(by=by, rule=rules.RULE, event="report_form.deleted") as act:
        form = _locked(act, form_id)
        rules.check_can_change(form)
        act.delete_many(form.lines.all())
        act.delete_many(form.checks.all())
        act.about(None, organization=form.organization, form=form.pk)
        act.delete(form)


def _organization(act: Act, organization_id: int) -> Organization:
    """Lock the organisation for a new form."""
    organization = act.lock(Organization.objects.visible_to(act.by), organization_id)
    act.require(Permission.RUN_CAMPAIGNS, organization)
    rules.check_runs(organization)
    rules.check_number(ReportForm.objects.filter(organization=organization).count())
    return organization


def _keys(organization: Organization) -> set[str]:
    return set(ReportForm.objects.filter(organization=organization).order_by().values_list("key", flat=True))


def _numbered() -> Iterator[str]:
    return (f"form-{number}" for number in count(1))


def _locked(act: Act, form_id: int, version: int | None = None) -> ReportForm:
    form = act.lock(ReportForm.objects.visible_to(act.by), form_id, version=version)
    act.require(Permission.RUN_CAMPAIGNS, form.organization)
    return form


def _editions(act: Act, form_id: int) -> tuple[ReportForm, list[ReportForm]]:
    """Lock all editions of the form; return it and the others."""
    visible = ReportForm.objects.visible_to(act.by)
    asked = visible.get(pk=form_id)
    found = act.lock_many(visible.filter(organization=asked.organization, key=asked.key))
    form = _one(found, form_id)
    act.require(Permission.RUN_CAMPAIGNS, form.organization)
    return form, [one for one in found if one.pk != form.pk]


@contextmanager
def _draft(form_id: int, event: str, version: int | None, by: Actor) -> Iterator[tuple[Act, ReportForm]]:
    """Lock a draft for a change, and save it with a new version afterwards."""
    with change(by=by, rule=rules.RULE, event=event) as act:
        form = _locked(act, form_id, version)
        rules.check_can_change(form)
        yield act, form
        act.save(form)
        act.about(form, organization=form.organization)


def _fill(form: ReportForm, title: str, description: str, period_kind: str, levels: Collection[str]) -> None:
    form.title = rules.check_title(title)
    form.description = description.replace("\r\n", "\n").strip()
    form.period_kind = period_kind
    form.levels = rules.check_levels(form.organization, levels)


def _one(rows: list[Any], pk: int | None, new: Any = None) -> Any:
    """Return the row with the id, or a new one if the id is None. Raises `DoesNotExist` if the form has no such row."""
    if pk is None and new is not None:
        return new
    found = next((one for one in rows if one.pk == pk), None)
    if found is None:
        raise (type(new) if new is not None else type(rows[0]) if rows else ReportLine).DoesNotExist
    return found


def _settle(line: ReportLine) -> None:
    """Convert the values to their stored form, and clear those that do not apply to the source of the line."""
    line.code = clean_code(line.code)
    line.title, line.section, line.hint = line.title.strip(), line.section.strip(), line.hint.strip()
    if not line.is_computed:
        line.indicator = ""
    line.formula = line.formula.strip() if line.is_formula else ""
    if line.source == LineSource.FORMULA:
        # It is evaluated again for totals, so nobody fills it in.
        line.adds_up = line.required = False


def _number(act: Act, lines: list[ReportLine]) -> None:
    """Number the lines in this order."""
    moved = [line for at, line in enumerate(lines, 1) if line.position != at]
    for at, line in enumerate(lines, 1):
        line.position = at
    act.update_many(ReportLine, moved, ["position"])


def _copied(row: Any, form: ReportForm, fields: tuple[str, ...]) -> Any:
    return type(row)(form=form, position=row.position, **{name: getattr(row, name) for name in fields})
