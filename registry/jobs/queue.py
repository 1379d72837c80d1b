"""The queue: starting, running, cancelling and sweeping jobs, and fetching their results."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_guid import set_guid
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from registry.access import Actor, zone_of
from registry.accounts.models import Appointment
from registry.accounts.transitions.known_places import sweep_places
from registry.accounts.transitions.sessions import sweep_attempts, sweep_sessions
from registry.accounts.transitions.visits import sweep_visits
from registry.drafts.transitions import sweep_drafts
from registry.errors import NotAllowed, RuleViolation, lost_database
from registry.files import storage
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.transitions import change, quietly, write_event

from .enums import OPEN_JOBS, JobState
from .kinds import _KINDS, daily, give_up, logger, run_daily, run_daily_there, run_often
from .models import Job
from .work import RESULT_LIFETIME, Cancelled, LostLease, Work

#: A running job without a heartbeat for this long belongs to a dead worker.
STALE_AFTER = dt.timedelta(seconds=60)
#: Time for which an ended job is listed for its owner.
JOB_KEPT = dt.timedelta(days=90)
#: The actor of changes made by the queue itself.
_QUEUE = Actor.system("jobs")
#: Seconds between heartbeats, also within a long chunk …
HEARTBEAT_SECONDS = 15.0
#: … unless the job has had no checkpoint for this long and therefore hangs.
HANGS_AFTER = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 4


@transaction.atomic
def start_job(kind: str, params: dict[str, Any], *, by: Actor, organization: Organization | None = None) -> Job:
    """Enqueue a job in the caller's transaction; parameters contain ids and codes only. Raises `KeyError` for an
    unknown kind.
    """
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
    """Cancel a waiting job at once, a running one after its current chunk."""
    with change(by=by, rule="", event="job.cancelled") as act:
        row = act.lock(Job.objects.visible_to(by), job_id)
        row.cancel_asked = row.cancel_asked or row.state in OPEN_JOBS
        if row.state == JobState.QUEUED:
            row.state, row.finished_at = JobState.CANCELLED, act.now
            give_up(row)
        row.save(update_fields=["state", "finished_at", "cancel_asked"])
        act.about(row, organization=row.organization, kind=row.kind)
    return row


@task()
def run_job(job_id: str) -> None:
    """Run the job; called by the worker, possibly again after another one died."""
    # Lines of the log have it.
    set_guid(job_id)
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
            with _heartbeat(work), timezone.override(zone_of(work.actor)):
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
        if lost_database(error):
            # Without heartbeats it is put back into the queue, and goes on from its checkpoint.
            logger.warning("job %s (%s): the database was lost", job_id, row.kind)
            return
        # Where it failed and the class of the error; its message may quote personal data (registry.logs).
        logger.error("job %s (%s) failed", job_id, row.kind, exc_info=error)
        _end(row, JobState.FAILED)
        if _RAISE:
            raise


@contextmanager
def _heartbeat(work: Work) -> Iterator[None]:
    """Send heartbeats while a chunk takes longer; they stop with the process."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_SECONDS) and timezone.now() - work.progressed_at < HANGS_AFTER:
            try:
                Job.objects.filter(pk=work.row.pk, lease=work.row.lease, state=JobState.RUNNING).update(
                    heartbeat_at=timezone.now()
                )
            except Error as error:
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


#: Set by tests to re-raise errors of jobs.
_RAISE = False


def _actor(row: Job) -> Actor:
    """Return the owner with their present rights, not those at the time of the request. Raises `NotAllowed`."""
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
            give_up(row)
            for part in StoredFile.objects.filter(pk__in=row.checkpoint.get("parts", [])):
                storage.drop(part)


def fetch_result(job_id: uuid.UUID, *, by: Actor) -> tuple[Job, bytes]:
    """Return the actor's job and its result; the appointment that requested it must still be in force.

    Raises `Job.DoesNotExist`, `StoredFile.DoesNotExist` if there is no result or it has expired, `NotAllowed`.
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
    """Requeue jobs of dead workers, run due daily work, and delete what has expired: results, drafts, counts of visits,
    places of signing in, failed sign-ins, sessions.

    Return the number of requeued jobs.
    """
    now = timezone.now()
    requeued = 0
    for row in Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER):
        with transaction.atomic():
            # With the heartbeat just read: the worker may have sent another one meanwhile.
            stale = Job.objects.filter(
                pk=row.pk, lease=row.lease, heartbeat_at=row.heartbeat_at, state=JobState.RUNNING
            )
            if row.attempts >= MAX_ATTEMPTS:
                if stale.update(state=JobState.FAILED, finished_at=now, lease=None):
                    give_up(row)
            elif stale.update(state=JobState.QUEUED, lease=None):
                run_job.enqueue(str(row.pk))
                requeued += 1
    requeued += _enqueue_lost(now)
    for file in StoredFile.objects.filter(expires_at__lt=now)[:500]:
        with transaction.atomic():
            storage.drop(file)
    storage.sweep_uncommitted()
    sweep_drafts()
    sweep_visits()
    sweep_places()
    sweep_attempts()
    sweep_sessions()
    run_daily(timezone.localdate(now))
    run_daily_there(now)
    run_often(now)
    DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULT_LIFETIME).delete()
    return requeued


@daily
def forget_jobs(today: dt.date) -> None:
    """Delete the rows of jobs that ended more than `JOB_KEPT` ago; the journal keeps who asked for them."""
    Job.objects.filter(finished_at__lt=timezone.now() - JOB_KEPT).delete()


def _enqueue_lost(now: dt.datetime) -> int:
    """Requeue waiting jobs whose task was taken by a worker that died before starting it; return their number."""
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
