"""Rules for reading the journal (N-S1)."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from registry.errors import RuleViolation

#: Maximum number of events that are checked while the page waits; `check_integrity` reads all of them.
MAX_CHECKED = 50_000


def check_can_be_read_at_once(events: int) -> None:
    """Raise `RuleViolation` (N-S1) if the chains have too many events."""
    if events > MAX_CHECKED:
        text = _("There are %(count)s events, too many to check at once. Open the journal of one organisation.")
        raise RuleViolation("N-S1", text % {"count": number_format(events, force_grouping=True)})
