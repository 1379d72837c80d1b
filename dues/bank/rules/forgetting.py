"""Terms for which papers of the books keep names of people (practice 7.5: five years after the reporting year)."""

import datetime as dt

#: Years after the reporting year for which cash orders, statements and payroll lists are kept.
PAPERS_KEPT = 5


def last_year_over(today: dt.date) -> dt.date:
    """Return the last day of the latest year whose papers need not be kept any longer."""
    return dt.date(today.year - PAPERS_KEPT - 1, 12, 31)
