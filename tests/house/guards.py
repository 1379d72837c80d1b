"""A row of the table of guards: the refused step, the rule that refuses it, and the field or message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .acts import Scene

Step = Callable[[], Any]


@dataclass(frozen=True)
class Case:
    """A step, made in a scene, that has to be refused: by this rule, at this field or with this text."""

    rule: str
    said: str
    step: Callable[[Scene], Step]
    charter: str = "society"


def at(field: str) -> str:
    """Expect the refusal at this field."""
    return f"@{field}"
