"""The reports of statistics, by the name of their page (N-S3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from registry.access import Actor
from registry.organizations.models import Organization

from ..exports import Report
from .charts import charts
from .composition import composition, health
from .cross import cross
from .movement import movement

#: Builds the report of an organisation from the query of its page.
Builder = Callable[[Actor, Organization, Mapping[str, Any]], Report]
#: Name of the page in the address → what builds its report.
REPORTS: Mapping[str, Builder] = {
    "composition": composition,
    "health": health,
    "movement": movement,
    "charts": charts,
    "cross": cross,
}
