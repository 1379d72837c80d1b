"""Invariants of uploaded lists."""

from __future__ import annotations

from collections.abc import Iterable

from registry.integrity import invariant
from registry.jobs.models import Job

from .enums import BatchState
from .models import ImportBatch
from .uploads import READ


@invariant("A list that is being read has its file and an open job")
def lists_being_read() -> Iterable[str]:
    waiting = set(Job.objects.open().filter(kind=READ).values_list("params__batch", flat=True))
    for pk, source in ImportBatch.objects.filter(state=BatchState.READING).values_list("pk", "source"):
        if source is None:
            yield f"list {pk} is being read and has no file"
        if pk not in waiting:
            yield f"list {pk} is being read by no job"
