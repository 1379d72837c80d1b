"""Background jobs: asked for in the transition of their cause, resumed after a worker's death, cancelled and fetched by their owner.

The queue is django-tasks; what it lacks stands in `Job`: heartbeat, lease and checkpoint. A chunk's data and its
checkpoint are one transaction, so a resumed job neither repeats nor skips anything.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from . import storage
from .access import Actor
from .enums import FilePurpose, JobState
from .errors import NotAllowed, RuleViolation
from .models import Appointment, Job, Organization, StoredFile
from .transitions.base import change, quietly, write_event
from .transitions.drafts import sweep_drafts

Run = Callable[["Work"], None]
#: Makes of each chunk of items, in their order, what is then written; it may take some ahead to work on them at once.
Prepare = Callable[[Iterator[list[Any]]], Generator[Any, None, None]]

logger = logging.getLogger(__name__)

#: A running job without a sign of life for so long belongs to a dead worker.
STALE_AFTER = dt.timedelta(seconds=60)
#: Who acts where the queue itself does.
_QUEUE = Actor.system("jobs")
#: The worker gives a sign of life so often, seconds, also within a long chunk …
BEAT = 15.0
#: … but not for ever: a job without a checkpoint for so long hangs.
HANGS_AFTER = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 4
RESULT_KEPT = dt.timedelta(days=7)
_REMAINS = gettext_lazy("What was done before stays as it is.")


@dataclass(frozen=True)
class Kind:
    """What is known of a kind of job: its function and what its owner reads."""

    run: Run
    title: Any
    #: Address of what the job worked on, if it has a page of its own.
    page: Callable[[Job], str] | None = None
    #: A sentence about what was done, from the facts that `finish` kept.
    outcome: Callable[[Mapping[str, Any]], str] | None = None
    #: What is left of a job that was stopped or failed (lazy).
    remains: Any = _REMAINS


_KINDS: dict[str, Kind] = {}


def job(
    kind: str,
    title: Any,
    *,
    page: Callable[[Job], str] | None = None,
    outcome: Callable[[Mapping[str, Any]], str] | None = None,
    remains: Any = _REMAINS,
) -> Callable[[Run], Run]:
    """Register the function that does the jobs of a kind; `title` (lazy) is what its owner reads (see `Kind`)."""

    def register(run: Run) -> Run:
        _KINDS[kind] = Kind(run, title, page, outcome, remains)
        return run

    return register


def discover() -> None:
    """Import the `jobs` module of every app."""
    autodiscover_modules("jobs")


def title_of(kind: str) -> Any:
    """What the owner reads for a kind of job."""
    return _KINDS[kind].title if kind in _KINDS else kind


def page_of(row: Job) -> str:
    """Address of what the job worked on; empty where there is none."""
    kind = _KINDS.get(row.kind)
    return kind.page(row) if kind is not None and kind.page is not None else ""


def outcome_of(row: Job) -> str:
    """What was done, in a sentence; empty where there is nothing to say."""
    kind = _KINDS.get(row.kind)
    return kind.outcome(row.summary) if kind is not None and kind.outcome is not None and row.summary else ""


def remains_of(row: Job) -> str:
    """What is left of a job that was stopped or failed, in a sentence."""
    return str(_KINDS[row.kind].remains if row.kind in _KINDS else _REMAINS)


Daily = Callable[[dt.date], None]
_DAILY: dict[Daily, dt.date] = {}


def daily(function: Daily) -> Daily:
    """Register what the worker does once a day and after its start; several workers may do it at once, to one effect."""
    _DAILY[function] = dt.date.min
    return function


def run_daily(today: dt.date) -> None:
    """Do what is due today; what fails comes again with the next day or start."""
    for function, done in list(_DAILY.items()):
        if done < today:
            _DAILY[function] = today
            try:
                function(today)
            except Exception as error:  # noqa: BLE001 - one of them does not stop the others
                logger.error("daily %s failed: %s", function.__name__, type(error).__name__)


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


@transaction.atomic
def start_job(kind: str, params: dict[str, Any], *, by: Actor, organization: Organization | None = None) -> Job:
    """Ask for a job in the transaction of its cause; parameters hold ids and codes only."""
    if kind not in _KINDS:
        raise KeyError(kind)
    row = Job.objects.create(
        kind=kind,
        params=params,
        account=by.account,
        appointment=by.appointment,
        organization=organization or by.organization,
        created_at=timezone.now(),
    )
    write_event("job.asked", by=by, about=row, organization=row.organization, kind=kind)
    run_job.enqueue(str(row.pk))
    return row


def cancel_job(job_id: uuid.UUID, *, by: Actor) -> Job:
    """Stop a waiting job at once, a running one after its present chunk."""
    with change(by=by, rule="", event="job.cancelled") as act:
        row = act.lock(Job.objects.visible_to(by), job_id)
        if row.state == JobState.QUEUED:
            row.state, row.finished_at = JobState.CANCELLED, act.now
        row.cancel_asked = row.state in {JobState.CANCELLED, JobState.RUNNING}
        row.save(update_fields=["state", "finished_at", "cancel_asked"])
        act.about(row, organization=row.organization, kind=row.kind)
    return row


@task()
def run_job(job_id: str) -> None:
    """Do the job; called by the worker, possibly for the second time after a death."""
    with quietly(_QUEUE) as act:
        row = next(iter(act.lock_many(Job.objects.filter(pk=job_id))), None)
        if row is None or row.state != JobState.QUEUED:
            return
        row.state, row.lease, row.attempts = JobState.RUNNING, uuid.uuid4(), row.attempts + 1
        row.heartbeat_at = timezone.now()
        row.started_at = row.started_at or row.heartbeat_at
        row.save()
    row = Job.objects.select_related(
        "account", "appointment__organization__federation", "organization__federation"
    ).get(pk=job_id)
    language = row.account.language if row.account else "ru"
    try:
        with override(language):
            work = Work(row, _actor(row))
            with _heart(work):
                _KINDS[row.kind].run(work)
                if work.row.state != JobState.DONE:
                    work.finish()
    except LostLease:
        logger.warning("job %s was taken over by another worker", job_id)
    except Cancelled:
        _end(row, JobState.CANCELLED)
    except (RuleViolation, NotAllowed) as refusal:
        with override(language):
            message = str(getattr(refusal, "message", "")) or _("You no longer have the right to do this.")
        _end(row, JobState.FAILED, message)
    except Exception as error:
        # The traceback of a job may quote a person's data; the log names the kind of error and the job alone.
        logger.error("job %s (%s) failed: %s", job_id, row.kind, type(error).__name__)
        _end(row, JobState.FAILED)
        if _RAISE:
            raise


@contextmanager
def _heart(work: Work) -> Iterator[None]:
    """Signs of life while a chunk takes longer than usual; they end with the process."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT) and timezone.now() - work.moved_at < HANGS_AFTER:
            try:
                Job.objects.filter(pk=work.row.pk, lease=work.row.lease, state=JobState.RUNNING).update(
                    heartbeat_at=timezone.now()
                )
            except DatabaseError as error:
                logger.warning("no sign of life of job %s: %s", work.row.pk, type(error).__name__)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


