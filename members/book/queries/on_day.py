"""Members registered on a past day, by the lines of the books: as known now and as known then (V-B7).

Organisations count where they were on that day, so later moves do not change a region's count (N-H3).

A line entered or closed later with an earlier date changes what is known about the day, but not what was reported on
it. Both counts are returned; the lines recorded later explain the difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Left, StrIndex, Substr
from django.utils import timezone

from registry.access import Actor, in_scope, usable
from registry.organizations.models import Figures, Organization
from registry.organizations.queries import totals_of_children, totals_under

from ..enums import EndReason
from ..models import BookLine
from .moved_since import Moved, moved_since, only_of


@dataclass(frozen=True)
class OnDay:
    """Counts for a day: as known now, and as known at the end of that day."""

    now: int
    then: int

    @property
    def recorded_later(self) -> int:
        """Return the difference made by later records."""
        return self.now - self.then


def lines_on(lines: QuerySet[BookLine], day: dt.date) -> QuerySet[BookLine]:
    """Return the lines that were open on the day, as known now, without cancelled entries."""
    return (
        lines.filter(entered_on__lte=day)
        .filter(Q(left_on__isnull=True) | Q(left_on__gt=day))
        .exclude(reason=EndReason.UNDONE)
    )


def names_on(organization: Organization, day: dt.date, moved: Sequence[Moved], actor: Actor) -> QuerySet[BookLine]:
    """Return the lines open on the day in the organisation as it was then, by name, within the actor's scope."""
    lines = BookLine.objects.visible_to(actor).filter(scope_then(organization, moved, "unit__"))
    return lines_on(lines, day).select_related("unit__parent").order_by("sort_key", "pk")


def stands_in(line: BookLine, place: Organization) -> str:
    """Return the name of a line's unit as seen from the organisation `place`."""
    unit = line.unit
    if unit.parent is None or place.pk in {unit.pk, unit.parent_id}:
        return unit.short_name
    return f"{unit.short_name}, {unit.parent.short_name}"


def count_on(organization: Organization, day: dt.date, moved: Sequence[Moved] | None = None) -> OnDay:
    """Return the number of members of the organisation and everything below it on the day.

    Uses today's stored figures and the movements since, so the cost of the count known now depends on the movements and
    not on the members; later records are searched among all lines.
    """
    if moved is None:
        moved = moved_since(organization.federation_id, day)
    lines = BookLine.objects.filter(in_scope(Actor.system("state on a day", organization), "unit__"))
    later = _unknown_then(lines, day)
    for one, sign in _carried(organization, moved):
        later += sign * _unknown_then(BookLine.objects.filter(only_of(one, "unit__")), day)
    now = members_on(organization, day, moved)
    return OnDay(now, now + later)


def members_on(organization: Organization, day: dt.date, moved: Sequence[Moved] | None = None) -> int:
    """Return the count of `count_on` as known now."""
    if moved is None:
        moved = moved_since(organization.federation_id, day)
    lines = BookLine.objects.filter(in_scope(Actor.system("state on a day", organization), "unit__"))
    found = _count(lines, totals_under(organization)["members"], day)
    return found + sum(sign * _count_of(one, day) for one, sign in _carried(organization, moved))


def _carried(organization: Organization, moved: Sequence[Moved]) -> Iterator[tuple[Moved, int]]:
    """Yield the organisations that were here on the day and are elsewhere now, with 1, and those that came since, with
    -1.
    """
    path_then = _then(organization, moved)
    for one in moved:
        # Neutral for the organisation itself: both conditions hold.
        if sign := one.path_then.startswith(path_then) - one.path.startswith(organization.path):
            yield one, sign


def _then(organization: Organization, moved: Sequence[Moved]) -> str:
    """Return the path of an organisation on the day; it may be below a moved one."""
    above = max(
        (one for one in moved if organization.path.startswith(one.path)), key=lambda o: len(o.path), default=None
    )
    return organization.path if above is None else above.path_then + organization.path[len(above.path) :]


def _count_of(moved: Moved, day: dt.date) -> int:
    here = Figures.objects.filter(only_of(moved, "organization__")).aggregate(members=Sum("members"))
    return _count(BookLine.objects.filter(only_of(moved, "unit__")), here["members"] or 0, day)


