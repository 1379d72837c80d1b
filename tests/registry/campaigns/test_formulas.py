"""Formulas of report lines: parsing, results and refusals (N-S3)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.campaigns.formulas import (
    MAX_DEPTH,
    MAX_LENGTH,
    DivisionByZero,
    FormulaError,
    clean_code,
    cycle,
    in_order,
    is_code,
    parse,
)

FIGURES = {"1": Decimal(12), "1.2": Decimal("3.5"), "2а": Decimal(-4), "3": None, "4": Decimal(0), "5": Decimal(5)}
HUNDREDTH = Decimal("0.01")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", "7"),
        ("7,25", "7.25"),
        ("7.25", "7.25"),
        (" [ 1.2 ]\t", "3.5"),
        ("[2a]", "-4"),  # A Latin letter.
        ("[2А]", "-4"),
        ("[1]-[5]-[5]", "2"),
        ("[1]-([5]-[5])", "12"),
        ("2+3*4", "14"),
        ("2 × 3 − 4 ÷ 8", "5.5"),
        ("12/2*3", "18"),
        ("12/2/3", "2"),
        ("-[1]*2", "-24"),
        ("2*-[1]", "-24"),
        ("--[1]", "12"),
        ("1–2", "-1"),
        ("[1]/3*3", "12"),
        ("sum([1]; [1.2]; -2)", "13.5"),
        ("Сумма([1];[3];[5])", "17"),
        ("min([1]; [5]; 7)", "5"),
        ("мин([1]; 2+1)", "3"),
        ("МАКС([1]; [5])", "12"),
        ("round(2,5; 0)", "3"),
        ("округл(-2,5; 0)", "-3"),
        ("round(2.345; 2)", "2.35"),
        ("round(2.344; 2)", "2.34"),
        ("round([1.2]/7; 1)", "0.5"),
        ("round([1]; 1)*2", "24"),
        # A missing figure.
        ("[3]", None),
        ("[9]", None),
        ("[1]+[3]", None),
        ("0*[3]", None),
        ("-[3]", None),
        ("min([1]; [3])", None),
        ("max([3]; [1])", None),
        ("round([3]; 0)", None),
        ("sum([3]; [9])", None),
        ("sum([1]+[3]; [5])", "5"),
        ("sum(sum([3]; [3]); [5])", "5"),
        # A division has no result as long as a figure is missing.
        ("[3]/[4]", None),
        ("[1]/[3]", None),
    ],
)
def test_n_s3_formulas_have_the_values_of_their_figures(text: str, value: str | None) -> None:
    assert parse(text).value(FIGURES) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("", "empty", {}),
        (" \n", "empty", {}),
        ("1" + " " * MAX_LENGTH, "length", {"limit": 500}),
        ("1 + $", "unknown", {"text": "$", "at": 5}),
        ("1 = 1", "unknown", {"text": "=", "at": 3}),
        ("__import__", "unknown", {"text": "_", "at": 1}),
        ("[1", "bracket", {"text": "[", "at": 1}),
        ("1]", "bracket", {"text": "]", "at": 2}),
        ("[]", "bracket", {"text": "[]", "at": 1}),
        ("1+[x1]", "bracket", {"text": "[x1]", "at": 3}),
        ("[0]", "bracket", {"text": "[0]", "at": 1}),
        ("[1.]", "bracket", {"text": "[1.]", "at": 1}),
        ("1234567890123456", "digits", {"text": "1234567890123456", "at": 1, "limit": 15}),
        ("1234567890123.456", "digits", {"text": "1234567890123.456", "at": 1, "limit": 15}),
        ("eval(1; 2)", "function", {"text": "eval", "at": 1}),
        ("sum", "function", {"text": "sum", "at": 1}),
        ("1e9", "operator", {"text": "e", "at": 2}),
        ("2**3", "value", {"at": 3}),
        ("1 +", "value", {"at": 4}),
        ("+1", "value", {"at": 1}),
        ("()", "value", {"at": 2}),
        ("sum(1; )", "value", {"at": 8}),
        ("sum(; 1)", "value", {"at": 5}),
        ("1 2", "operator", {"text": "2", "at": 3}),
        ("[1][2]", "operator", {"text": "2", "at": 4}),
        ("2(3)", "operator", {"text": "(", "at": 2}),
        ("(1 2)", "operator", {"text": "2", "at": 4}),
        ("(1", "open", {"at": 1}),
        ("2+sum(1; 2", "open", {"at": 6}),
        ("1)", "closed", {"text": ")", "at": 2}),
        ("1; 2", "separator", {"text": ";", "at": 2}),
        ("(1; 2)", "separator", {"text": ";", "at": 3}),
        ("sum([1])", "arguments", {"text": "sum"}),
        # The comma is a decimal comma, so this is a single argument.
        ("макс(1,2)", "arguments", {"text": "макс"}),
        ("round([1])", "round", {}),
        ("round([1]; 3)", "round", {}),
        ("round([1]; 1,5)", "round", {}),
        ("round([1]; -1)", "round", {}),
        ("round([1]; [2])", "round", {}),
        ("round([1]; 1; 1)", "round", {}),
        ("(" * 31 + "1" + ")" * 31, "depth", {"limit": 30}),
        ("-" * 31 + "1", "depth", {"limit": 30}),
    ],
)
def test_n_s3_what_is_no_formula_is_refused_with_its_place(text: str, code: str, params: dict[str, object]) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.params) == (code, params)
    # All placeholders of the message are filled.
    assert "%(" not in str(caught.value)


def test_n_s3_formulas_at_their_limits_are_read() -> None:
    assert parse("1" + " " * (MAX_LENGTH - 1)).value({}) == 1
    assert parse("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH).value({}) == 1
    assert parse("-" * MAX_DEPTH + "1").value({}) == 1
    assert parse("123456789012345/1000").value({}) == Decimal("123456789012.345")
    # A formula of the maximum length without nesting.
    assert parse("+".join(["1"] * 250)).value({}) == 250


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("[1]", "10000000000000.01"),
        ("[1]+1", "10000000000000"),
        ("-[1]-1", "10000000000000"),
        ("[1]", "-10000000000000.01"),
        ("[1]", "NaN"),
        ("[1]", "Infinity"),
        ("[1]", "1E+1000000"),
        ("[1]", "1E-1000000"),
    ],
)
def test_n_s3_figures_and_results_that_cannot_be_stored_are_refused(text: str, figure: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text).value({"1": Decimal(figure)})
    assert caught.value.code == "large"


@pytest.mark.parametrize(("text", "value"), [("[1]", 10**13), ("-[1]", -(10**13)), ("[1]*[1]/[1]", 10**13)])
def test_n_s3_the_largest_figure_is_taken(text: str, value: int) -> None:
    assert parse(text).value({"1": Decimal(10**13)}) == value


@pytest.mark.parametrize("text", ["1/0", "[1]/[4]", "0/0", "1/([5]-5)", "sum([3]; 1/0)"])
def test_n_s3_division_by_zero_is_named(text: str) -> None:
    with pytest.raises(DivisionByZero) as caught:
        parse(text).value(FIGURES)
    assert caught.value.code == "zero"


def test_n_s3_powers_cannot_be_written_and_products_stay_small() -> None:
    """The longest product of the largest or smallest figures is computed quickly."""
    formula = parse("*".join(["[1]"] * 125))
    with pytest.raises(FormulaError) as caught:
        formula.value({"1": Decimal(10**13)})
    assert caught.value.code == "large"
    assert formula.value({"1": Decimal("1E-20")}) == Decimal("1E-2500")


def half_up(number: Fraction, digits: int) -> Decimal:
    """Return the number rounded to this many decimals, halves away from zero."""
    away = int(abs(number) * 10**digits + Fraction(1, 2))
    return Decimal(away if number > 0 else -away).scaleb(-digits)


@pytest.mark.parametrize("numerator", range(-7, 8))
@pytest.mark.parametrize("denominator", [3, 7, 8, 200, 400])
def test_n_s3_a_result_rounded_once_more_is_rounded_rightly(numerator: int, denominator: int) -> None:
    """Exact halves are rounded away from zero, slightly smaller numbers are not."""
    value = parse("[1]/[2]").value({"1": Decimal(numerator), "2": Decimal(denominator)})
    assert value is not None
    exact = Fraction(numerator, denominator)
    assert value.quantize(HUNDREDTH, ROUND_HALF_UP) == half_up(exact, 2)


def test_n_s3_a_result_below_a_half_is_not_lifted_by_rounding_it_twice() -> None:
    value = parse("0,005 - [1]*[1]*[1]*[1]/3").value({"1": Decimal("1E-20")})
    assert value is not None
    assert value.quantize(HUNDREDTH, ROUND_HALF_UP) == 0


# An independent evaluation with Python's own parser, with figures that may be missing.


class Figure:
    """A fraction that may be missing."""

    def __init__(self, number: Fraction | None) -> None:
        self.number = number

    def _with(self, other: Figure, act: Callable[[Fraction, Fraction], Fraction]) -> Figure:
        return Figure(None if self.number is None or other.number is None else act(self.number, other.number))

    def __add__(self, other: Figure) -> Figure:
        return self._with(other, operator.add)

    def __sub__(self, other: Figure) -> Figure:
        return self._with(other, operator.sub)

    def __mul__(self, other: Figure) -> Figure:
        return self._with(other, operator.mul)

    def __truediv__(self, other: Figure) -> Figure:
        return self._with(other, operator.truediv)

    def __neg__(self) -> Figure:
        return Figure(None if self.number is None else -self.number)


def added(*given: Figure) -> Figure:
    numbers = [one.number for one in given if one.number is not None]
    return Figure(sum(numbers, Fraction(0)) if numbers else None)


def least(*given: Figure) -> Figure:
    return Figure(None if any(one.number is None for one in given) else min(one.number or 0 for one in given))


def largest(*given: Figure) -> Figure:
    return Figure(None if any(one.number is None for one in given) else max(one.number or 0 for one in given))


def rounded(given: Figure, digits: int) -> Figure:
    return given if given.number is None else Figure(Fraction(half_up(given.number, digits)))


CODES = ("1", "1.2", "2а", "3")
Both = tuple[str, str]
LEAVES = st.one_of(
    st.integers(0, 9999).map(lambda n: (f"{n // 100},{n % 100:02}", f"F(Q('{n // 100}.{n % 100:02}'))")),
    st.sampled_from(CODES).map(lambda code: (f"[{code}]", f"v['{code}']")),
)
SIGNS = {"+": "+", "-": "-", "−": "-", "*": "*", "×": "*", "/": "/", "÷": "/"}


def branches(parts: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    """Return larger formulas, each in our notation and in Python's; both parsers handle precedence."""
    several = st.lists(parts, min_size=2, max_size=3)
    functions = {"sum": "added", "min": "least", "max": "largest"}
    return st.one_of(
        st.tuples(parts, st.sampled_from(sorted(SIGNS)), parts).map(
            lambda found: (f"{found[0][0]} {found[1]} {found[2][0]}", f"{found[0][1]}{SIGNS[found[1]]}{found[2][1]}")
        ),
        parts.map(lambda part: (f"({part[0]})", f"({part[1]})")),
        parts.map(lambda part: (f"-{part[0]}", f"-{part[1]}")),
        st.tuples(st.sampled_from(sorted(functions)), several).map(
            lambda found: (
                f"{found[0]}({'; '.join(one[0] for one in found[1])})",
                f"{functions[found[0]]}({', '.join(one[1] for one in found[1])})",
            )
        ),
        st.tuples(parts, st.integers(0, 2)).map(
            lambda found: (f"round({found[0][0]}; {found[1]})", f"rounded({found[0][1]}, {found[1]})")
        ),
    )


