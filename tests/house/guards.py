"""A row of the table of guards: what is refused, by which rule, and how it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .acts import Scene

Step = Callable[[], Any]


@dataclass(frozen=True)
class Case:
    """What is refused, by which rule, at which field or in which words; the step is made in a scene."""

    rule: str
    said: str
    step: Callable[[Scene], Step]
    charter: str = "society"


def at(field: str) -> str:
    """The refusal names the field."""
    return f"@{field}"
