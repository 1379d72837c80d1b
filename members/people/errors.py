"""Exceptions about people; each message is a sentence shown to the user."""

from __future__ import annotations

from collections.abc import Mapping

from registry.errors import RuleViolation


class SearchesUsedUp(RuleViolation):
    """The actor was shown as many duplicates in other organisations as one may in a day (N-A1)."""


class SomeRefused(RuleViolation):
    """Some of the people registered together were refused, so none was; `refused` maps positions to violations."""

    def __init__(self, message: object, refused: Mapping[int, list[RuleViolation]]) -> None:
        super().__init__("U-5", message)
        self.refused = dict(refused)
