"""Which required fields of a card are empty (U-5a): an incomplete card is shown as such, a list may bring it."""

from collections.abc import Mapping
from typing import Any

from registry.charters.base import Charter

from .fields import is_empty


def required_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Fields that this person's card must have, in the order of the card."""
    excused = charter.excused.get(str(values.get("category") or ""), frozenset())
    return [name for name in charter.fields if name in charter.required and name not in excused]


def is_answered(name: str, values: Mapping[str, Any], charter: Charter) -> bool:
    """Does the field, or one that may stand in for it, say something? A mark stands in only where it is set."""
    others = (values.get(other) for other in charter.stand_ins.get(name, ()))
    return not is_empty(values.get(name)) or any(not is_empty(value) and value is not False for value in others)


def missing_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Required fields that neither they nor a stand-in answer."""
    return [name for name in required_fields(values, charter) if not is_answered(name, values, charter)]
