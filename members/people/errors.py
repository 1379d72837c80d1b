"""Refusals that concern people; each is a sentence for the person at the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from registry.errors import RuleViolation

if TYPE_CHECKING:
    from .rules.duplicates import Duplicate


class DuplicateFound(RuleViolation):
    """The person is, or may be, on account already (N-A1); `duplicates` name no more than the organisation."""

    def __init__(self, message: object, duplicates: list[Duplicate], *, field: str = "") -> None:
        super().__init__("N-A1", message, field=field)
        self.duplicates = duplicates


class SomeRefused(RuleViolation):
    """Of many people put on account at once some were refused, so nobody was; `refused` tells whom, by position."""

    def __init__(self, message: object, refused: Mapping[int, list[RuleViolation]]) -> None:
        super().__init__("U-5", message)
        self.refused = dict(refused)
