"""Daily work on dues: the annual fees of a new year (V-D1, practice 4.7)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.jobs.kinds import daily_there

from .queries.figures import uncharged_organizations
from .transitions import charge_new_year


@daily_there
def charge_years(today: dt.date, zone: str | None = None) -> None:
    """Charge the year to members registered on 1 January; existing charges are unchanged."""
    new_year = dt.date(today.year, 1, 1)
    for pk in uncharged_organizations(today.year, known_before=new_year, zone=zone):
        charge_new_year(pk, today.year, by=Actor.system("new year"), known_before=new_year)
