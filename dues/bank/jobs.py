"""Daily work on bank statements (V-B14)."""

from __future__ import annotations

import datetime as dt

from registry.jobs.kinds import daily

from .transitions.forgetting import forget_payers, forget_people_of_old_papers


@daily
def forget_destroyed_payers(today: dt.date) -> None:
    """Blank the payers whose cards were destroyed."""
    forget_payers()


@daily
def forget_old_papers(today: dt.date) -> None:
    """Remove the names of payers and receivers from papers whose retention is over (practice 7.5)."""
    forget_people_of_old_papers(today)
