"""Invariants of the stored figures of the overview."""

from __future__ import annotations

from collections.abc import Iterable

from registry.integrity import EVERYTHING, Scope, invariant
from registry.organizations.models import Organization
from registry.sizes import CHUNK

from .models import ChangedOrganization, OverviewFigures
from .queries.counting import COUNTED
from .queries.overview import count_now, with_cells


@invariant("Figures of the overview that were counted today equal a recount")
def figures(scope: Scope = EVERYTHING) -> Iterable[str]:
    noted = Organization.objects.filter(pk__in=ChangedOrganization.objects.values("organization"))
    # The cells of a keeper of cards are counted with it.
    changed = with_cells((scope.of(noted, "pk") | scope.of(noted, "children")).distinct())
    stored = scope.of(OverviewFigures.objects.order_by("pk"), "organization").exclude(
        pk__in=[one.pk for one in changed]
    )
    ids = list(stored.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        places = Organization.objects.select_related("federation").in_bulk(ids[start : start + CHUNK])
        rows = OverviewFigures.objects.in_bulk(list(places))
        for pk, counted in count_now(places.values()).items():
            row = rows[pk]
            if row.counted_on != counted["counted_on"]:
                continue
            for name in COUNTED:
                if getattr(row, name) != counted.get(name, 0):
                    yield f"organisation {pk}: {name} {getattr(row, name)}, counted {counted.get(name, 0)}"
