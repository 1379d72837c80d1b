"""What the suite took is printed where it is asked for, and the longest files that begin first are there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests import conftest, costs


class Screen:
    """Keeps what would be printed."""

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
    # One that was killed says nothing.
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
    tests = costs.Path(conftest.__file__).parent
    assert [name for name in conftest.LONGEST if not (tests / name).is_file()] == []
    assert len(set(conftest.LONGEST)) == len(conftest.LONGEST)
