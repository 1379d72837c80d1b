"""Sums of stored counts over a scope: one row per organisation; members are never counted (invariant 9)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Left, StrIndex, Substr
from django.utils import timezone

from registry.access import Actor, in_scope
from registry.enums import Level
from registry.indexes import READ_BY_ORGANIZATION

from .enums import OrganizationStatus
from .models import (
    Federation,
    Figures,
    Organization,
    OrganizationPassport,
    OrganizationQuerySet,
    SubtreeFigures,
)

FIELDS = ("members", "consents_printed", "consents_signed", "incomplete", "in_transit", "applications")

#: Number of organisations above which sums are cached, and for how many seconds. A large federation has seventy
#: thousand.
MANY_ORGANIZATIONS, KEPT_SECONDS = 1_000, 60
#: Seconds for which sums counted by a worker are used: without a worker, pages count themselves.
COUNTED_SECONDS = 180
#: Levels with such large subtrees.
_LARGE = (Level.FEDERAL, Level.REGIONAL)
#: Maximum number of children whose paths are compared one by one; for more, everything below the parent is read once.
FEW_CHILDREN = 5


def totals(actor: Actor | None) -> dict[str, int]:
    """Return the counts for the actor's scope."""
    return _sums(actor)[0]


def totals_under(organization: Organization) -> dict[str, int]:
    """Return the counts of an organisation and everything below it (invariant 9)."""
    return totals(Actor.system("totals", organization))


def recent_employees(actor: Actor) -> int:
    """Return the number of employees in the passports of the actor's scope, cached like `recent_totals`."""
    key = f"employees:{actor.organization.path}" if actor.organization is not None else ""
    if key and (kept := cache.get(key)) is not None:
        return int(kept)
    if actor.organization is not None and (counted := _counted(actor.organization, "totals")) is not None:
        return int(counted["employees"])
    passports = OrganizationPassport.objects.filter(_rows_of(actor))
    found = passports.aggregate(employees=Sum("employees"), organizations=Count("pk"))
    if key and found["organizations"] > MANY_ORGANIZATIONS:
        cache.set(key, found["employees"] or 0, KEPT_SECONDS)
    return found["employees"] or 0


def recent_totals(actor: Actor) -> dict[str, int]:
    """Return the counts of `totals`; above `MANY_ORGANIZATIONS` they may be some minutes old.

    They come from the cache, which keeps them for `KEPT_SECONDS`, or from a worker's count.
    """
    own = actor.organization
    if own is None:
        return totals(actor)
    key = f"totals:{own.path}"
    if (kept := cache.get(key)) is not None:
        return kept
    if (counted := _counted(own, "totals")) is not None:
        return {name: counted[name] for name in FIELDS}
    sums, organizations = _sums(actor)
    if organizations > MANY_ORGANIZATIONS:
        cache.set(key, sums, KEPT_SECONDS)
    return sums


def recent_totals_under(organization: Organization) -> dict[str, int]:
    """Return the counts of an organisation and everything below it, like `recent_totals`."""
    return recent_totals(Actor.system("totals", organization))


def recent_totals_of_children(parent: Organization, children: Sequence[Organization]) -> dict[int, dict[str, int]]:
    """Return the counts of each child with its subtree, like `recent_totals`."""
    ids = sha256(",".join(str(child.pk) for child in children).encode()).hexdigest()
    key = f"totals:{parent.path}:{ids}"
    # Pairs, because a cache shared by several nodes cannot have numbers as keys.
    if (kept := cache.get(key)) is not None:
        return dict(kept)
    if (counted := _counted(parent, "children")) is not None:
        # An organisation founded since then is counted now.
        new = totals_of_children(parent, [child for child in children if str(child.pk) not in counted])
        return new | {child.pk: counted[str(child.pk)] for child in children if child.pk not in new}
    sums = totals_of_children(parent, children)
    if sum(row["organizations"] for row in sums.values()) > MANY_ORGANIZATIONS:
        cache.set(key, list(sums.items()), KEPT_SECONDS)
    return sums


def _rows_of(actor: Actor | None) -> Q:
    """Return the condition for rows that each organisation of the scope has once.

    The head of the only federation has all of them, so no need to read seventy thousand organisations.
    """
    own = actor.organization if actor is not None else None
    if own is not None and own.parent_id is None:
        others = Federation.objects.exclude(pk=own.federation_id)
        if not others.exists():
            return Q()
    return in_scope(actor, "organization__")


