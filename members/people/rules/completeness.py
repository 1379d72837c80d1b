"""Which required fields of a card are empty (U-5a). Incomplete cards are marked as such; a list may contain them."""

from collections.abc import Mapping
from typing import Any

from registry.charters.base import Charter

from .fields import is_empty


def required_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Return the fields that this person's card must have, in the order of the card."""
    excused = charter.excused.get(str(values.get("category") or ""), frozenset())
    return [name for name in charter.fields if name in charter.required and name not in excused]


def is_answered(name: str, values: Mapping[str, Any], charter: Charter) -> bool:
    """Return whether the field or one of its alternatives has a value. A check box counts only when ticked."""
    others = (values.get(other) for other in charter.stand_ins.get(name, ()))
    return not is_empty(values.get(name)) or any(not is_empty(value) and value is not False for value in others)


def missing_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Return the required fields that have neither a value nor a filled alternative."""
    return [name for name in required_fields(values, charter) if not is_answered(name, values, charter)]
