"""Formulas of report lines: parsing, values, and the order in which lines are evaluated (N-S3).

A formula has decimal numbers, references such as `[1.2]`, + − × ÷, parentheses, `sum`, `round`, `min` and `max` with
arguments separated by semicolons. It is never run as code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_05UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from registry.text import clean

MAX_LENGTH = 500
#: Maximum depth of parentheses, functions and signs.
MAX_DEPTH = 30
#: Maximum number of digits of a number in a formula.
MAX_DIGITS = 15
#: Figures and results are stored in hundredths.
LARGEST = 10**13
#: Maximum number of digits after the comma that `round` keeps, and of a figure.
MAX_ROUNDED, MAX_PLACES = 2, 20

MESSAGES = {
    "empty": _("Write a formula, for example: [1.1] + [1.2]"),
    "length": _("A formula has at most %(limit)d characters. Divide it into several lines."),
    "depth": _("The formula has more than %(limit)d parentheses within each other. Divide it into several lines."),
    "unknown": _("“%(text)s”, character %(at)d: use numbers, codes such as [1.2], + − × ÷, parentheses and functions."),
    "bracket": _("“%(text)s”, character %(at)d: write the code of a line in brackets, such as [1], [1.2] or [2а]."),
    "digits": _("“%(text)s”, character %(at)d: a number has at most %(limit)d digits."),
    "function": _("“%(text)s”, character %(at)d: the functions are sum, round, min and max."),
    "value": _("Character %(at)d: a number, a code in brackets or a parenthesis is missing here."),
    "operator": _("“%(text)s”, character %(at)d: put an operator before it, + − × or ÷."),
    "open": _("The parenthesis at character %(at)d is not closed."),
    "closed": _("Nothing is opened for the parenthesis at character %(at)d."),
    "separator": _("Character %(at)d: semicolons stand only between the arguments of a function."),
    "arguments": _("%(text)s takes at least two arguments, separated by semicolons: %(text)s([1]; [2])"),
    "round": _("round takes a value and the number of digits after the comma, 0, 1 or 2: round([1]; 0)"),
    "zero": _("The formula divides by zero."),
    "large": _("The result or a figure of the formula is larger than 10 000 000 000 000."),
    "cycle": _("The formulas refer to each other in a circle: %(codes)s"),
}
CODE = re.compile(r"[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,2}[а-я]?", re.ASCII)
_FUNCTIONS = {
    "sum": "sum", "сумма": "sum", "round": "round", "округл": "round",
    "min": "min", "мин": "min", "max": "max", "макс": "max",
}  # fmt: skip
_OPERATORS = {"+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "×": "*", "/": "/", "÷": "/"}
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:[.,][0-9]+)?)|\[(?P<reference>[^\[\]]*)\]|(?P<name>[^\W\d_]+)|(?P<sign>[-+*/−–×÷();])|(?P<space>\s+)"
)
#: Latin and Russian letters that look alike.
_LOOKALIKES = str.maketrans("aceopxy", "асеорху")
#: Rounding the result again to fewer digits gives the same as rounding once.
_CONTEXT = Context(prec=60, rounding=ROUND_05UP)


class FormulaError(ValueError):
    """Raised if a formula cannot be read or has no value; `code` is a key of `MESSAGES`, `params` are for its
    sentence.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    @property
    def message(self) -> Any:
        """The sentence that explains the error."""
        return MESSAGES[self.code] % self.params

    def __str__(self) -> str:
        return str(self.message)


class DivisionByZero(FormulaError):
    """The formula divides by zero with these figures."""

    def __init__(self) -> None:
        super().__init__("zero")


def clean_code(text: str) -> str:
    """Return the code of a line in its stored form, lower case in Russian letters; it may still be invalid
    (`is_code`).
    """
    return clean(text, 20).strip().lower().translate(_LOOKALIKES)


def is_code(text: str) -> bool:
    """Return whether the text has the form of a code: 1, 1.2, 1.2.3 or 2а."""
    return CODE.fullmatch(text) is not None


class _Step(NamedTuple):
    """One step of an evaluation in reverse Polish notation: replaces `takes` values by one."""

    kind: str
    takes: int = 0
    number: Fraction | None = None
    code: str = ""


@dataclass(frozen=True)
class Formula:
    """A parsed formula. `references` are the codes in it, without repetitions, in their order."""

    text: str
    references: tuple[str, ...]
    _steps: tuple[_Step, ...]

    def value(self, values: Mapping[str, Decimal | None]) -> Decimal | None:
        """Return the value for these figures by code, or None if there is none.

        A missing figure or None makes the result None; `sum` leaves such arguments out, and is None if all are missing.
        The value is exact, or has 60 digits if it does not terminate. Raises `DivisionByZero`, and `FormulaError` for a
        figure or result beyond `LARGEST`.
        """
        stack: list[Fraction | None] = []
        for step in self._steps:
            if step.kind == "number":
                stack.append(step.number)
            elif step.kind == "reference":
                stack.append(_exact(values.get(step.code)))
            else:
                stack[-step.takes :] = [_applied(step, stack[-step.takes :])]
        (result,) = stack
        if result is None:
            return None
        if abs(result) > LARGEST:
            raise FormulaError("large")
        return _CONTEXT.divide(Decimal(result.numerator), Decimal(result.denominator))


def _exact(figure: Decimal | None) -> Fraction | None:
    """Return the figure as a fraction; a number with a million digits is refused first."""
    if figure is None:
        return None
    exponent = figure.as_tuple().exponent
    if not isinstance(exponent, int) or not -LARGEST <= figure <= LARGEST or exponent < -MAX_PLACES:
        raise FormulaError("large")
    return Fraction(figure)