def _count(lines: QuerySet[BookLine], today: int, day: dt.date) -> int:
    sound = lines.exclude(reason=EndReason.UNDONE)
    since = sound.filter(Q(entered_on__gt=day) | Q(left_on__gt=day)).aggregate(came=_came(day), left=_left(day))
    return today - int(since["came"]) + int(since["left"])


def _unknown_then(lines: QuerySet[BookLine], day: dt.date) -> int:
    """Return the difference to the count known then: subtract lines recorded later, add leavings recorded later."""
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    open_then = _open() | Q(left_on__gt=day)
    late = lines.filter(Q(recorded_at__gte=until) | Q(left_recorded_at__gte=until), entered_on__lte=day).aggregate(
        entered=Count("pk", filter=Q(recorded_at__gte=until) & open_then & ~Q(reason=EndReason.UNDONE)),
        left=Count("pk", filter=Q(recorded_at__lt=until, left_recorded_at__gte=until, left_on__lte=day)),
        undone=Count(
            "pk",
            filter=Q(recorded_at__lt=until, left_recorded_at__gte=until, reason=EndReason.UNDONE, left_on__gt=day),
        ),
    )
    return late["left"] + late["undone"] - late["entered"]


def counts_of_children(
    parent: Organization, children: Sequence[Organization], day: dt.date, moved: Sequence[Moved] | None = None
) -> dict[int, int]:
    """Return the members of each child and everything below it on the day.

    Two queries unless organisations moved since.
    """
    if not children:
        return {}
    if moved is None:
        moved = moved_since(parent.federation_id, day)
    rest = Substr("unit__path", len(parent.path) + 1)
    below = Q()
    for child in children:
        below |= Q(unit__path__startswith=child.path)
    rows: Any = (
        BookLine.objects.filter(below, unit__federation_id=parent.federation_id)
        .exclude(reason=EndReason.UNDONE)
        .filter(Q(entered_on__gt=day) | Q(left_on__gt=day))
        .annotate(child=Left(rest, StrIndex(rest, Value("/")) - 1))
        .order_by()
        .values("child")
        .annotate(came=_came(day), left=_left(day))
    )
    since = {int(row["child"]): row["left"] - row["came"] for row in rows}
    totals = totals_of_children(parent, children)
    counts = {child.pk: totals.get(child.pk, {}).get("members", 0) + since.get(child.pk, 0) for child in children}
    for one in moved:
        stands = {child.pk for child in children if one.pk != child.pk and one.path.startswith(child.path)}
        stood = {child.pk for child in children if one.pk != child.pk and one.path_then.startswith(_then(child, moved))}
        if stands != stood:
            part = _count_of(one, day)
            for pk in stands - stood:
                counts[pk] -= part
            for pk in stood - stands:
                counts[pk] += part
    return counts


def came_under_since(parent: Organization, moved: Sequence[Moved]) -> set[int]:
    """Return ids of the organisations directly below that had another superior on the day."""
    return {one.pk for one in moved if one.path.startswith(parent.path) and one.parent_then != parent.pk}


def left_since(parent: Organization, moved: Sequence[Moved], day: dt.date) -> list[tuple[Organization, int]]:
    """Return organisations that were directly below on the day and are elsewhere now, with their counts."""
    gone = [one.pk for one in moved if one.parent_then == parent.pk]
    found = Organization.objects.filter(pk__in=gone).select_related("federation", "parent").order_by("sort_key", "pk")
    return [(place, members_on(place, day, moved)) for place in found]


def scope_then(organization: Organization, moved: Sequence[Moved], prefix: str) -> Q:
    """Return a condition for the organisation and everything below it on the day."""
    found = in_scope(Actor.system("state on a day", organization), prefix)
    path_then = _then(organization, moved)
    for one in moved:
        stands, stood = one.path.startswith(organization.path), one.path_then.startswith(path_then)
        if stands and not stood:
            found &= ~only_of(one, prefix)
        elif stood and not stands:
            found |= only_of(one, prefix)
    return found


def _came(day: dt.date) -> Count:
    return Count("pk", filter=Q(entered_on__gt=day) & _open())


def _open() -> Q:
    """Return the condition of a line that today's figures include: those of blocked cards are not (N-C1)."""
    return Q(left_on__isnull=True) & usable("member__")


def _left(day: dt.date) -> Count:
    return Count("pk", filter=Q(left_on__gt=day, entered_on__lte=day))
