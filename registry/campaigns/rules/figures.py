"""Rules of figures: values, formulas, checks, and what a report needs before it is handed in (N-S3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from registry.access import CLASSES, Actor
from registry.enums import DataClass, Permission
from registry.errors import RuleViolation
from registry.rules import check_words
from registry.statistics.suppression import is_small

from ..enums import Missing, Operator, Unit
from ..formulas import DivisionByZero, FormulaError, in_order, parse
from ..models import ReportCheck, ReportLine

RULE = "N-S3"
#: Maximum length of a reason or note.
MAX_TEXT = 1000
#: The largest figure, positive or negative.
LARGEST = Decimal(10) ** 13
#: Units of countable things, which cannot be negative.
_COUNTED = {Unit.PEOPLE, Unit.ORGANIZATIONS, Unit.PIECES}

Values = dict[str, Decimal | None]


@dataclass(frozen=True)
class Evaluated:
    """Figures by line code, including those by formula, and the reasons why formulas have no result."""

    values: Values
    problems: Mapping[str, str]


def check_value(line: ReportLine, value: Decimal | None) -> Decimal | None:
    """Return the value. Raises `RuleViolation` (N-S3) if it is not valid for the line."""
    if value is None:
        return None
    if not value.is_finite() or abs(value) > LARGEST:
        raise RuleViolation(RULE, _("This number is too large. Correct it."), field=line.code)
    if value < 0 and line.unit in _COUNTED:
        raise RuleViolation(RULE, _("This number cannot be negative. Correct it."), field=line.code)
    if value != rounded(value, line.decimals):
        message = (
            _("Enter a whole number.") if not line.decimals else _("Enter at most %(digits)s digits after the comma.")
        )
        raise RuleViolation(RULE, message % {"digits": line.decimals}, field=line.code)
    return value


def check_reason(line: ReportLine, computed: Decimal | None, value: Decimal | None, reason: str) -> str:
    """Return the reason for a value that differs from the counted one, otherwise an empty string.

    Raises `RuleViolation` (N-S3) without a reason, or for one that is too long.
    """
    reason = reason.replace("\r\n", "\n").strip()
    if not line.is_computed or value == computed:
        return ""
    if not reason:
        message = _("The registry has counted another figure. Give the reason for yours.")
        raise RuleViolation(RULE, message, field=line.code)
    return check_text(reason, line.code)


def check_text(text: str, field: str = "text", *, required: bool = True) -> str:
    """Return the stripped text. Raises `RuleViolation` (N-S3) if it is empty or too long."""
    empty = _("Write a sentence that says why.") if required else ""
    return check_words(text, RULE, MAX_TEXT, empty=empty, field=field)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Return the value rounded to this number of digits after the comma; halves are rounded away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def evaluate(lines: Iterable[ReportLine], given: Mapping[str, Decimal | None]) -> Evaluated:
    """Return the figures with those by formula, each rounded as its line says.

    A formula without a result is None and has a sentence in `problems`.
    """
    by_code = {line.code: line for line in lines}
    values: Values = {code: given.get(code) for code, line in by_code.items() if not line.is_formula}
    formulas = {code: parse(line.formula) for code, line in by_code.items() if line.is_formula}
    problems = {}
    for code in in_order(formulas):
        values[code] = None
        try:
            found = formulas[code].value(values)
        except DivisionByZero:
            problems[code] = str(_("cannot be divided by zero"))
            continue
        except FormulaError as error:
            problems[code] = str(error)
            continue
        if found is not None:
            values[code] = rounded(found, by_code[code].decimals)
    return Evaluated(values, problems)


def added(
    own: Mapping[str, Decimal | None], below: Mapping[str, Decimal | None], lines: Iterable[ReportLine]
) -> Values:
    """Return the own figures plus those of the reports below, for lines that add up; formulas are left out."""
    found: Values = {}
    for line in lines:
        if line.is_formula:
            continue
        parts = [own.get(line.code), below.get(line.code) if line.adds_up else None]
        known = [part for part in parts if part is not None]
        found[line.code] = sum(known, Decimal(0)) if known else None
    return found


def broken(checks: Iterable[ReportCheck], values: Mapping[str, Decimal | None]) -> list[ReportCheck]:
    """Return the checks that the figures fail."""
    return [check for check in checks if not _holds(check, values)]


def _holds(check: ReportCheck, values: Mapping[str, Decimal | None]) -> bool:
    left, right = parse(check.left), parse(check.right)
    names = {*left.references, *right.references}
    if check.operator in {Operator.BOTH, Operator.ONE}:
        given = [any(values.get(code) is not None for code in side.references) for side in (left, right)]
        return given[0] == given[1] if check.operator == Operator.BOTH else not all(given)
    missing = [code for code in names if values.get(code) is None]
    if missing and (
        check.missing == Missing.SKIP_ANY or (check.missing == Missing.SKIP_ALL and len(missing) == len(names))
    ):
        return True
    filled = {**values, **dict.fromkeys(missing, Decimal(0))}
    try:
        one, other = left.value(filled), right.value(filled)
    except FormulaError:
        # A formula without a result is shown beside its line and cannot be compared.
        return True
    if one is None or other is None:
        return True
    return {
        Operator.EQ: one == other,
        Operator.NE: one != other,
        Operator.LT: one < other,
        Operator.LE: one <= other,
        Operator.GT: one > other,
        Operator.GE: one >= other,
    }[Operator(check.operator)]


def check_figures(
    lines: Sequence[ReportLine], checks: Iterable[ReportCheck], own: Mapping[str, Decimal | None],
    total: Mapping[str, Decimal | None], note: str,
) -> None:  # fmt: skip
    """Raise `RuleViolation` (N-S3) unless the figures can be handed in.

    Required lines must have a total, the own figures and the total must pass all blocking checks, and a report without
    figures needs a note.
    """
    lacking = [line.code for line in lines if line.required and not line.is_formula and total.get(line.code) is None]
    if lacking:
        message = _("These lines are not filled in yet: %(codes)s. Enter zero where there is nothing.")
        raise RuleViolation(RULE, message % {"codes": ", ".join(lacking)})
    checks = [check for check in checks if check.blocks]
    found = broken(checks, own) or broken(checks, total)
    if found:
        raise RuleViolation(RULE, _("The figures do not agree: %(sentence)s") % {"sentence": found[0].sentence})
    if not note and all(value is None for value in total.values()):
        raise RuleViolation(RULE, _("The report has no figures. Write a note that says why."), field="note")


def shown_lines(lines: Iterable[ReportLine], classes: Mapping[str, DataClass], by: Actor) -> set[str]:
    """Return the codes of lines whose figures the actor may see, by the class of data of each.

    A formula needs the classes of all lines in it.
    """
    by_code = {line.code: line for line in lines}
    hidden = {code for code, line in by_code.items() if not _reads(by, classes.get(line.indicator, DataClass.GENERAL))}
    return set(by_code) - with_formulas(by_code, hidden)


def _reads(by: Actor, data_class: DataClass) -> bool:
    """Return whether the actor reads sums of this class; levels that see only counts read those of their role."""
    return by.reads(data_class) or (by.sees_counts_only and by.role is not None and data_class in CLASSES[by.role])


def with_formulas(by_code: Mapping[str, ReportLine], hidden: Collection[str]) -> set[str]:
    """Return the hidden lines and all formulas that use them."""
    found = set(hidden)
    formulas = {code: set(parse(line.formula).references) for code, line in by_code.items() if line.is_formula}
    while True:
        more = {code for code, names in formulas.items() if code not in found and names & found}
        if not more:
            return found
        found |= more


def small_lines(lines: Sequence[ReportLine], values: Mapping[str, Decimal | None], by: Actor) -> set[str]:
    """Return the codes of lines that are hidden from actors who see no people (N-S3).

    If a section has a number of people below five, only its largest figure is shown, so that nothing can be found by
    subtraction. Formulas that use hidden lines are hidden too.
    """
    if by.may(Permission.VIEW_MEMBERS):
        return set()
    hidden: set[str] = set()
    for section in {line.section for line in lines}:
        of_people = [line for line in lines if line.section == section and line.unit == Unit.PEOPLE]
        known = {line.code: values.get(line.code) or Decimal(0) for line in of_people}
        if any(is_small(int(value)) for value in known.values()):
            largest = max(known, key=lambda code: known[code])
            hidden |= {code for code in known if code != largest or is_small(int(known[code]))}
    return with_formulas({line.code: line for line in lines}, hidden)
