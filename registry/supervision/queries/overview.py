"""Figures of the organisations below one, each including everything below it (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Max, Q, Sum, Value
from django.db.models.functions import Left, StrIndex, Substr
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Role
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization, OrganizationQuerySet
from registry.organizations.queries import FIELDS

from ..models import ChangedOrganization, OverviewFigures
from .counting import COUNTED, count_figures

#: Columns of the stored figures that are summed over a subtree.
SUMMED = (*COUNTED, "tasks_overdue")
#: Maximum number of changed organisations counted while the page waits; others are shown as last counted.
MAX_LIVE = 200

Sums = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """Figures of an organisation with everything below it; or only its own, as part of the sum of its subtree."""

    organization: Organization
    sums: Sums
    own_only: bool = False


@dataclass(frozen=True)
class Overview:
    """Rows of the organisations directly below one, and their total.

    `waiting` is the number of organisations that have changed and are shown as last counted.
    """

    rows: list[Row]
    total: Sums
    waiting: int


def overview_of(at: Organization, actor: Actor) -> Overview:
    """Return the figures of the organisations directly below `at`, of itself, and their total.

    The number of queries is constant. Figures of changed organisations are counted now, if there are at most `MAX_LIVE`
    of them.
    """
    visible = Organization.objects.visible_to(actor).under(at)
    sums = _stored(at, visible)
    changed = visible.filter(pk__in=ChangedOrganization.objects.values("organization"))
    found = with_cells(changed, MAX_LIVE + 1)
    waiting = 0
    if len(found) > MAX_LIVE:
        waiting = changed.count()
    else:
        for place, deltas in changes(found):
            _add(sums[_child(at, place.path) or at.pk], deltas)
    children = visible.filter(parent=at).working().select_related("federation", "figures", "passport")
    below = children.order_by("sort_key", "pk")
    rows = [Row(child, sums[child.pk]) for child in below]
    total: Sums = defaultdict(int)
    for some in sums.values():
        _add(total, some)
    if any(sums[at.pk][name] for name in (*FIELDS, *SUMMED)):
        rows.insert(0, Row(at, sums[at.pk], own_only=True))
    return Overview(rows, total, waiting)


def _stored(at: Organization, visible: OrganizationQuerySet) -> defaultdict[int, Sums]:
    """Return the stored sums by the id of the child; those of `at` itself by its own id."""
    sums: defaultdict[int, Sums] = defaultdict(lambda: defaultdict(int))
    rest = Substr("path", len(at.path) + 1)
    child = Left(rest, StrIndex(rest, Value("/")) - 1)
    of_year = Q(overview__counted_on__year=timezone.localdate(timezone=at.tz).year)
    totals: dict[str, Any] = {
        "organizations": Count("pk", filter=~Q(status=OrganizationStatus.ENDED)),
        **{name: Sum(f"figures__{name}") for name in FIELDS},
        **{name: Sum(f"overview__{name}", filter=of_year if name in OF_YEAR else None) for name in SUMMED},
    }
    names = {f"sum_{name}": total for name, total in totals.items()}
    below = visible.exclude(pk=at.pk).order_by().annotate(child=child).values("child").annotate(**names)
    own = visible.filter(pk=at.pk).order_by().annotate(child=F("pk")).values("child").annotate(**names)
    rows: list[Any] = [*below, *own]
    for row in rows:
        found = {name: row[f"sum_{name}"] or 0 for name in totals}
        sums[int(row["child"])].update(found)
    return sums


#: Figures that restart with the year.
OF_YEAR = ("came", "left", "charged", "paid")


def _child(at: Organization, path: str) -> int | None:
    """Return the id of the organisation directly below `at` whose subtree has the path."""
    rest = path.removeprefix(at.path)
    return int(rest.partition("/")[0]) if rest else None


def with_cells(organizations: OrganizationQuerySet, most: int | None = None) -> list[Organization]:
    """Return the organisations, and the cells whose cards they keep; at most `most` of each."""
    found = {one.pk: one for one in organizations.select_related("federation").order_by("pk")[:most]}
    keepers = [one.pk for one in found.values() if one.keeps_cards]
    cells = Organization.objects.filter(parent__in=keepers).select_related("federation").order_by("pk")[:most]
    return list((found | {cell.pk: cell for cell in cells}).values())


def changes(organizations: Sequence[Organization]) -> Iterable[tuple[Organization, Sums]]:
    """Yield each organisation with what has changed in its figures since they were stored."""
    stored = OverviewFigures.objects.in_bulk([one.pk for one in organizations])
    counted = count_now(organizations)
    for organization in organizations:
        now, before = counted[organization.pk], stored.get(organization.pk)
        same_year = before is not None and before.counted_on.year == now["counted_on"].year
        then = {
            name: getattr(before, name) if before is not None and (same_year or name not in OF_YEAR) else 0
            for name in COUNTED
        }
        yield organization, {name: now.get(name, 0) - then[name] for name in COUNTED}


def count_now(organizations: Iterable[Organization]) -> dict[int, dict[str, Any]]:
    """Return the figures of the organisations, each on its present date, which is `counted_on`."""
    by_day: defaultdict[dt.date, list[int]] = defaultdict(list)
    for organization in organizations:
        by_day[organization.today].append(organization.pk)
    found: dict[int, dict[str, Any]] = {}
    for day, ids in by_day.items():
        for pk, values in count_figures(ids, day).items():
            found[pk] = {"counted_on": day, **values}
    return found


def _add(sums: Sums, more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        sums[name] = sums.get(name, 0) + value


def own_figures(at: Organization, actor: Actor, names: Sequence[str]) -> dict[int, Sums]:
    """Return the own figures of each organisation of the subtree of `at` that has any, without what is below it.

    Cells are part of the organisation that keeps their cards, unless `at` is that organisation. The figures of changed
    organisations are counted now, as in `overview_of`, so the sums agree with its total.
    """
    visible = Organization.objects.visible_to(actor).under(at)
    fields = {name: _place_of(name) for name in names}
    year = timezone.localdate(timezone=at.tz).year
    found: dict[int, Sums] = defaultdict(lambda: defaultdict(int))
    rows = visible
    if "organizations" not in fields:
        # For most organisations a figure is zero: their rows are not read.
        rows = rows.filter(
            reduce(or_, (Q(**{f"{field}__gt": 0}) | Q(**{f"{field}__lt": 0}) for field in fields.values()))
        )
    cell = at.charter.cell

    def keeper(pk: int, parent: int | None, level: str) -> int:
        return parent if parent is not None and level == cell and pk != at.pk and parent != at.pk else pk

    columns = rows.order_by().values_list("pk", "parent", "level", "status", "overview__counted_on", *fields.values())
    for pk, parent, level, status, counted_on, *values in columns:
        current = counted_on is not None and counted_on.year == year
        sums = found[keeper(pk, parent, level)]
        for name, value in zip(fields, values, strict=True):
            if name == "organizations":
                sums[name] += int(status != OrganizationStatus.ENDED)
            elif value and (current or name not in OF_YEAR):
                sums[name] += value
    changed = with_cells(visible.filter(pk__in=ChangedOrganization.objects.values("organization")), MAX_LIVE + 1)
    if len(changed) <= MAX_LIVE:
        for one, deltas in changes(changed):
            at_keeper = found[keeper(one.pk, one.parent_id, one.level)]
            _add(at_keeper, {name: deltas[name] for name in names if name in deltas})
    return {pk: sums for pk, sums in found.items() if any(sums.values())}


def _place_of(name: str) -> str:
    if name == "organizations":
        return "pk"
    return f"figures__{name}" if name in FIELDS else f"overview__{name}"


def last_visits(ids: Sequence[int]) -> dict[int, dt.datetime | None]:
    """Return the last sign-in of a chair of each organisation, None for never; those without a chair are left out."""
    chairs = Appointment.objects.filter(organization__in=ids, role=Role.CHAIR).current()
    return dict(chairs.order_by().values_list("organization").annotate(seen=Max("account__last_login")))
