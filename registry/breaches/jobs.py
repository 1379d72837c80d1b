"""Daily work on breach cards: settled ones are destroyed after their term (practice 7.4)."""

from __future__ import annotations

import datetime as dt

from registry.jobs.kinds import daily

from .transitions import forget_breaches


@daily
def destroy_settled_breaches(today: dt.date) -> None:
    """Destroy breach cards three years after they were settled."""
    forget_breaches()
