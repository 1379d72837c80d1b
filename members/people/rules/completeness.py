"""Empty required fields of a card (U-5a). Incomplete cards are marked as such; a list may contain them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.charters.base import Charter

from .fields import is_empty


def required_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Return the fields that this person's card must have, in the order of the card."""
    excused = charter.excused_of(values.get("category"))
    return [name for name in charter.fields if name in charter.required and name not in excused]


def is_answered(name: str, values: Mapping[str, Any], charter: Charter) -> bool:
    """Return whether the field or one of its alternatives has a value. A checkbox counts only when ticked."""
    others = (values.get(other) for other in charter.stand_ins.get(name, ()))
    return not is_empty(values.get(name)) or any(not is_empty(value) and value is not False for value in others)


def missing_fields(values: Mapping[str, Any], charter: Charter) -> list[str]:
    """Return the required fields that have neither a value nor a filled alternative."""
    return [name for name in required_fields(values, charter) if not is_answered(name, values, charter)]


#: Details of the person that the law requires in a consent, each with its fields (152-ФЗ art. 9 p. 4): all of the
#: identity paper, any of the address.
_PAPER, _ADDRESS = ("paper_number", "paper_issued_on", "paper_issued_by"), ("city", "street", "house")


def lacking_for_consent(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details that a consent would lack, by their first fields: the identity paper, the address."""
    paper, address = all(values.get(name) for name in _PAPER), any(values.get(name) for name in _ADDRESS)
    found = {_PAPER[0]: (_("identity paper"), paper), _ADDRESS[0]: (_("address"), address)}
    return {name: label for name, (label, given) in found.items() if not given}
