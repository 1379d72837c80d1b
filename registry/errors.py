"""Errors raised by transitions; each has a message for the user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied


class RuleViolation(Exception):
    """A rule forbids the step. `rule` is its id, `message` says what to do, `field` names the form field, if any."""

    def __init__(self, rule: str, message: Any, *, field: str = "") -> None:
        self.rule = rule
        self.message = message
        self.field = field
        super().__init__(str(message))


@dataclass(frozen=True)
class Obstacle:
    """A record that prevents the step, with the page where the actor can settle it, if they may."""

    text: str
    page: str = ""
    number: int = 0

    def __str__(self) -> str:
        return self.text


class Blocked(RuleViolation):
    """Other records prevent the step; `blockers` describes each of them."""

    def __init__(self, rule: str, message: Any, blockers: Sequence[Any]) -> None:
        super().__init__(rule, message)
        self.blockers = list(blockers)


class StaleVersion(Exception):
    """Somebody else saved the record after it was opened; `current` is its present state."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("stale version")


class NotAllowed(PermissionDenied):
    """The actor may see the record, but their role does not allow the step (403)."""
