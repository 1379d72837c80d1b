"""The suite holds on any day: tests read the clock or bring a day of their own, and never mix today with a written year."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from tests.clock import at, environment, moment

ROOT = Path(__file__).resolve().parents[2]
#: In these years a written day is past, today or to come, as the suite is run; later ones are always to come.
PRESENT = range(2026, 2090)
_YEAR = re.compile(r"\b20\d\d\b")
#: Tests that hand their own day to what they ask, or move the clock to it.
_OWN_DAY = re.compile(r"^TODAY = (dt|datetime)\.date\(\d|^from tests\.clock import", re.MULTILINE)
#: Years that are no days of the present: of a list in tests/data, of the bounds of invented dates.
ALLOWED = {
    ("tests/members/lists/test_batches.py", "Денисович"),
    ("tests/members/lists/test_batches.py", '"2025"'),
    ("tests/members/people/test_cards.py", "st.dates("),
}


def present_years(source: str) -> list[str]:
    """Return the lines that write out the present year or a later one, unless the tests bring their own day."""
    if _OWN_DAY.search(source):
        return []
    return [line.strip() for line in source.splitlines() if any(int(year) in PRESENT for year in _YEAR.findall(line))]


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


def test_a_written_year_is_found_unless_the_day_is_written_too() -> None:
    source = "def test() -> None:\n    open_year(2026, today=TODAY)\n"
    assert present_years(source) == ["open_year(2026, today=TODAY)"]
    assert present_years("TODAY = timezone.localdate()\n" + source) == ["open_year(2026, today=TODAY)"]
    assert present_years("TODAY = dt.date(2026, 11, 23)\n" + source) == []
    assert present_years("from tests.clock import at\n" + source) == []
    assert present_years(source.replace("2026", "2025")) == []


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
    # New Year comes to Moscow three hours earlier.
    with at("2039-12-31T23:20Z"):
        assert timezone.localdate() == dt.date(2040, 1, 1)


def test_processes_that_a_command_starts_have_its_clock() -> None:
    asked = "import datetime, subprocess, sys; print(datetime.date.today()); sys.stdout.flush();"
    asked += "subprocess.run([sys.executable, '-c', 'import datetime; print(datetime.date.today())'])"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment("2040-02-29"), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["2040-02-29"] * 2
