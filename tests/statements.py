"""Finds the statements that the suite on PostgreSQL leaves out, because only tests marked `once` send them.

    .venv/bin/python tests/postgres.py .venv/bin/pytest -n 2 -m "not browser" -p tests.statements
    .venv/bin/python -m tests.statements
    .venv/bin/python -m tests.statements tests/dues/bank

The first takes half an hour: it runs every test on PostgreSQL and writes into `var/statements` what our code sent to
the database in each. The second prints the statements of tests marked `once` that no other test sends from the same
line. The third prints, for the modules of a directory that run on PostgreSQL whole, the tests that send all there is to
send, so that the rest says nothing new: those to be marked `both` if the module is marked `once`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

#: A line of our code and the statement that it sent.
Statement = tuple[str, str]
ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "statements"
CODE = tuple(f"{ROOT / name}{os.sep}" for name in ("registry", "members", "documents", "dues"))
#: Replacements that make statements equal if they differ only in the number of values or in the values.
SAME = (
    (re.compile(r"\((?:%s|NULL|DEFAULT)(?:, (?:%s|NULL|DEFAULT))*\)(?:, \((?:%s|NULL|DEFAULT)[^()]*\))*"), "(…)"),
    (re.compile(r"(?:CASE )?(?:WHEN [^W]*?THEN [^W]*? )+ELSE"), "CASE … ELSE"),
    (re.compile("= NULL"), "= %s"),
    (re.compile(r'"?s\d+_x\d+"?'), "savepoint"),
    (re.compile(r"\b\d+\b"), "0"),
)
#: Lines of our code with the statements that they sent, during the current test.
_sent: set[tuple[str, str]] = set()


def pytest_configure() -> None:
    """Record the statements of all connections."""
    KEPT.mkdir(parents=True, exist_ok=True)
    execute = CursorWrapper._execute_with_wrappers

    def heard(self: CursorWrapper, sql: Any, params: Any, many: bool, executor: Callable[..., Any]) -> Any:
        if line := _line_of_code():
            _sent.add((line, _shape(str(sql))))
        return execute(self, sql, params, many, executor)

    CursorWrapper._execute_with_wrappers = heard


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Write the statements of the test to the file of this process."""
    _sent.clear()
    done = yield
    left_out = item.get_closest_marker("once") is not None and item.get_closest_marker("both") is None
    with (KEPT / os.environ.get("PYTEST_XDIST_WORKER", "alone")).open("a") as file:
        file.write(json.dumps([item.nodeid, left_out, sorted(_sent)]) + "\n")
    return done


def _line_of_code() -> str:
    """Return the innermost line of our code being executed, or an empty string."""
    frame = sys._getframe(2)
    while frame:
        if frame.f_code.co_filename.startswith(CODE):
            return f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def _shape(sql: str) -> str:
    for different, same in SAME:
        sql = different.sub(same, sql)
    return sql


def recorded() -> Iterator[tuple[str, bool, set[Statement]]]:
    """Yield each test with whether the suite on PostgreSQL leaves it out, and the statements that it sent."""
    for file in sorted(KEPT.iterdir()):
        for line in file.open():
            name, left_out, statements = json.loads(line)
            yield name, left_out, {(code, sql) for code, sql in statements}


def chosen(sent: dict[str, set[Statement]], elsewhere: set[Statement]) -> list[str]:
    """Return a few tests that together send every statement not sent elsewhere; ties go to the first test.

    A parametrized test counts as one, because its cases send much the same.
    """
    open_ones = set().union(*sent.values()) - elsewhere
    found = []
    while open_ones:
        best = max(sent, key=lambda name: len(sent[name] & open_ones))
        found.append(best)
        open_ones -= sent[best]
    return found


def choose(under: str) -> None:
    """Print for each module the tests that have to run on PostgreSQL, with their number."""
    modules: dict[str, dict[str, set[Statement]]] = defaultdict(lambda: defaultdict(set))
    elsewhere: set[Statement] = set()
    for name, left_out, statements in recorded():
        module, _, test = name.partition("::")
        if module.startswith(under) and not left_out:
            modules[module][test.partition("[")[0]] |= statements
        elif not left_out:
            elsewhere |= statements
    for module, sent in sorted(modules.items()):
        # A statement sent by several modules is kept only in the first of them.
        needed = chosen(sent, elsewhere)
        elsewhere |= set().union(*sent.values())
        print(f"{module}: {len(needed)} of {len(sent)}", *needed, sep="\n    ")  # noqa: T201


def main(under: str = "") -> None:
    """Print the statements left out, by line, with one of the tests that send them; or run `choose` for a directory."""
    if under:
        choose(under)
        return
    sent: set[Statement] = set()
    tests: dict[Statement, list[str]] = defaultdict(list)
    for name, left_out, statements in recorded():
        if not left_out:
            sent |= statements
            continue
        for statement in statements:
            tests[statement].append(name)
    missing = sorted(tests.keys() - sent)
    for code, sql in missing:
        print(f"{code}\n    {tests[code, sql][0]}\n    {sql[:200]}")  # noqa: T201
    print(f"{len(missing)} of {len(sent | tests.keys())} statements are sent on SQLite alone.")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