def _sums(actor: Actor | None) -> tuple[dict[str, int], int]:
    """Return the counts of `totals` and the number of organisations."""
    counted = {name: Sum(name) for name in FIELDS} | {"organizations": Count("pk")}
    found = Figures.objects.filter(_rows_of(actor)).aggregate(**counted)
    return {name: found[name] or 0 for name in FIELDS}, found["organizations"]


def incomplete_passports(at: Organization, actor: Actor) -> OrganizationQuerySet:
    """Return the working organisations of the subtree in the actor's scope with incomplete passports."""
    below = Organization.objects.visible_to(actor).under(at).working()
    return below.exclude(passport__completeness=100)


def ids_of_few(place: Organization | None, actor: Actor, people: int) -> list[int] | None:
    """Return the ids of the organisation, by default the actor's own, and of all below it in the actor's scope.

    None if there are more people than a search reads one by one. Rows of few organisations are found by id: with a
    path, PostgreSQL may read everybody in the federation with the name.
    """
    at = place or actor.organization
    if at is None or people > READ_BY_ORGANIZATION:
        return None
    return list(Organization.objects.visible_to(actor).under(at).order_by().values_list("pk", flat=True))


def totals_of_children(parent: Organization, children: Sequence[Organization]) -> dict[int, dict[str, int]]:
    """Return the counts of each child with its subtree and its number of working `organizations`, in one query."""
    if not children:
        return {}
    below = Q(organization__path__startswith=parent.path)
    if len(children) <= FEW_CHILDREN:
        below = Q()
        for child in children:
            below |= Q(organization__path__startswith=child.path)
    asked = {child.pk for child in children}
    return {child: sums for child, sums in _by_child(parent, below) if child in asked}


def sums_of_subtree(organization: Organization) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return the values that `SubtreeFigures` stores for the organisation: `totals` and `children`."""
    totals, children = Counter[str](), {}
    for child, sums in _by_child(organization, Q(organization__path__startswith=organization.path)):
        totals.update(sums)
        if child is not None:
            children[str(child)] = sums
    passports = OrganizationPassport.objects.filter(_rows_of(Actor.system("totals", organization)))
    totals["employees"] = passports.aggregate(employees=Sum("employees"))["employees"] or 0
    return dict(totals), children


def large_subtrees() -> set[int]:
    """Return the ids of the organisations with more than `MANY_ORGANIZATIONS` below them."""
    below = Counter[str]()
    for path in Organization.objects.order_by().values_list("path", flat=True).iterator():
        # The last parts are the organisation itself, and the empty text after the last slash.
        below.update(path.split("/")[:-2])
    return {int(pk) for pk, count in below.items() if count > MANY_ORGANIZATIONS}


def _by_child(parent: Organization, below: Q) -> Iterator[tuple[int | None, dict[str, int]]]:
    """Yield the ids of the organisations directly below with the sums of their subtrees; None for the parent alone."""
    # The part of the path after the parent's begins with the id of the child.
    rest = Substr("organization__path", len(parent.path) + 1)
    rows: Any = (
        Figures.objects.filter(below, organization__federation_id=parent.federation_id)
        .annotate(child=Left(rest, StrIndex(rest, Value("/")) - 1))
        .order_by()
        .values("child")
        .annotate(
            organizations=Count("pk", filter=~Q(organization__status=OrganizationStatus.ENDED)),
            **{f"sum_{name}": Sum(name) for name in FIELDS},
        )
    )
    for row in rows:
        sums = {"organizations": row["organizations"], **{name: row[f"sum_{name}"] or 0 for name in FIELDS}}
        # Empty for the parent itself.
        yield int(row["child"]) if row["child"].isdecimal() else None, sums


def recent_months(organization: Organization) -> Any:
    """Return a worker's recent count of the movement by month in a large subtree, or None."""
    return _counted(organization, "months", "months_counted_at")


def _counted(organization: Organization, field: str, at: str = "counted_at") -> Any:
    """Return a worker's recent sums of a large subtree, or None."""
    if organization.level not in _LARGE:
        return None
    since = timezone.now() - dt.timedelta(seconds=COUNTED_SECONDS)
    kept = SubtreeFigures.objects.filter(pk=organization.pk, **{f"{at}__gte": since})
    return kept.values_list(field, flat=True).first()
