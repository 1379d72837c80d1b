"""Rules for charter values changed by an administrator (U-5a, practice 3.1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.charters import Charter
from registry.errors import RuleViolation

#: Numbers that an administrator may change, with their bounds.
NUMBERS = {"minimum_age": (0, 99), "retention_years": (1, 75)}

#: Values that an administrator may change → their names on pages and in the journal.
LABELS = {
    "required": _("Required fields of the card"),
    "minimum_age": _("Minimum age of members, years"),
    "retention_years": _("Years for which closed cards and ended applications are kept"),
}


def check_charter_value(charter: Charter, name: str, value: Any) -> None:
    """Raise `RuleViolation` for a value that the charter does not have or that is out of bounds (U-5a)."""
    if name == "required":
        if set(value) - set(charter.fields):
            raise RuleViolation("U-5a", _("The card has no such field."), field="required")
        return
    if name not in NUMBERS:
        raise RuleViolation("U-5a", _("This value of the charter cannot be changed here."))
    least, most = NUMBERS[name]
    if not least <= int(value) <= most:
        bounds = {"least": least, "most": most}
        raise RuleViolation("U-5a", _("A number from %(least)s to %(most)s is expected.") % bounds, field=name)
