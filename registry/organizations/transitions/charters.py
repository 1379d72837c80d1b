"""An administrator's values laid over a federation's charter: what is required, ages and terms (practice 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry import charters
from registry.access import Actor
from registry.errors import NotAllowed
from registry.transitions import change

from ..models import Federation
from ..rules.charters import check_charter_value


def change_charter(federation_id: int, *, values: Mapping[str, Any], by: Actor) -> Federation:
    """Lay the values over the charter; those that say what the charter says itself are not kept.

    `values`: `required` (names of fields of the card), `minimum_age`, `retention_years` (years). Raises `RuleViolation`
    for a value that no charter has, `NotAllowed` for everybody but the installation.
    """
    if not by.is_system or by.organization is not None:
        raise NotAllowed
    with change(by=by, rule="U-5a", event="federation.charter_changed") as act:
        federation = act.lock(Federation.objects.all(), federation_id)
        own = charters.get(federation.charter_key)
        kept = dict(federation.charter_values)
        for name, value in values.items():
            stored = _checked(own, name, value)
            if stored == _of(own, name):
                kept.pop(name, None)
            else:
                kept[name] = stored
        changed = sorted(name for name in values if kept.get(name) != federation.charter_values.get(name))
        federation.charter_values = kept
        act.silent = not changed
        if changed:
            act.save(federation)
        act.about(federation, organization=None, fields=changed)
    return federation


def _checked(own: charters.Charter, name: str, value: Any) -> Any:
    check_charter_value(own, name, value)
    # The name is the card itself.
    return sorted({"surname", "given_name", *value}) if name == "required" else int(value)


def _of(own: charters.Charter, name: str) -> Any:
    value = getattr(own, name)
    return sorted(value) if name == "required" else value
