"""Daily work on bank statements (V-B14)."""

from __future__ import annotations

import datetime as dt

from registry.jobs.kinds import daily

from .transitions.forgetting import forget_payers


@daily
def forget_destroyed_payers(today: dt.date) -> None:
    """Blank the payers whose cards were destroyed."""
    forget_payers()
