"""`refused("V-B10")` asserts that a block is refused by the named rule; any other refusal, or none, fails the test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from registry.errors import Blocked, RuleViolation


class Refusal:
    """The refusal raised in the block; `value` is set after the block has ended."""

    value: RuleViolation

    @property
    def message(self) -> str:
        return str(self.value.message)

    @property
    def blockers(self) -> list[str]:
        """Return the sentences of a `Blocked`."""
        assert isinstance(self.value, Blocked)
        return [str(blocker) for blocker in self.value.blockers]


@contextmanager
def refused(
    rule: str,
    *,
    field: str | None = None,
    match: str | None = None,
    blockers: int | Sequence[str] | None = None,
) -> Iterator[Refusal]:
    """Assert that the block is refused by this rule.

    `field` is the field named by the refusal (`""` for none), `match` a pattern found in its message, `blockers` the
    number of blocking records or their sentences. Omitted arguments are not checked. Any other exception fails the test
    with a message that describes it.
    """
    refusal = Refusal()
    try:
        yield refusal
    except RuleViolation as error:
        refusal.value = error
    except Exception as error:
        raise AssertionError(f"{rule} was to refuse, but {type(error).__name__} was raised: {error}") from error
    else:
        raise AssertionError(f"{rule} was to refuse, but nothing was refused")
    error = refusal.value
    assert error.rule == rule, f"{rule} was to refuse, but {_described(error)}"
    if field is not None:
        assert error.field == field, f"{rule} was to name the field {field!r}, but {_described(error)}"
    if match is not None:
        assert re.search(match, str(error.message)), f"{rule} was to say {match!r}, but {_described(error)}"
    if blockers is not None:
        assert isinstance(error, Blocked), f"{rule} was to name what is in the way, but {_described(error)}"
        found = refusal.blockers
        assert (len(found) if isinstance(blockers, int) else found) == (
            blockers if isinstance(blockers, int) else list(blockers)
        ), f"{rule} names other records in the way: {found}"


def _described(error: RuleViolation) -> str:
    field = f" of the field {error.field!r}" if error.field else ""
    return f"{type(error).__name__} {error.rule}{field} was raised: {error.message}"
