"""The suite passes on any day: tests read the clock or set it, and never mix today with a fixed year."""

from __future__ import annotations

import ast
import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from tests.clock import at, environment, moment

ROOT = Path(__file__).resolve().parents[2]
#: Years in which the suite may run, so fixed dates in them may be past, today or future.
PRESENT = range(2026, 2039)
#: Years that stay in the future; tests that move the clock (tests/clock) use them.
AHEAD = range(2039, 2090)
_YEAR = re.compile(r"\b20\d\d\b")
_MOVES_THE_CLOCK = re.compile(r"^from tests\.clock import (?:.*\b)?at\b", re.MULTILINE)
#: Lines whose years are not compared with today: years in tests/data, limits of generated dates.
ALLOWED = {
    ("tests/members/lists/test_batches.py", "Денисович"),
    ("tests/members/lists/test_batches.py", '"2025"'),
    ("tests/members/lists/test_lists.py", "TODAY = "),
    ("tests/members/people/test_cards.py", "st.dates("),
}


def present_years(source: str) -> list[str]:
    """Return the lines with a year in which the suite may run, or a later year if the clock is not moved.

    If the module moves the clock, its functions may use present years too, provided that they move the clock
    themselves, by another function or a fixed date of the module, or get such a date as an argument.
    """
    if not _MOVES_THE_CLOCK.search(source):
        return _lines_with(range(PRESENT.start, AHEAD.stop), source)
    statements = ast.parse(source).body
    moving = {"at"} | {
        target.id
        for statement in statements
        if isinstance(statement, ast.Assign) and _lines_with(AHEAD, _text(source, statement))
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    definitions = [one for one in statements if isinstance(one, ast.FunctionDef)]
    while more := {one.name for one in definitions if one.name not in moving and _names(one) & moving}:
        moving |= more
    staying = [one for one in statements if not _names(one) & moving]
    return [line for statement in staying for line in _lines_with(PRESENT, _text(source, statement))]


def _lines_with(years: range, text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if any(int(year) in years for year in _YEAR.findall(line))]


def _text(source: str, statement: ast.stmt) -> str:
    first = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])
    return "\n".join(source.splitlines()[first - 1 : statement.end_lineno])


def _names(statement: ast.stmt) -> set[str]:
    """Return the names that the statement uses, including fixtures, which are named by arguments."""
    nodes = list(ast.walk(statement))
    return {one.id for one in nodes if isinstance(one, ast.Name)} | {
        one.arg for one in nodes if isinstance(one, ast.arg)
    }


def test_no_test_writes_out_the_present_year_beside_a_clock_that_goes_on() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert len(files) > 150
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in files
        if path != Path(__file__).resolve() and path.parent.name != "clock"
        for line in present_years(path.read_text())
        if not any(str(path.relative_to(ROOT)) == name and word in line for name, word in ALLOWED)
    ]
    assert wrong == [], "Write an earlier year, reckon from today, or bring a day of your own (tests/clock)."


def test_a_written_year_is_found_wherever_the_clock_goes_on() -> None:
    source = "def test() -> None:\n    open_year(2026, today=TODAY)\n"
    line = "open_year(2026, today=TODAY)"
    assert present_years(source) == [line]
    assert present_years(source.replace("2026", "2040")) == [line.replace("2026", "2040")]
    assert present_years(source.replace("2026", "2025")) == []
    assert present_years("TODAY = timezone.localdate()\n" + source) == [line]
    # A fixed date in the module is no excuse either: the tested code may read the clock.
    written = "TODAY = dt.date(2026, 11, 23)"
    assert present_years(f"{written}\n{source}") == [written, line]


def test_where_the_clock_is_moved_each_function_moves_it() -> None:
    imported, table = "from tests.clock import at\n", '@pytest.mark.parametrize("day", [dt.date(2026, 1, 1)])\n'
    assert present_years(f"{imported}{table}def test(day):\n    joins(day)\n") == [table.strip()]
    assert present_years(f'{imported}{table}def test(day):\n    with at("2040-02-29"):\n        joins(day)\n') == []
    assert present_years(f"{imported}{table}def test(day):\n    joins(dt.date(2040, 1, 1))\n") == [table.strip()]
    assert present_years(f"{imported}TODAY = dt.date(2040, 3, 1)\n{table}def test(day):\n    joins(day, TODAY)\n") == []
    moved = f"{imported}@pytest.fixture\ndef ahead():\n    with at(TODAY):\n        yield\n"
    assert present_years(f"{moved}{table}def test(day, ahead):\n    joins(day)\n") == []
    assert present_years(f"{moved}{table}def test(day, behind):\n    joins(day)\n") == [table.strip()]
    assert present_years(f"from tests.clock import moment\n{table}def test(day):\n    joins(day)\n") == [table.strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2040-02-29", "2040-02-29T09:00:00+00:00"),
        ("2039-12-31T23:20Z", "2039-12-31T23:20:00+00:00"),
        ("2040-01-01T00:00", "2039-12-31T21:00:00+00:00"),
    ],
)
def test_the_clock_is_moved_to_the_moment_that_is_meant(text: str, expected: str) -> None:
    assert moment(text).astimezone(dt.UTC).isoformat() == expected
    with at(text, tick=False):
        assert timezone.now().isoformat() == expected
    # The new year begins three hours earlier in Moscow.
    with at("2039-12-31T23:20Z"):
        assert timezone.localdate() == dt.date(2040, 1, 1)


def test_processes_that_a_command_starts_have_its_clock() -> None:
    asked = "import datetime, subprocess, sys; print(datetime.date.today()); sys.stdout.flush();"
    asked += "subprocess.run([sys.executable, '-c', 'import datetime; print(datetime.date.today())'])"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment("2040-02-29"), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["2040-02-29"] * 2
