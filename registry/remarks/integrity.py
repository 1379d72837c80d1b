"""Invariants of remarks (N-S1)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, OuterRef, Subquery

from registry.integrity import invariant
from registry.sizes import CHUNK_READ

from .enums import RemarkKind, RemarkState, StepKind
from .models import Remark, RemarkStep

#: State → the latest step that leads to it.
_LEADS_TO = {
    RemarkState.OPEN: {StepKind.MADE, StepKind.RETURNED},
    RemarkState.ANSWERED: {StepKind.ANSWERED},
    RemarkState.ACCEPTED: {StepKind.ACCEPTED},
    RemarkState.WITHDRAWN: {StepKind.WITHDRAWN},
}


@invariant("The state of a remark is that of the latest step of its trail")
def trails() -> Iterable[str]:
    steps = RemarkStep.objects.filter(remark=OuterRef("pk")).exclude(kind=StepKind.RAISED).order_by("-pk")
    found = Remark.objects.annotate(latest=Subquery(steps.values("kind")[:1])).order_by("pk")
    for pk, state, latest in found.values_list("pk", "state", "latest").iterator(chunk_size=CHUNK_READ):
        if latest not in _LEADS_TO[RemarkState(state)]:
            yield f"remark {pk}: {state}, the latest step is {latest}"


@invariant("The term of a remark is the one that its trail set last")
def terms() -> Iterable[str]:
    steps = RemarkStep.objects.filter(remark=OuterRef("pk"), term__isnull=False).order_by("-pk")
    found = Remark.objects.annotate(latest=Subquery(steps.values("term")[:1])).exclude(latest=F("term"))
    yield from (f"remark {pk}: the term is not that of the trail" for pk in found.values_list("pk", flat=True))


@invariant("Only a remark on many cards names several members")
def people() -> Iterable[str]:
    others = Remark.objects.exclude(kind=RemarkKind.PEOPLE).filter(people__isnull=False).distinct()
    yield from (
        f"remark {pk} is not on many cards and names several members" for pk in others.values_list("pk", flat=True)
    )
