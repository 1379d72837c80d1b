"""Life cycles: allowed moves between states, their refusals, and the tones in which states are shown.

Tables of moves are defined beside their enums (`*_MOVES`) and registered for a model. A table of moves, like a table
of tones, has an entry for every state of its enum; `tests/house/test_states.py` checks this.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import models

from .errors import NotAllowed, RuleViolation

Moves = dict[str, set[str]]


@dataclasses.dataclass(frozen=True)
class LifeCycle:
    """The life cycle of one model."""

    #: Label of the model and name of its state field.
    model: str
    field: str
    moves: Mapping[str, Collection[str]]
    #: Message of a refused move; may use `%(name)s`, `%(state)s` (or `%(status)s`) and `%(to)s`.
    refusal: Any
    #: State → ok, warn, bad, info or empty.
    tones: Mapping[str, str]
    #: Attribute for `%(name)s`.
    named_by: str = ""
    #: State → message instead of `refusal` for objects in it.
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
    """Register the table of moves of a model, such as `members.Meeting`; see `LifeCycle` for the arguments."""
    CYCLES[model] = LifeCycle(model, field, moves, refusal, tones, named_by, refusals or {})


def cycle_of(obj: models.Model) -> LifeCycle:
    """Return the life cycle of the object. Raises `KeyError` if its model has none."""
    return CYCLES[obj._meta.label]


def may_become(obj: models.Model, to: str) -> bool:
    """Return whether the object may move to this state."""
    cycle = cycle_of(obj)
    return to in cycle.moves[getattr(obj, cycle.field)]


def check(obj: models.Model, to: str, rule: str) -> None:
    """Raise `RuleViolation` of the rule unless the object may move to this state."""
    if not may_become(obj, to):
        raise RuleViolation(rule, refusal_of(obj, to))


def check_is(obj: models.Model, states: Collection[str], rule: str) -> None:
    """Raise `RuleViolation` of the rule unless the object is in one of these states."""
    if getattr(obj, cycle_of(obj).field) not in states:
        raise RuleViolation(rule, refusal_of(obj))


def refusal_of(obj: models.Model, to: str | None = None) -> str:
    """Return the message for refusing to move the object."""
    cycle = cycle_of(obj)
    choices = dict(obj._meta.get_field(cycle.field).flatchoices)  # type: ignore[union-attr]
    state = getattr(obj, cycle.field)
    values = {"state": choices[state], "status": choices[state], "to": choices.get(to, "")}
    if cycle.named_by:
        values["name"] = getattr(obj, cycle.named_by)
    return str(cycle.refusals.get(state, cycle.refusal)) % values


def name_of(obj: models.Model) -> str:
    """Return the object's state in words."""
    field = cycle_of(obj).field
    return str(_names(type(obj), field)[getattr(obj, field)])


@functools.cache
def _names(model: type[models.Model], field: str) -> dict[Any, Any]:
    # The labels are lazy, because each request has its own language.
    return dict(model._meta.get_field(field).flatchoices)  # type: ignore[union-attr]


def tone_of(obj: models.Model) -> str:
    """Return the tone of the object's state: ok, warn, bad, info or empty."""
    cycle = cycle_of(obj)
    return cycle.tones[getattr(obj, cycle.field)]


def allowed(check: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
    """Return whether the check passes; False if it raises `RuleViolation`, `Blocked` or `NotAllowed`."""
    try:
        check(*args, **kwargs)
    except (RuleViolation, NotAllowed):
        return False
    return True


def refusal(check: Callable[..., object], *args: Any, **kwargs: Any) -> RuleViolation | None:
    """Return the violation that the check raises, for a page that explains why its step is not possible, or None."""
    try:
        check(*args, **kwargs)
    except RuleViolation as violation:
        return violation
    return None
