"""The superiors of organisations on a past day, so that counts agree with the reports of that time (N-H3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from registry.journal.models import Event
from registry.organizations.models import Organization

#: Events that change the superior of an organisation.
_MOVING = ("organization.moved", "organization.merged")


@dataclass(frozen=True)
class Moved:
    """An organisation that had another superior on the day, with its path now and then."""

    pk: int
    path: str
    path_then: str
    parent_then: int
    #: Paths of moved organisations that are below it now; they are counted separately.
    inner: tuple[str, ...]


def moved_since(federation_id: int, day: dt.date) -> list[Moved]:
    """Return the organisations of the federation whose superior on the day differs from today's."""
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    if not Event.objects.filter(action__in=_MOVING, at__gte=until).exists():
        return []
    parents = _parents_then(federation_id, until)
    if not parents:
        return []
    paths = dict(Organization.objects.filter(pk__in={*parents, *parents.values()}).values_list("pk", "path"))
    moved = {paths[pk]: pk for pk in parents}
    return [
        Moved(
            pk=pk,
            path=path,
            path_then=_path_then(path, paths, parents),
            parent_then=parents[pk],
            inner=tuple(other for other in moved if other != path and other.startswith(path)),
        )
        for path, pk in sorted(moved.items())
    ]


def _parents_then(federation_id: int, until: dt.datetime) -> dict[int, int]:
    # Only organisations changed since then can have moved, so read the changes instead of the federation's whole
    # history.
    history: Any = Organization.history.filter(federation_id=federation_id, parent_id__isnull=False)
    touched = history.filter(history_date__gte=until, history_change_reason="N-H3").values("id")
    known = history.filter(id__in=touched, history_date__lt=until).order_by("history_date", "history_id")
    then = dict(known.values_list("id", "parent_id"))
    current = dict(Organization.objects.filter(pk__in=list(then)).values_list("pk", "parent_id"))
    return {pk: parent for pk, parent in then.items() if parent is not None and parent != current[pk]}


def _path_then(path: str, paths: dict[int, str], parents: dict[int, int]) -> str:
    """Return the path on the day, starting from the nearest superior that was moved since."""
    steps = [int(step) for step in path.split("/") if step]
    for at in range(len(steps) - 1, -1, -1):
        if steps[at] in parents:
            above = _path_then(paths[parents[steps[at]]], paths, parents)
            return above + "".join(f"{step}/" for step in steps[at:])
    return path


def only_of(moved: Moved, prefix: str) -> Q:
    """Return a condition for the moved organisation and those below it, without those counted separately."""
    found = Q(**{f"{prefix}path__startswith": moved.path})
    for inner in moved.inner:
        found &= ~Q(**{f"{prefix}path__startswith": inner})
    return found
