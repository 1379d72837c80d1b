"""Daily work on payroll lists."""

import datetime as dt

from registry.jobs.kinds import daily

from .transitions.forgetting import forget_drafts, forget_strangers


@daily
def forget_payroll(today: dt.date) -> None:
    """Discard lists that nobody compared, and forget people of old ones who are no members (practice 7.5)."""
    forget_drafts()
    forget_strangers(today)