FORMULAS = st.recursive(LEAVES, branches, max_leaves=12).filter(lambda found: len(found[0]) <= MAX_LENGTH)
GIVEN = st.dictionaries(
    st.sampled_from(CODES), st.one_of(st.none(), st.decimals(-1000, 1000, places=2), st.sampled_from([Decimal(0)]))
)


@given(FORMULAS, GIVEN)
def test_n_s3_formulas_agree_with_another_evaluation(both: Both, given_: dict[str, Decimal | None]) -> None:
    text, python = both
    formula = parse(text)
    figures = {code: Figure(None if given_.get(code) is None else Fraction(given_[code] or 0)) for code in CODES}
    names = {"v": figures, "F": Figure, "Q": Fraction, "added": added, "least": least, "largest": largest}
    try:
        expected = eval(python, names | {"rounded": rounded}).number
    except ZeroDivisionError:
        with pytest.raises(DivisionByZero):
            formula.value(given_)
        return
    if expected is not None and abs(expected) > 10**13:
        with pytest.raises(FormulaError):
            formula.value(given_)
        return
    found = formula.value(given_)
    if expected is None or found is None:
        assert found is expected
        return
    # 60 digits, the last of which may differ.
    assert abs(Fraction(found) - expected) <= abs(expected) * Fraction(1, 10**58)
    for digits in (0, 2):
        assert found.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) == half_up(expected, digits)


