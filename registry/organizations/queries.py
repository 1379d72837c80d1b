"""Sums of stored counts over a scope: one row per organisation, members are never counted (invariant 9)."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Left, StrIndex, Substr

from registry.access import Actor, in_scope

from .enums import OrganizationStatus
from .models import Federation, Figures, Organization, OrganizationPassport, OrganizationQuerySet

FIELDS = ("members", "consents_printed", "consents_signed", "incomplete", "in_transit", "applications")

#: Sums over more organisations than the first number are cached; the second is the time in seconds.
#: A large federation has seventy thousand.
MANY_ORGANIZATIONS, KEPT_SECONDS = 1_000, 60
#: Children whose paths are compared one by one; of more, everything below the parent is read once.
FEW_CHILDREN = 5


def totals(actor: Actor | None) -> dict[str, int]:
    """Return the counts of everything in the actor's scope."""
    return _sums(actor)[0]


def totals_under(organization: Organization) -> dict[str, int]:
    """Return the counts of an organisation with everything below it (invariant 9)."""
    return totals(Actor.system("totals", organization))


def recent_employees(actor: Actor) -> int:
    """Return the number of employees in the passports of the actor's scope; kept as `recent_totals` is."""
    key = f"employees:{actor.organization.path}" if actor.organization is not None else ""
    if key and (kept := cache.get(key)) is not None:
        return int(kept)
    passports = OrganizationPassport.objects.filter(_rows_of(actor))
    found = passports.aggregate(employees=Sum("employees"), organizations=Count("pk"))
    if key and found["organizations"] > MANY_ORGANIZATIONS:
        cache.set(key, found["employees"] or 0, KEPT_SECONDS)
    return found["employees"] or 0


def recent_totals(actor: Actor) -> dict[str, int]:
    """Return the counts of `totals`; for more than `MANY_ORGANIZATIONS` they are up to `KEPT_SECONDS` old."""
    own = actor.organization
    if own is None:
        return totals(actor)
    key = f"totals:{own.path}"
    if (kept := cache.get(key)) is not None:
        return kept
    sums, organizations = _sums(actor)
    if organizations > MANY_ORGANIZATIONS:
        cache.set(key, sums, KEPT_SECONDS)
    return sums


def recent_totals_under(organization: Organization) -> dict[str, int]:
    """Return the counts of an organisation with everything below it, as `recent_totals` does."""
    return recent_totals(Actor.system("totals", organization))


def recent_totals_of_children(parent: Organization, children: Sequence[Organization]) -> dict[int, dict[str, int]]:
    """Return the counts of each child with its subtree, as `recent_totals` does."""
    ids = sha256(",".join(str(child.pk) for child in children).encode()).hexdigest()
    key = f"totals:{parent.path}:{ids}"
    # Pairs: a cache that several nodes share keeps no numbers as keys.
    if (kept := cache.get(key)) is not None:
        return dict(kept)
    sums = totals_of_children(parent, children)
    if sum(row["organizations"] for row in sums.values()) > MANY_ORGANIZATIONS:
        cache.set(key, list(sums.items()), KEPT_SECONDS)
    return sums


def _rows_of(actor: Actor | None) -> Q:
    """Return the condition for rows that organisations of the scope have, one each.

    The head of the only federation has them all: seventy thousand organisations are not read to find that out.
    """
    own = actor.organization if actor is not None else None
    if own is not None and own.parent_id is None:
        others = Federation.objects.exclude(pk=own.federation_id)
        if not others.exists():
            return Q()
    return in_scope(actor, "organization__")


def _sums(actor: Actor | None) -> tuple[dict[str, int], int]:
    """Return the counts of `totals`, and of how many organisations they are."""
    counted = {name: Sum(name) for name in FIELDS} | {"organizations": Count("pk")}
    found = Figures.objects.filter(_rows_of(actor)).aggregate(**counted)
    return {name: found[name] or 0 for name in FIELDS}, found["organizations"]


def incomplete_passports(at: Organization, actor: Actor) -> OrganizationQuerySet:
    """Return the working organisations of the subtree in the actor's scope whose passports are not complete."""
    below = Organization.objects.visible_to(actor).under(at).working()
    return below.exclude(passport__completeness=100)


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
    # The rest of the path after the parent's begins with the id of the child.
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
    # Left of no slash: the parent itself.
    return {
        int(row["child"]): {"organizations": row["organizations"], **{name: row[f"sum_{name}"] or 0 for name in FIELDS}}
        for row in rows
        if row["child"].isdecimal() and int(row["child"]) in asked
    }
