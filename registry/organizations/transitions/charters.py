"""Changes of a federation's charter by an administrator: required fields, ages and terms (practice 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.tickets.enums import BlankKind
from registry import charters
from registry.access import Actor
from registry.errors import NotAllowed
from registry.transitions import change

from ..models import Federation, Organization
from ..rules.charters import DAYS, FLAGS, LEVELS, check_blanks_stay, check_charter_value, check_together, number_in


def change_charter(federation_id: int, *, values: Mapping[str, Any], by: Actor) -> Federation:
    """Store an administrator's values of the charter; values equal to the charter's own are not stored.

    `values`: `required` and `hidden` (names of card fields), `out_of_use` (reference list → values), `days_off` and
    `days_worked` (ISO dates), `recipients` (key → name and address), `blanks` (kinds), `written_off_by_another`,
    `blanks_counted_in` (a month, or 0), `cards_printed_here` with `cards_from` and `cards_to` (numbers without the
    check digit), `programme_site` (https), `counts_only` and `reason_to_open` (levels above the keeper's),
    `minimum_age`, `retention_years` (years), terms of the charter (days or months, `rules.charters.numbers_of`). Raises
    `RuleViolation` for a value that cannot be changed, `NotAllowed` for anybody but the installation and the
    federation's administrators.
    """
    if not by.administers or by.organization not in (None, _head(federation_id)):
        raise NotAllowed
    with change(by=by, rule="U-5a", event="federation.charter_changed") as act:
        federation = act.lock(Federation.objects.all(), federation_id)
        charter = charters.get(federation.charter_key)
        kept = dict(federation.charter_values)
        for name, value in values.items():
            stored = _checked(charter, name, value)
            if stored == _default(charter, name):
                kept.pop(name, None)
            else:
                kept[name] = stored
        check_together(charter, kept)
        check_blanks_stay(federation, charter.changed(kept).blanks)
        changed = sorted(name for name in values if kept.get(name) != federation.charter_values.get(name))
        federation.charter_values = kept
        act.silent = not changed
        if changed:
            act.save(federation)
        act.about(federation, organization=_head(federation_id), fields=changed)
    return federation


def _head(federation_id: int) -> Organization | None:
    return Organization.objects.filter(federation=federation_id, parent__isnull=True).first()


def _checked(charter: charters.Charter, name: str, value: Any) -> Any:
    check_charter_value(charter, name, value)
    if name == "out_of_use":
        return {part: sorted(set(keys)) for part, keys in sorted(value.items()) if keys}
    if name == "recipients":
        kept = {key: {part: said.get(part, "").strip() for part in ("name", "address")} for key, said in value.items()}
        own = {one.key: {"name": one.name, "address": one.address} for one in charter.recipients}
        return {key: said for key, said in sorted(kept.items()) if any(said.values()) and said != own[key]}
    if name == "blanks":
        return [kind for kind in BlankKind.values if kind in value]
    if name in LEVELS:
        return [str(level) for level in charter.levels_above if level in value]
    if name in FLAGS or name == "cards_printed_here":
        return bool(value)
    if name == "programme_site":
        return str(value).strip() or charter.programme_site
    # The name cannot be optional.
    if name in ("hidden", *DAYS):
        return sorted(set(value))
    return sorted({"surname", "given_name", *value}) if name == "required" else int(value)


def _default(charter: charters.Charter, name: str) -> Any:
    if name in ("out_of_use", "recipients"):
        return {}
    if name in ("hidden", *DAYS):
        return []
    if name == "blanks":
        return list(charter.blanks)
    if name in LEVELS:
        return [str(level) for level in charter.levels_above if level in getattr(charter, name)]
    if name in FLAGS or name == "programme_site":
        return getattr(charter, name)
    if name == "cards_printed_here":
        return charter.electronic_cards is not None and charter.electronic_cards.printed_here
    return sorted(charter.required) if name == "required" else number_in(charter, name)