@given(st.text(alphabet="0123456789.,[]()+-*/÷×−;sumround мин%ёa \n", max_size=60))
def test_n_s3_any_text_is_a_formula_or_refused_with_a_sentence(text: str) -> None:
    try:
        formula = parse(text)
    except FormulaError as error:
        assert str(error)
        assert "%(" not in str(error)
    else:
        assert formula.text == text
        try:
            value = formula.value({code: Decimal(1) for code in formula.references})
        except FormulaError as error:
            assert error.code in {"zero", "large"}
        else:
            # If all figures are given, there is a result.
            assert value is not None


def test_n_s3_references_stand_once_in_their_order() -> None:
    assert parse("[2а]+[1]*sum([2a]; [1.2])").references == ("2а", "1", "1.2")
    assert parse("1+1").references == ()


@pytest.mark.parametrize(
    ("text", "code", "good"),
    [
        ("1", "1", True),
        (" 12.345 ", "12.345", True),
        ("1.2.3", "1.2.3", True),
        ("1.2.3.4", "1.2.3.4", False),
        ("2A", "2а", True),
        ("2Б", "2б", True),
        ("2аб", "2аб", False),
        ("2.1я", "2.1я", True),
        ("2ё", "2ё", False),
        ("1000", "1000", False),
        ("999", "999", True),
        ("01", "01", False),
        ("1.0", "1.0", False),
        ("1,2", "1,2", False),
        ("а1", "а1", False),
        ("", "", False),
        ("1\n", "1", True),
        ("٣", "٣", False),
    ],
)
def test_n_s3_codes_of_lines_have_one_form(text: str, code: str, good: bool) -> None:
    assert clean_code(text) == code
    assert is_code(code) is good


