"""The running job: its chunks, checkpoint and result."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import IO, Any, TypeVar

from django.db import transaction
from django.utils import timezone

from registry import replicas
from registry.access import Actor
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile

from .enums import JobState
from .models import Job
from .queries import others_wait

T = TypeVar("T")
#: Yields the value passed to `step` for each chunk of items, in order; it may read ahead to process several chunks at
#: once.
Prepare = Callable[[Iterator[list[Any]]], Generator[Any, None, None]]
#: A job that has run this long lets jobs of other organisations go first, between two chunks.
TURN_SECONDS = 30.0
RESULT_LIFETIME = dt.timedelta(days=7)


class Cancelled(Exception):
    """Raised if the owner has cancelled the job."""


class TurnOver(Exception):
    """Raised after the job's turn; it continues from its checkpoint after jobs of other organisations."""


class LostLease(Exception):
    """Raised if another worker has taken over the job; changes since the last checkpoint are rolled back."""


class Work:
    """The interface for a job's function: parameters, actor, progress and results."""

    def __init__(self, row: Job, actor: Actor) -> None:
        self.row = row
        self.actor = actor
        self.params: dict[str, Any] = row.params
        self.progressed_at = timezone.now()
        self._begun = time.monotonic()
        self._position: int | None = None

    @property
    def is_cancelled(self) -> bool:
        """Return whether the owner has asked to cancel the job."""
        return Job.objects.filter(pk=self.row.pk, cancel_asked=True).exists()

    def each(
        self, items: Sequence[Any], size: int, step: Callable[[Any], str | None], *, prepare: Prepare | None = None
    ) -> None:
        """Call `step` for chunks of the items after the checkpoint; its changes and the checkpoint are committed
        together.

        Slow work without writes belongs in `prepare`, whose values are passed to `step`: an open transaction blocks
        every
        other writer. `step` may return the id of a part stored by `keep_part`. Raises `Cancelled` between chunks, and
        `TurnOver` if others wait after a long turn.
        """
        begun_at = at = int(self.row.checkpoint.get("at", 0))
        self._write(total=len(items), done=min(at, len(items)))
        chunks = (list(items[start : start + size]) for start in range(at, len(items), size))
        with closing(prepare(chunks) if prepare is not None else chunks) as prepared:
            while at < len(items):
                if self.is_cancelled:
                    raise Cancelled
                if at > begun_at and time.monotonic() - self._begun >= TURN_SECONDS and others_wait(self.row):
                    raise TurnOver
                ready = next(prepared)
                with transaction.atomic():
                    part = step(ready)
                    at = min(at + size, len(items))
                    parts = [*self.row.checkpoint.get("parts", []), *([part] if part else [])]
                    self._write(checkpoint={"at": at, "parts": parts}, done=at)

    def read(self, work: Callable[[], T]) -> T:
        """Run the function on the replica, if it already has everything that existed at the job's first read.

        Use it in `prepare`: within the transaction of a step the primary server is read.
        """
        if self._position is None:
            self._position = replicas.position()
        return replicas.read(work, after=self._position, wait=replicas.PATIENCE)

    def note(self, **summary: Any) -> None:
        """Record facts for the page, together with the changes of the present step; `finish` keeps them."""
        self._write(summary={**self.row.summary, **summary})

    def keep_part(self, data: bytes, name: str = "part") -> str:
        """Store the result of a chunk until the end and return its id."""
        return str(self._keep(data, name, "application/octet-stream").pk)

    @property
    def has_parts(self) -> bool:
        """Return whether any chunk has a result."""
        return bool(self.row.checkpoint.get("parts"))

    def parts(self) -> Iterator[bytes]:
        """Yield the results of all chunks in order, including those of earlier attempts; each is read when needed."""
        rows = StoredFile.objects.in_bulk([uuid.UUID(pk) for pk in self.row.checkpoint.get("parts", [])])
        return (storage.read(rows[uuid.UUID(pk)]) for pk in self.row.checkpoint.get("parts", []))

    def finish(
        self,
        data: bytes | IO[bytes] | None = None,
        *,
        name: str = "",
        content_type: str = "application/pdf",
        **summary: Any,
    ) -> None:
        """Store the result, if any, and the summary for the page, and delete the parts. A large result is an open
        file.
        """
        with transaction.atomic():
            result = self._keep(data, name, content_type) if data is not None else None
            for row in StoredFile.objects.filter(pk__in=self.row.checkpoint.get("parts", [])):
                storage.delete_file(row)
            self._write(
                result=result,
                summary={**self.row.summary, **summary, "file": result is not None},
                state=JobState.DONE,
                finished_at=timezone.now(),
                checkpoint={},
                lease=None,
            )

    def _keep(self, data: bytes | IO[bytes], name: str, content_type: str) -> StoredFile:
        return storage.store_file(
            data,
            purpose=FilePurpose.JOB_RESULT,
            name=name,
            content_type=content_type,
            owner=self.actor.account,
            organization=self.row.organization,
            expires_at=timezone.now() + RESULT_LIFETIME,
        )

    def _write(self, **values: Any) -> None:
        written = Job.objects.filter(pk=self.row.pk, lease=self.row.lease, state=JobState.RUNNING).update(
            heartbeat_at=timezone.now(), **values
        )
        if not written:
            raise LostLease
        self.progressed_at = timezone.now()
        for name, value in values.items():
            setattr(self.row, name, value)
