"""Rules of report forms: lines, formulas, checks, and when a form can no longer change (N-S3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry import states
from registry.enums import Level
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..enums import FormState, Unit
from ..formulas import Formula, FormulaError, cycle, is_code, parse
from ..models import ReportCheck, ReportForm, ReportLine
from .reports import check_runs

RULE = "N-S3"
#: Maximum number of lines and checks of a form.
MAX_LINES, MAX_CHECKS = 200, 100
#: Maximum number of form editions of an organisation.
MAX_FORMS = 200

#: Indicator → unit in which the registry counts it.
Units = Mapping[str, str]


def check_can_change(form: ReportForm) -> None:
    """Raise `RuleViolation` (N-S3) unless the form is a draft: campaigns rely on issued ones."""
    check_runs(form.organization)
    states.check_is(form, {FormState.DRAFT}, RULE)


def check_can_issue(form: ReportForm) -> None:
    """Raise `RuleViolation` (N-S3) unless the form's state allows issuing it."""
    check_runs(form.organization)
    states.check(form, FormState.ISSUED, RULE)


def check_can_retire(form: ReportForm) -> None:
    """Raise `RuleViolation` (N-S3) unless the form can be put out of use."""
    check_runs(form.organization)
    states.check(form, FormState.RETIRED, RULE)


def check_can_copy(form: ReportForm, draft: ReportForm | None) -> None:
    """Raise `RuleViolation` (N-S3) if the form already has a draft: a new edition cannot be made then."""
    check_runs(form.organization)
    if form.is_draft:
        raise RuleViolation(RULE, _("This form is a draft and can be changed itself."))
    if draft is not None:
        message = _("Edition %(edition)s is a draft already. Change that one.")
        raise RuleViolation(RULE, message % {"edition": draft.edition})


def check_example_is_new(taken: Collection[str], key: str) -> None:
    """Raise `RuleViolation` (N-S3) if the organisation already has a form with the key of the example."""
    if key in taken:
        raise RuleViolation(RULE, _("This example is among your forms already."))


def check_number(count: int) -> None:
    """Raise `RuleViolation` (N-S3) if the organisation has the maximum number of forms."""
    if count >= MAX_FORMS:
        message = _("There are %(most)s forms and editions already. Delete drafts that nobody needs.")
        raise RuleViolation(RULE, message % {"most": MAX_FORMS})


def levels_for(organization: Organization) -> list[Level]:
    """Return the levels below the organisation in its charter, from the top."""
    own = Level(organization.level).depth
    return [level for level in Level if level in organization.charter.levels and level.depth > own]


def check_levels(organization: Organization, levels: Collection[str]) -> list[str]:
    """Return the levels from the top. Raises `RuleViolation` (N-S3) if there are none, or one is not below."""
    offered = levels_for(organization)
    if not levels or not set(levels) <= set(offered):
        raise RuleViolation(RULE, _("Choose the levels that report to you."), field="levels")
    return [str(level) for level in offered if level in levels]


def check_title(title: str) -> str:
    """Return the stripped title. Raises `RuleViolation` (N-S3) if it is empty."""
    if not title.strip():
        raise RuleViolation(RULE, _("Give the form a title."), field="title")
    return title.strip()


def check_line(line: ReportLine, others: Sequence[ReportLine], checks: Iterable[ReportCheck], units: Units) -> None:
    """Raise `RuleViolation` (N-S3) unless the line fits into its form, of which `others` are the other lines.

    `units` are those of the indicators that the charter has. The code must be valid and new, all references must exist,
    and no formula may refer to itself through others. A code that formulas or checks refer to cannot change.
    """
    check_room(len(others), MAX_LINES, _("This form has %(most)s lines already. Divide it into several forms."))
    if not line.title.strip():
        raise RuleViolation(RULE, _("Say what the line reports."), field="title")
    if not is_code(line.code):
        message = _("Write the code as 1, 1.2, 1.2.3 or 2а: numbers below 1000, at the end possibly a Russian letter.")
        raise RuleViolation(RULE, message, field="code")
    if line.code in {one.code for one in others}:
        message = _("There is a line with the code %(code)s already. Choose another code.")
        raise RuleViolation(RULE, message % {"code": line.code}, field="code")
    if line.unit == Unit.PERCENT and line.adds_up and not line.is_formula:
        message = _("Percentages of organisations are not added. Use a formula, or do not add them.")
        raise RuleViolation(RULE, message, field="adds_up")
    if line.is_computed:
        _check_indicator(line, units)
    if line.is_formula:
        _check_formula(line, others)
    _check_still_named(line, others, checks)


def check_room(count: int, most: int, message: Any) -> None:
    """Raise `RuleViolation` (N-S3) with the message if the maximum number is reached."""
    if count >= most:
        raise RuleViolation(RULE, message % {"most": most})


def _check_indicator(line: ReportLine, units: Units) -> None:
    if line.indicator not in units:
        raise RuleViolation(RULE, _("Choose what the registry counts."), field="indicator")
    if line.unit != units[line.indicator]:
        message = _("The registry counts this in another unit: %(unit)s.")
        raise RuleViolation(RULE, message % {"unit": Unit(units[line.indicator]).label}, field="unit")
    if line.unit == Unit.ROUBLES and line.decimals < 2:
        message = _("The registry counts roubles and kopecks: show two digits after the comma.")
        raise RuleViolation(RULE, message, field="decimals")