# Circles.


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        ({}, None),
        ({"1": "[2]+[3]", "2": "[3]", "3": "[9]"}, None),
        ({"1": "[1]"}, ["1"]),
        ({"1": "[2]", "2": "[1]"}, ["1", "2"]),
        ({"5": "[4]", "4": "[3]", "3": "[5]"}, ["5", "4", "3"]),
        ({"1": "[2]", "2": "[3]+[4]", "3": "4", "4": "[2]"}, ["2", "4"]),
    ],
)
def test_n_s3_circles_are_named_from_reference_to_reference(texts: dict[str, str], codes: list[str] | None) -> None:
    formulas = {code: parse(text) for code, text in texts.items()}
    assert cycle(formulas) == codes
    if codes is None:
        order = in_order(formulas)
        assert sorted(order) == sorted(texts)
        assert all(
            order.index(one) < order.index(code) for code in order for one in formulas[code].references if one in order
        )
    else:
        with pytest.raises(FormulaError) as caught:
            in_order(formulas)
        assert caught.value.params == {"codes": " → ".join([*codes, codes[0]])}


@given(st.dictionaries(st.integers(1, 8), st.lists(st.integers(1, 9), min_size=1, max_size=3), max_size=8))
def test_n_s3_a_circle_is_always_found(graph: dict[int, list[int]]) -> None:
    formulas = {str(code): parse("+".join(f"[{one}]" for one in to)) for code, to in graph.items()}
    # Independent check: remove lines without open references until only those that lead into a circle remain.
    rest = dict(graph)
    while done := [code for code, to in rest.items() if not any(one in rest for one in to)]:
        for code in done:
            del rest[code]
    found = cycle(formulas)
    assert (found is not None) is bool(rest)
    if found is not None:
        assert all(
            following in formulas[code].references
            for code, following in zip(found, [*found[1:], found[0]], strict=True)
        )
        assert len(set(found)) == len(found)


def test_n_s3_a_long_chain_of_formulas_has_its_order() -> None:
    formulas = {str(code): parse(f"[{code + 1}]") for code in range(1, 201)}
    assert in_order(formulas) == [str(code) for code in range(200, 0, -1)]
    formulas["200"] = parse("[1]")
    assert cycle(formulas) == [str(code) for code in range(1, 201)]
