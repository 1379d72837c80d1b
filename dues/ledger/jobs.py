"""Daily work on dues: the annual fees of a new year (V-D1, practice 4.7)."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from registry.access import Actor
from registry.jobs.kinds import Steps, daily_there, run_shared

from .queries.figures import uncharged_organizations
from .transitions import charge_new_year


@daily_there
def charge_years(today: dt.date, zone: str | None = None) -> Steps:
    """Charge the year to members registered on 1 January; existing charges are unchanged."""
    of_year: dict[str, Any] = {"year": today.year, "known_before": dt.date(today.year, 1, 1)}
    find = functools.partial(uncharged_organizations, **of_year)
    charge = functools.partial(charge_new_year, by=Actor.system("new year"), **of_year)
    yield from run_shared("charge_years", find(zone=zone), lambda some: find(among=some), charge)