#: Tests of jobs want the error itself.
_RAISE = False


def _actor(row: Job) -> Actor:
    """The owner's rights as they are now, not as they were when he asked."""
    if row.account is None:
        return Actor.system("worker", row.organization)
    current = (
        Appointment.objects.current()
        .filter(pk=row.appointment_id or 0)
        .select_related("organization__federation")
        .first()
    )
    if current is None or not row.account.is_active:
        raise NotAllowed
    return Actor(account=row.account, appointment=current)


def _end(row: Job, state: JobState, error: str = "") -> None:
    with transaction.atomic():
        ended = Job.objects.filter(pk=row.pk, lease=row.lease, state=JobState.RUNNING).update(
            state=state, error=error, finished_at=timezone.now(), lease=None
        )
        if ended:
            for part in StoredFile.objects.filter(pk__in=row.checkpoint.get("parts", [])):
                storage.drop(part)


def fetch_result(job_id: uuid.UUID, *, by: Actor) -> tuple[Job, bytes]:
    """The result of one's own job, once more if need be; the appointment that it was asked under must still be in force.

    Raises `Job.DoesNotExist`, `StoredFile.DoesNotExist` where there is no result or it has expired, `NotAllowed`.
    """
    row = Job.objects.visible_to(by).select_related("result", "organization").get(pk=job_id)
    if not Appointment.objects.current().filter(pk=row.appointment_id or 0, account=by.account).exists():
        raise NotAllowed
    if row.result is None or (row.result.expires_at is not None and row.result.expires_at < timezone.now()):
        raise StoredFile.DoesNotExist
    data = storage.read(row.result)
    write_event("job.result_fetched", by=by, about=row, organization=row.organization, kind=row.kind)
    return row, data


def sweep() -> int:
    """Put back the jobs of dead workers, drop expired results and old drafts; answers how many jobs were put back."""
    now = timezone.now()
    put_back = 0
    for row in Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER):
        with transaction.atomic():
            # The same heartbeat as was read: meanwhile the worker may have given a sign of life.
            stale = Job.objects.filter(
                pk=row.pk, lease=row.lease, heartbeat_at=row.heartbeat_at, state=JobState.RUNNING
            )
            if row.attempts >= MAX_ATTEMPTS:
                stale.update(state=JobState.FAILED, finished_at=now, lease=None)
            elif stale.update(state=JobState.QUEUED, lease=None):
                run_job.enqueue(str(row.pk))
                put_back += 1
    put_back += _enqueue_lost(now)
    for file in StoredFile.objects.filter(expires_at__lt=now)[:500]:
        with transaction.atomic():
            storage.drop(file)
    storage.sweep_undone()
    sweep_drafts()
    run_daily(timezone.localdate(now))
    DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULT_KEPT).delete()
    return put_back


def _enqueue_lost(now: dt.datetime) -> int:
    """Waiting jobs whose place in the queue was taken by a worker that died before it began."""
    lost = 0
    for row in Job.objects.filter(state=JobState.QUEUED, created_at__lt=now - STALE_AFTER)[:500]:
        taken = DBTaskResult.objects.filter(args_kwargs__args=[str(row.pk)])
        if taken.filter(status=TaskResultStatus.READY).exists():
            continue
        newest = taken.order_by("-enqueued_at").values_list("started_at", flat=True).first()
        if newest is None or newest < now - STALE_AFTER:
            run_job.enqueue(str(row.pk))
            lost += 1
    return lost
