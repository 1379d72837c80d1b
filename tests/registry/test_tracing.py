"""Rows reported as not attested, and rows that are cleared of it (N-D1, ADR 20)."""

from __future__ import annotations

import pytest

from registry.evidence import MODULUS
from registry.journal import tracing
from registry.journal.tracing import Sum, trace

#: Digests of rows that the registry wrote, and of one that it did not write.
ONE, TWO, THREE, FOUR, OTHER = (7**n % MODULUS for n in (91, 92, 93, 94, 95))


def wrote(*digests: int, by: str = "event") -> Sum:
    return Sum(len(digests), sum(digests) % MODULUS, by)


def changed(old: int, new: int, by: str = "change") -> Sum:
    return Sum(0, (new - old) % MODULUS, by)


def deleted(digest: int) -> Sum:
    return Sum(-1, -digest % MODULUS, "deletion")


def more(rows: list[tuple[int, int]], sums: list[Sum]) -> int:
    return sum(digest for _key, digest in rows) - sum(one.digest for one in sums)


CASES: dict[str, tuple[list[tuple[int, int]], list[Sum], list[int], list[str]]] = {
    "as written": ([(1, ONE), (2, TWO)], [wrote(ONE), wrote(TWO)], [], []),
    "changed past the registry": ([(1, ONE), (2, OTHER)], [wrote(ONE), wrote(TWO, by="second")], [2], ["second"]),
    "taken out": ([(1, ONE)], [wrote(ONE), wrote(TWO, by="second")], [], ["second"]),
    "put in": ([(1, ONE), (9, OTHER)], [wrote(ONE)], [9], []),
    "copied": ([(1, ONE), (9, ONE)], [wrote(ONE)], [9], []),
    "changed by the registry": ([(1, TWO)], [wrote(ONE), changed(ONE, TWO)], [], []),
    "changed by the registry and copied": ([(1, TWO), (9, TWO)], [wrote(ONE), changed(ONE, TWO)], [9], []),
    "as before a change": ([(1, ONE)], [wrote(ONE), changed(ONE, TWO)], [], ["change"]),
    "deleted by the registry": ([(2, TWO)], [wrote(ONE), wrote(TWO), deleted(ONE)], [], []),
    "put back after its deletion": ([(1, ONE), (2, TWO)], [wrote(ONE), wrote(TWO), deleted(ONE)], [1], []),
    "written together": ([(1, ONE), (2, TWO), (3, THREE)], [wrote(ONE), wrote(TWO, THREE)], [], []),
    "two groups, one wrong": (
        [(1, ONE), (2, TWO), (3, OTHER), (4, FOUR)], [wrote(ONE, TWO), wrote(THREE, FOUR, by="second")], [3, 4],
        ["second"],
    ),
    "a group beside a row put in": ([(1, ONE), (2, TWO), (9, OTHER)], [wrote(ONE, TWO)], [9], []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_n_d1_rows_that_no_event_accounts_for_are_left_and_events_without_their_rows(name: str) -> None:
    rows, sums, left, events = CASES[name]
    found = trace(rows, sums, more(rows, sums))
    assert (found.rows, found.events) == (left, events)


def test_n_d1_many_changes_are_not_compared_and_their_rows_stay_in_question(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, sums = [(1, TWO)], [wrote(ONE, by="first"), changed(ONE, TWO)]
    monkeypatch.setattr(tracing, "MAX_COMPARED", 1)
    assert trace(rows, sums, 0).rows == []
    monkeypatch.setattr(tracing, "MAX_COMPARED", 0)
    found = trace(rows, sums, 0)
    assert (found.rows, found.events) == ([1], ["first"])


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "t 0 is not as attested"),
        (2, "t: one or more of 2 rows, 9 in all: 0, 1"),
        (3, "t: one or more of 3 rows, 9 in all: 0, 1 and 1 more"),
    ],
)
def test_n_d1_a_sentence_names_some_rows_and_says_how_many_more(
    monkeypatch: pytest.MonkeyPatch, count: int, said: str
) -> None:
    monkeypatch.setattr(tracing, "MAX_NAMED", 2)
    found = tracing.Found(list(range(count)), ["a", "b", "c"])
    assert list(tracing._sentences("t", found, 9)) == [
        said, "t: not found as a attests it", "t: not found as b attests it",
    ]  # fmt: skip
