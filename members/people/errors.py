"""Exceptions about people; each message is a sentence shown to the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from registry.errors import RuleViolation

if TYPE_CHECKING:
    from .rules.duplicates import Duplicate


class DuplicateFound(RuleViolation):
    """The person is, or may be, registered already (N-A1). `duplicates` reveal only the organisation."""

    def __init__(self, message: object, duplicates: list[Duplicate], *, field: str = "") -> None:
        super().__init__("N-A1", message, field=field)
        self.duplicates = duplicates


class SearchesUsedUp(RuleViolation):
    """The actor was shown as many duplicates in other organisations as one may in a day (N-A1)."""


class SomeRefused(RuleViolation):
    """Some of the people registered together were refused, so none was; `refused` maps positions to violations."""

    def __init__(self, message: object, refused: Mapping[int, list[RuleViolation]]) -> None:
        super().__init__("U-5", message)
        self.refused = dict(refused)
