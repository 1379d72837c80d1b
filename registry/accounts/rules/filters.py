"""Rules for saved filters of lists (N-S2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registry.errors import RuleViolation

#: Maximum number of saved filters per list.
MAX_FILTERS = 30


def check_filter(name: str, values: Mapping[str, str], others: int) -> None:
    """Raise `RuleViolation` for a filter without name or values, or if there are too many `others` (N-S2)."""
    if not name:
        raise RuleViolation("N-S2", _("Give the filter a name."), field="name")
    if not values:
        raise RuleViolation("N-S2", _("Choose at least one filter first; the search text is not kept."), field="name")
    if others >= MAX_FILTERS:
        message = _("You have %(count)d saved filters already. Delete one of them first.") % {"count": MAX_FILTERS}
        raise RuleViolation("N-S2", message, field="name")