def _check_formula(line: ReportLine, others: Iterable[ReportLine]) -> None:
    parsed = _parsed(line.formula, "formula")
    if line.code in parsed.references:
        message = _("The formula refers to its own line, %(code)s. Take [%(code)s] out of it.")
        raise RuleViolation(RULE, message % {"code": line.code}, field="formula")
    _check_known(parsed, {one.code for one in others}, "formula")
    formulas = {line.code: parsed} | {one.code: parse(one.formula) for one in others if one.is_formula}
    found = cycle(formulas)
    if found:
        message = _("The formulas refer to each other in a circle: %(codes)s. Change one of them.")
        raise RuleViolation(RULE, message % {"codes": " → ".join([*found, found[0]])}, field="formula")


def _parsed(text: str, field: str) -> Formula:
    try:
        return parse(text)
    except FormulaError as error:
        raise RuleViolation(RULE, error.message, field=field) from error


def _check_known(parsed: Formula, codes: Collection[str], field: str) -> None:
    unknown = [code for code in parsed.references if code not in codes]
    if unknown:
        message = ngettext(
            "There is no line %(codes)s. Add it first, or correct the code.",
            "There are no lines %(codes)s. Add them first, or correct the codes.",
            len(unknown),
        )
        raise RuleViolation(RULE, message % {"codes": ", ".join(unknown)}, field=field)


def _check_still_named(line: ReportLine, others: Iterable[ReportLine], checks: Iterable[ReportCheck]) -> None:
    """Raise `RuleViolation` if something refers to a code that no line would have any more."""
    codes = {line.code, *(one.code for one in others)}
    named = [one for one in _named_by(others, checks) if one[1] - codes]
    if named:
        message = _("The former code stands in other places: %(places)s. Change them first, or keep the code.")
        raise RuleViolation(RULE, message % {"places": _places(named)}, field="code")


def _named_by(lines: Iterable[ReportLine], checks: Iterable[ReportCheck]) -> list[tuple[str, set[str]]]:
    """Return each formula and check by its displayed name, with the codes that it refers to."""
    of_lines = [(one.code, set(parse(one.formula).references)) for one in lines if one.is_formula]
    of_checks = [(_("check “%(name)s”") % {"name": one.sentence}, references_of(one)) for one in checks]
    return of_lines + of_checks


def references_of(check: ReportCheck) -> set[str]:
    """Return the codes on both sides of a check."""
    return {*parse(check.left).references, *parse(check.right).references}


def _places(named: Iterable[tuple[str, set[str]]]) -> str:
    return ", ".join(place for place, _codes in named)


def check_can_delete_line(line: ReportLine, others: Iterable[ReportLine], checks: Iterable[ReportCheck]) -> None:
    """Raise `RuleViolation` (N-S3) if a formula or a check refers to the line."""
    named = [one for one in _named_by(others, checks) if line.code in one[1]]
    if named:
        message = _("Line %(code)s stands in other places: %(places)s. Change them first.")
        raise RuleViolation(RULE, message % {"code": line.code, "places": _places(named)})


def check_check(check: ReportCheck, lines: Iterable[ReportLine], others: int) -> None:
    """Raise `RuleViolation` (N-S3) unless the check fits into its form, which has this many `others`.

    Both sides must be formulas of existing lines, at least one must name a line, and there must be a message.
    """
    check_room(others, MAX_CHECKS, _("This form has %(most)s checks already. Delete those that nobody needs."))
    codes = {line.code for line in lines}
    for side in ("left", "right"):
        _check_known(_parsed(getattr(check, side), side), codes, side)
    if not references_of(check):
        message = _("Without a line on either side the check always says the same. Write a code in brackets.")
        raise RuleViolation(RULE, message, field="left")
    if not check.sentence.strip():
        message = _("Write the sentence that is shown if the check is not met.")
        raise RuleViolation(RULE, message, field="sentence")


def check_whole(lines: Sequence[ReportLine], checks: Sequence[ReportCheck], units: Units) -> None:
    """Raise `RuleViolation` (N-S3) unless the form can be issued: it has a line, and each line and check is valid.

    The registry's indicators may have changed since a line was saved.
    """
    if not lines:
        raise RuleViolation(RULE, _("The form has no lines yet. Add what is to be reported."))
    for line in lines:
        with _named(_("line %(name)s: %(message)s"), line.code):
            check_line(line, [one for one in lines if one is not line], (), units)
    for check in checks:
        with _named(_("check “%(name)s”: %(message)s"), check.sentence):
            check_check(check, lines, len(checks) - 1)


@contextmanager
def _named(message: Any, name: str) -> Iterator[None]:
    """Add to a refusal which line or check it is about."""
    try:
        yield
    except RuleViolation as violation:
        raise RuleViolation(RULE, message % {"name": name, "message": violation.message}) from violation
