"""One job under way: its chunks, its checkpoint and its result."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.access import Actor
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile

from .enums import JobState
from .models import Job

#: Makes of each chunk of items, in their order, what is then written; it may take some ahead to work on them at once.
Prepare = Callable[[Iterator[list[Any]]], Generator[Any, None, None]]
RESULT_KEPT = dt.timedelta(days=7)


class Cancelled(Exception):
    """The owner asked to stop."""


class LostLease(Exception):
    """Another worker has taken the job over; what this one did since its last checkpoint is undone."""


class Work:
    """What a job's function works with: parameters, the actor, progress and results."""

    def __init__(self, row: Job, actor: Actor) -> None:
        self.row = row
        self.actor = actor
        self.params: dict[str, Any] = row.params
        self.moved_at = timezone.now()

    def each(
        self, items: Sequence[Any], size: int, step: Callable[[Any], str | None], *, prepare: Prepare | None = None
    ) -> None:
        """Call `step` for chunks of the items from the checkpoint on; its data and the checkpoint commit together.

        What takes long and writes nothing goes into `prepare`, whose answer `step` then gets: a transaction that stays
        open holds up every other writer. `step` may answer the id of a part that it kept with `keep_part`.
        Raises `Cancelled` between chunks.
        """
        at = int(self.row.checkpoint.get("at", 0))
        self._write(total=len(items), done=min(at, len(items)))
        chunks = (list(items[start : start + size]) for start in range(at, len(items), size))
        with closing(prepare(chunks) if prepare is not None else chunks) as answers:
            while at < len(items):
                if Job.objects.filter(pk=self.row.pk, cancel_asked=True).exists():
                    raise Cancelled
                ready = next(answers)
                with transaction.atomic():
                    part = step(ready)
                    at = min(at + size, len(items))
                    parts = [*self.row.checkpoint.get("parts", []), *([part] if part else [])]
                    self._write(checkpoint={"at": at, "parts": parts}, done=at)

    def keep_part(self, data: bytes, name: str = "part") -> str:
        """Keep a chunk's outcome until the end; answers its id."""
        return str(self._keep(data, name, "application/octet-stream").pk)

    def parts(self) -> list[bytes]:
        """Outcomes of all chunks in order, those of an earlier attempt included."""
        rows = StoredFile.objects.in_bulk([uuid.UUID(pk) for pk in self.row.checkpoint.get("parts", [])])
        return [storage.read(rows[uuid.UUID(pk)]) for pk in self.row.checkpoint.get("parts", [])]

    def finish(
        self, data: bytes | None = None, *, name: str = "", content_type: str = "application/pdf", **summary: Any
    ) -> None:
        """Keep the result, if any, and facts for the page; parts are dropped."""
        with transaction.atomic():
            result = self._keep(data, name, content_type) if data is not None else None
            for row in StoredFile.objects.filter(pk__in=self.row.checkpoint.get("parts", [])):
                storage.drop(row)
            self._write(
                result=result,
                summary={**summary, "file": result is not None},
                state=JobState.DONE,
                finished_at=timezone.now(),
                checkpoint={},
                lease=None,
            )

    def _keep(self, data: bytes, name: str, content_type: str) -> StoredFile:
        return storage.keep(
            data,
            purpose=FilePurpose.JOB_RESULT,
            name=name,
            content_type=content_type,
            owner=self.actor.account,
            organization=self.row.organization,
            expires_at=timezone.now() + RESULT_KEPT,
        )

    def _write(self, **values: Any) -> None:
        written = Job.objects.filter(pk=self.row.pk, lease=self.row.lease, state=JobState.RUNNING).update(
            heartbeat_at=timezone.now(), **values
        )
        if not written:
            raise LostLease
        self.moved_at = timezone.now()
        for name, value in values.items():
            setattr(self.row, name, value)
