"""What a transition may refuse with; every refusal is a sentence for the person at the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied


class RuleViolation(Exception):
    """A rule of the organisation forbids the step; carries the rule's id and a sentence that says what to do."""

    def __init__(self, rule: str, message: Any, *, field: str = "") -> None:
        self.rule = rule
        self.message = message
        self.field = field
        super().__init__(str(message))


@dataclass(frozen=True)
class Obstacle:
    """A record that stands in the way: what it is, and the page by which whoever asks may settle it, where he has one."""

    text: str
    page: str = ""
    number: int = 0

    def __str__(self) -> str:
        return self.text


class Blocked(RuleViolation):
    """Something stands in the way; `blockers` names each blocking record as a sentence."""

    def __init__(self, rule: str, message: Any, blockers: Sequence[Any]) -> None:
        super().__init__(rule, message)
        self.blockers = list(blockers)


class StaleVersion(Exception):
    """Somebody else saved the record after it was opened; `current` is the record as it is now."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("stale version")


class NotAllowed(PermissionDenied):
    """The actor sees the record but his role does not allow the step here (answered with 403)."""
