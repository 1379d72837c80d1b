"""Prints what the suite took, in processor time of its processes and of those that they started: `pytest --costs`.

Wall time says little on a computer that does other things too. The server of PostgreSQL counts for itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: Modules that are printed.
DEAREST = 10
#: Seconds from which a module belongs to the longest, which come first.
LONG = 10
#: The name under which a report, or a process at its end, brings its seconds to where they are printed.
SECONDS = "processor_seconds"


def seconds() -> float:
    """Return the processor time of this process and of the finished ones that it has started."""
    return sum(os.times()[:4])


class Costs:
    """Counts the time of the tests by module and phase, and that of each process until its first test."""

    def __init__(self, config: pytest.Config, longest: set[str]) -> None:
        self._config, self._longest = config, longest
        self._spent: Counter[tuple[str, str]] = Counter()
        self._tests: Counter[str] = Counter()
        #: Processor time until the first test, and until the last report.
        self._starting = self._before = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[Any]:
        """Give the report of a phase its seconds."""
        report = yield
        now = seconds()
        report.user_properties = [*report.user_properties, (SECONDS, now - self._before)]
        self._before = now
        return report

    def pytest_collection_finish(self) -> None:
        """Count all that came before as starting."""
        self._before = self._starting = seconds()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a phase, in the process that prints."""
        module = report.nodeid.partition("::")[0]
        self._spent[module, report.when or ""] += dict(report.user_properties).get(SECONDS, 0)  # type: ignore[call-overload]
        self._tests[module] += report.when == "call"

    def pytest_sessionfinish(self) -> None:
        """Bring the time of starting to where it is printed."""
        if (output := getattr(self._config, "workeroutput", None)) is not None:
            output[SECONDS] = self._starting

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the time of starting of a process that has ended."""
        self._starting += getattr(node, "workeroutput", {}).get(SECONDS, 0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the whole by kind, the dearest modules, and those that should begin earlier."""
        whole, kinds, phases = Counter[str](), Counter[str](), Counter[str]()
        for (module, phase), spent in self._spent.items():
            whole[module] += spent
            kinds[Path(module).parts[1]] += spent
            phases[phase] += spent
        write = terminalreporter.write_line
        terminalreporter.write_sep("-", "processor time")
        for counted in ({"starting": self._starting, **phases}, kinds):
            write(", ".join(f"{name} {spent:.0f} s" for name, spent in counted.items()))
        for module, spent in whole.most_common(DEAREST):
            write(f"{spent:7.1f} s  {self._tests[module]:5} tests  {module}")
        late = [name for name, spent in whole.most_common() if spent >= LONG and name not in self._longest]
        if late:
            write(f"{LONG} s or more, and not among the longest: {', '.join(late)}")
