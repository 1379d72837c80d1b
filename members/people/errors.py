"""Exceptions about people; each message is a sentence shown to the user."""

from __future__ import annotations

from collections.abc import Mapping

from registry.errors import RuleViolation


class SearchesUsedUp(RuleViolation):
    """Raised if the actor has already seen the maximum number of duplicates in other organisations in a day (N-A1)."""


class SomeRefused(RuleViolation):
    """Raised if some of the people registered together were refused, so that none was; `refused` maps positions to
    violations.
    """

    def __init__(self, message: object, refused: Mapping[int, list[RuleViolation]]) -> None:
        super().__init__("U-5", message)
        self.refused = dict(refused)
