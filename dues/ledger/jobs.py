"""What the worker does about dues by itself: the annual fees of a new year (V-D1, practice 4.7)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.jobs.kinds import daily

from .queries.figures import uncharged_organizations
from .transitions import charge_new_year


@daily
def charge_years(today: dt.date) -> None:
    """Everybody who was on account on 1 January is charged for the year; what is charged already stays as it is."""
    new_year = dt.date(today.year, 1, 1)
    for pk in uncharged_organizations(today.year, known_before=new_year):
        charge_new_year(pk, today.year, by=Actor.system("new year"), known_before=new_year)
