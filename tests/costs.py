"""Prints the costs of the suite in processor time of its processes and their children: `pytest --costs`.

Wall time says little on a computer with other load. The PostgreSQL server is counted separately.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: Number of modules printed.
DEAREST = 10
#: Seconds from which a module counts as one of the longest, which are sorted first.
LONG = 10
#: The key under which a report, or an ending process, passes its seconds to the printing process.
SECONDS = "processor_seconds"


def seconds() -> float:
    """Return the processor time of this process and of its finished children."""
    return sum(os.times()[:4])


class Costs:
    """Counts the time of tests by module and phase, and that of each process until its first test."""

    def __init__(self, config: pytest.Config, longest: set[str]) -> None:
        self._config, self._longest = config, longest
        self._spent: Counter[tuple[str, str]] = Counter()
        self._tests: Counter[str] = Counter()
        #: Processor time until the first test, and until the last report.
        self._starting = self._before = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[Any]:
        """Add its seconds to the report of a phase."""
        report = yield
        now = seconds()
        report.user_properties = [*report.user_properties, (SECONDS, now - self._before)]
        self._before = now
        return report

    def pytest_collection_finish(self) -> None:
        """Count everything before as starting time."""
        self._before = self._starting = seconds()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a phase, in the printing process."""
        module = report.nodeid.partition("::")[0]
        self._spent[module, report.when or ""] += dict(report.user_properties).get(SECONDS, 0)  # type: ignore[call-overload]
        self._tests[module] += report.when == "call"

    def pytest_sessionfinish(self) -> None:
        """Pass the starting time to the printing process."""
        if (output := getattr(self._config, "workeroutput", None)) is not None:
            output[SECONDS] = self._starting

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Get the starting time of an ended process."""
        self._starting += getattr(node, "workeroutput", {}).get(SECONDS, 0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the total by kind, the most expensive modules, and those that should be sorted earlier."""
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