def _applied(step: _Step, given: list[Fraction | None]) -> Fraction | None:
    numbers = [number for number in given if number is not None]
    if not numbers or (len(numbers) < len(given) and step.kind != "sum"):
        return None
    if step.kind == "sum":
        return sum(numbers, start=Fraction(0))
    if step.kind in {"min", "max"}:
        return min(numbers) if step.kind == "min" else max(numbers)
    if step.kind == "negative":
        return -numbers[0]
    if step.kind == "round":
        return _rounded(numbers[0], int(numbers[1]))
    left, right = numbers
    if step.kind == "/":
        if not right:
            raise DivisionByZero
        return left / right
    return left + right if step.kind == "+" else left - right if step.kind == "-" else left * right


def _rounded(number: Fraction, digits: int) -> Fraction:
    """Return the number with this many digits after the comma; halves are rounded away from zero."""
    scale = 10**digits
    whole = (abs(number) * scale * 2 + 1) // 2
    return Fraction(whole if number >= 0 else -whole, scale)


class _Token(NamedTuple):
    kind: str
    text: str
    #: Counted from 1.
    at: int


def _tokens(text: str) -> list[_Token]:
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormulaError("bracket" if text[at] in "[]" else "unknown", text=text[at], at=at + 1)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(_Token(kind, match[kind], at + 1))
        at = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


@lru_cache(maxsize=4_096)
def parse(text: str) -> Formula:
    """Parse a formula; results are cached.

    Raises `FormulaError` with a sentence that explains the error and its position.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError("length", limit=MAX_LENGTH)
    if not text.strip():
        raise FormulaError("empty")
    return _Parser(text).formula()


class _Parser:
    """Reads a formula by recursive descent, no deeper than `MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.steps: list[_Step] = []

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def taken(self, texts: str) -> _Token | None:
        """Consume the next token if it is one of these signs."""
        token = self.next
        if token.kind != "sign" or token.text not in texts:
            return None
        self.at += 1
        return token

    def formula(self) -> Formula:
        self.sum()
        token = self.next
        if token.kind != "end":
            code = {")": "closed", ";": "separator"}.get(token.text, "operator")
            raise FormulaError(code, text=token.text, at=token.at)
        references = tuple(dict.fromkeys(step.code for step in self.steps if step.kind == "reference"))
        return Formula(self.text, references, tuple(self.steps))

    def sum(self) -> None:
        self.product()
        while token := self.taken("+-−–"):
            self.product()
            self.steps.append(_Step(_OPERATORS[token.text], 2))

    def product(self) -> None:
        self.factor()
        while token := self.taken("*/×÷"):
            self.factor()
            self.steps.append(_Step(_OPERATORS[token.text], 2))

    def factor(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            raise FormulaError("depth", limit=MAX_DEPTH)
        token = self.next
        if self.taken("-−–"):
            self.factor()
            self.steps.append(_Step("negative", 1))
        elif self.taken("("):
            self.sum()
            self.close(token)
        else:
            self.at += 1
            self.atom(token)
        self.depth -= 1

    def atom(self, token: _Token) -> None:
        if token.kind == "number":
            self.steps.append(_Step("number", number=Fraction(_number(token))))
        elif token.kind == "reference":
            code = clean_code(token.text)
            if not is_code(code):
                raise FormulaError("bracket", text=f"[{token.text}]", at=token.at)
            self.steps.append(_Step("reference", code=code))
        elif token.kind == "name":
            self.function(token)
        else:
            raise FormulaError("value", at=token.at)

    def function(self, token: _Token) -> None:
        name = _FUNCTIONS.get(token.text.lower())
        opened = self.next
        if name is None or not self.taken("("):
            raise FormulaError("function", text=token.text, at=token.at)
        self.sum()
        count, start = 1, len(self.steps)
        while self.taken(";"):
            start = len(self.steps)
            self.sum()
            count += 1
        self.close(opened)
        if name == "round":
            digits = self.steps[start:]
            # The number of digits is a literal, so that it is known before there are figures.
            if count != 2 or len(digits) != 1 or digits[0].number not in range(MAX_ROUNDED + 1):
                raise FormulaError("round")
        elif count < 2:
            raise FormulaError("arguments", text=token.text)
        self.steps.append(_Step(name, count))

    def close(self, opened: _Token) -> None:
        token = self.next
        if not self.taken(")"):
            if token.kind == "end":
                raise FormulaError("open", at=opened.at)
            code = "separator" if token.text == ";" else "operator"
            raise FormulaError(code, text=token.text, at=token.at)


def _number(token: _Token) -> Decimal:
    if sum(map(str.isdigit, token.text)) > MAX_DIGITS:
        raise FormulaError("digits", text=token.text, at=token.at, limit=MAX_DIGITS)
    return Decimal(token.text.replace(",", "."))


def _sorter(formulas: Mapping[str, Formula]) -> TopologicalSorter[str]:
    return TopologicalSorter(
        {code: [one for one in formula.references if one in formulas] for code, formula in formulas.items()}
    )


def cycle(formulas: Mapping[str, Formula]) -> list[str] | None:
    """Return the codes of formulas that refer to each other in a cycle, each to the next; None if there is none."""
    try:
        _sorter(formulas).prepare()
    except CycleError as error:
        # The library returns them in the opposite direction, with the first one twice.
        codes: list[str] = error.args[1][:0:-1]
        first = codes.index(min(codes, key=list(formulas).index))
        return codes[first:] + codes[:first]
    return None


def in_order(formulas: Mapping[str, Formula]) -> list[str]:
    """Return the codes of the formulas so that each comes after those to which it refers.

    Raises `FormulaError` if they refer to each other in a circle.
    """
    found = cycle(formulas)
    if found:
        raise FormulaError("cycle", codes=" → ".join([*found, found[0]]))
    return list(_sorter(formulas).static_order())
