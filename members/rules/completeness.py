"""Which required fields of a card are empty (U-5a): an incomplete card is shown as such, a list may bring it."""

from collections.abc import Mapping
from typing import Any

from registry.charters import Charter

from .fields import is_empty


def required_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Fields that this person's card must have, in the order of the card."""
    excused = charter.excused.get(str(values.get("category") or ""), frozenset())
    return [name for name in charter.fields if name in charter.required and name not in excused]


def missing_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Required fields that neither they nor a stand-in answer; who has no patronymic misses none."""
    return [
        name
        for name in required_fields(values, charter)
        if all(is_empty(values.get(answer)) for answer in (name, *charter.stand_ins.get(name, ())))
        and not (name == "patronymic" and values.get("no_patronymic"))
    ]
