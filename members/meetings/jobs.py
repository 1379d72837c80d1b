"""Daily work on meetings: dropping proposals to exclude members who have paid (V-B16)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.jobs.kinds import daily

from .queries import organizations_with_paid_exclusions
from .transitions.arrears import drop_paid_of


@daily
def drop_paid(today: dt.date) -> None:
    """Drop proposals to exclude members for arrears who have paid before the decision."""
    for pk in organizations_with_paid_exclusions(today):
        drop_paid_of(pk, by=Actor.system("arrears"))
