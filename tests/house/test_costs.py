"""Tools that keep the suite short: costs are printed, the longest files start first, statements left out are found."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import conftest, costs, statements


class Screen:
    """Collects the lines that would be printed."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write_line(self, line: str) -> None:
        self.lines.append(line)

    def write_sep(self, sep: str, title: str) -> None:
        self.lines.append(f"{sep}{title}")


def report(module: str, when: str, spent: float) -> Any:
    return SimpleNamespace(nodeid=f"tests/{module}::test", when=when, user_properties=[(costs.SECONDS, spent)])


def test_the_dearest_modules_are_printed_and_those_that_begin_too_late() -> None:
    counted, screen = costs.Costs(SimpleNamespace(), {"tests/dues/test_a.py"}), Screen()  # type: ignore[arg-type]
    for module, spent in (("dues/test_a.py", 20.0), ("house/test_b.py", 10.0), ("house/test_c.py", 9.0)):
        counted.pytest_runtest_logreport(report(module, "setup", 0.5))
        counted.pytest_runtest_logreport(report(module, "call", spent - 0.5))
    for spent in (30.0, 31.0):
        counted.pytest_testnodedown(SimpleNamespace(workeroutput={costs.SECONDS: spent}))
    # A killed process reports nothing.
    counted.pytest_testnodedown(SimpleNamespace())
    counted.pytest_terminal_summary(screen)  # type: ignore[arg-type]
    assert screen.lines == [
        "-processor time",
        "starting 61 s, setup 2 s, call 38 s",
        "dues 20 s, house 19 s",
        "   20.0 s      1 tests  tests/dues/test_a.py",
        "   10.0 s      1 tests  tests/house/test_b.py",
        "    9.0 s      1 tests  tests/house/test_c.py",
        "10 s or more, and not among the longest: tests/house/test_b.py",
    ]


def test_a_process_of_the_suite_brings_the_time_in_which_it_started() -> None:
    config = SimpleNamespace(workeroutput={})
    counted = costs.Costs(config, set())  # type: ignore[arg-type]
    counted.pytest_collection_finish()
    counted.pytest_sessionfinish()
    assert 0 < config.workeroutput[costs.SECONDS] <= costs.seconds()


def test_the_longest_files_are_there() -> None:
    tests = Path(conftest.__file__).parent
    assert [name for name in conftest.LONGEST if not (tests / name).is_file()] == []
    assert len(set(conftest.LONGEST)) == len(conftest.LONGEST)


def test_a_few_tests_that_send_everything_are_chosen_for_postgresql() -> None:
    a, b, c, d = (("book.py:1", sql) for sql in "abcd")
    sent = {"small": {a}, "large": {a, b, c}, "other": {c, d}, "no more than large": {b}, "nothing": set()}
    assert statements.chosen(sent, set()) == ["large", "other"]
    assert statements.chosen(sent, {b, d}) == ["large"]
    assert statements.chosen(sent, {a, b, c, d}) == []


def test_what_is_chosen_is_said_by_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(statements, "KEPT", tmp_path)
    rows = [
        ("tests/dues/test_a.py::test_row[1]", False, "ab"),
        ("tests/dues/test_a.py::test_row[2]", False, "c"),
        ("tests/dues/test_a.py::test_same", False, "ac"),
        ("tests/dues/test_b.py::test_beside", False, "bd"),
        # Already left out: it sends nothing to PostgreSQL.
        ("tests/dues/test_c.py::test_once", True, "d"),
        ("tests/house/test_d.py::test_elsewhere", False, "d"),
    ]
    lines = [json.dumps([name, once, [["book.py:1", sql] for sql in sent]]) for name, once, sent in rows]
    (tmp_path / "alone").write_text("\n".join(lines))
    statements.main("tests/dues")
    assert capsys.readouterr().out.splitlines() == [
        "tests/dues/test_a.py: 1 of 2",
        "    test_row",
        "tests/dues/test_b.py: 0 of 1",
    ]
