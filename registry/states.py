"""Life cycles: which state leads to which, how a move is refused, in which tone a state is shown.

Tables of moves stand beside their enums (`*_MOVES`) and are registered for the model that has the state. Every table
names every state of its enum, and so does every table of tones; `tests/house/test_states.py` holds them to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import models

from .errors import NotAllowed, RuleViolation

Moves = dict[str, set[str]]


@dataclasses.dataclass(frozen=True)
class LifeCycle:
    """The life cycle of one model."""

    #: Label of the model and the name of its field.
    model: str
    field: str
    moves: Mapping[str, Collection[str]]
    #: The sentence that refuses a move; may name `%(name)s`, `%(state)s` (or `%(status)s`) and `%(to)s`.
    refusal: Any
    #: ok, warn, bad, info or empty for every state.
    tones: Mapping[str, str]
    #: The attribute that `%(name)s` stands for.
    named_by: str = ""
    #: Other sentences for objects that are in these states.
    refusals: Mapping[str, Any] = dataclasses.field(default_factory=dict)


CYCLES: dict[str, LifeCycle] = {}


def register(
    model: str,
    moves: Moves,
    refusal: Any,
    *,
    field: str = "state",
    named_by: str = "",
    refusals: Mapping[str, Any] | None = None,
    tones: Mapping[str, str],
) -> None:
    """Register the table of moves of the model, such as `members.Meeting`; see `LifeCycle` for the arguments."""
    CYCLES[model] = LifeCycle(model, field, moves, refusal, tones, named_by, refusals or {})


def cycle_of(obj: models.Model) -> LifeCycle:
    """Return the life cycle of the object. Raises `KeyError` for a model without one."""
    return CYCLES[obj._meta.label]


def leads(obj: models.Model, to: str) -> bool:
    """Return whether the table of moves leads from the object's state to this one."""
    cycle = cycle_of(obj)
    return to in cycle.moves[getattr(obj, cycle.field)]


def check(obj: models.Model, to: str, rule: str) -> None:
    """Raise `RuleViolation` of the rule where the table of moves does not lead to this state."""
    if not leads(obj, to):
        raise RuleViolation(rule, refusal_of(obj, to))


def check_is(obj: models.Model, states: Collection[str], rule: str) -> None:
    """Raise `RuleViolation` of the rule where the object is in none of these states."""
    if getattr(obj, cycle_of(obj).field) not in states:
        raise RuleViolation(rule, refusal_of(obj))


def refusal_of(obj: models.Model, to: str | None = None) -> str:
    """Return the sentence that refuses a move of the object."""
    cycle = cycle_of(obj)
    choices = dict(obj._meta.get_field(cycle.field).flatchoices)  # type: ignore[union-attr]
    state = getattr(obj, cycle.field)
    said = {"state": choices[state], "status": choices[state], "to": choices.get(to, "")}
    if cycle.named_by:
        said["name"] = getattr(obj, cycle.named_by)
    return str(cycle.refusals.get(state, cycle.refusal)) % said


def name_of(obj: models.Model) -> str:
    """Return the object's state in words."""
    cycle = cycle_of(obj)
    choices = dict(obj._meta.get_field(cycle.field).flatchoices)  # type: ignore[union-attr]
    return str(choices[getattr(obj, cycle.field)])


def tone_of(obj: models.Model) -> str:
    """Return the tone in which the object's state is shown: ok, warn, bad, info or empty."""
    cycle = cycle_of(obj)
    return cycle.tones[getattr(obj, cycle.field)]


def allowed(check: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
    """Return whether the check passes; False where it raises `RuleViolation`, `Blocked` or `NotAllowed`."""
    try:
        check(*args, **kwargs)
    except (RuleViolation, NotAllowed):
        return False
    return True
