"""The queue: starting, running, cancelling and sweeping jobs, and fetching their results."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_guid import set_guid
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from registry.access import Actor, zone_of
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.known_places import sweep_places
from registry.accounts.transitions.sessions import sweep_attempts, sweep_sessions
from registry.accounts.transitions.visits import sweep_visits
from registry.drafts.transitions import sweep_drafts
from registry.errors import LostStore, NotAllowed, RuleViolation, lost_database
from registry.files import storage
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.repeating import repeated
from registry.transitions import Act, change, quietly, write_event
from registry.wal import empty_log_if_any

from . import queries, rules
from .enums import OPEN_JOBS, JobState, Lane
from .kinds import _KINDS, clean_up_after, daily, lane_of, logger, run_daily, run_daily_there, run_often, run_steps
from .models import Job
from .work import RESULT_LIFETIME, Cancelled, LostLease, TurnOver, Work

#: A running job without a heartbeat for this long belongs to a dead worker.
STALE_AFTER = dt.timedelta(seconds=60)
#: Time for which an ended job is listed for its owner.
JOB_KEPT = dt.timedelta(days=90)
#: The actor of changes made by the queue itself.
_QUEUE = Actor.system("jobs")
#: Seconds between heartbeats, also within a long chunk …
HEARTBEAT_SECONDS = 15.0
#: … unless the job has had no checkpoint for this long and is considered hanging.
HANGS_AFTER = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 4
#: Parameters that differ in each request without making it another job.
_UNIQUE = {"code"}


@transaction.atomic
def start_job(kind: str, params: dict[str, Any], *, by: Actor, organization: Organization | None = None) -> Job:
    """Enqueue a job in the caller's transaction, or return an open one that does the same for the same person.

    Parameters contain only ids and codes. Raises `TooManyJobs`, and `KeyError` for an unknown kind.
    """
    if kind not in _KINDS:
        raise KeyError(kind)
    if by.account is not None:
        with quietly(by) as act:
            # The lock on the account stops concurrent requests from starting one job too many.
            act.lock(Account, by.account.pk)
            already = list(Job.objects.open().filter(account=by.account).order_by("created_at"))
        for same in already:
            if _is_same(same, kind, params, by, organization or by.organization):
                same.asked += 1
                same.save(update_fields=["asked"])
                return same
        rules.check_can_start(len(already))
    row = Job.objects.create(
        kind=kind,
        params=params,
        account=by.account,
        appointment=by.appointment,
        organization=organization or by.organization,
        lane=lane_of(kind, params),
        created_at=timezone.now(),
    )
    write_event("job.asked", by=by, about=row, organization=row.organization, kind=kind)
    _enqueue(row.lane)
    return row


def _is_same(row: Job, kind: str, params: dict[str, Any], by: Actor, organization: Organization | None) -> bool:
    if row.cancel_asked or (row.state != JobState.QUEUED and _KINDS[kind].rereads):
        return False
    own = (kind, by.appointment.pk if by.appointment else None, organization.pk if organization else None)
    return (row.kind, row.appointment_id, row.organization_id) == own and _lasting(row.params) == _lasting(params)


def _lasting(params: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(json.dumps(params))
    return {name: value for name, value in known.items() if name not in _UNIQUE}


def _enqueue(lane: str) -> None:
    """Let a worker run one more job of the lane; it chooses the job once it is free."""
    run_next.using(queue_name=lane).enqueue(lane)


def cancel_job(job_id: uuid.UUID, *, by: Actor) -> Job:
    """Cancel a waiting job at once, a running one after its current chunk."""
    with change(by=by, rule="", event="job.cancelled") as act:
        row = act.lock(Job.objects.visible_to(by), job_id)
        row.cancel_asked = row.cancel_asked or row.state in OPEN_JOBS
        if row.state == JobState.QUEUED:
            row.state, row.finished_at = JobState.CANCELLED, act.now
            clean_up_after(row)
        row.save(update_fields=["state", "finished_at", "cancel_asked"])
        act.about(row, organization=row.organization, kind=row.kind)
    return row


@task()
def run_next(lane: str) -> None:
    """Run the next job in the lane; called by the worker."""
    with quietly(_QUEUE) as act:
        begun = next((pk for pk in queries.in_turn(lane, act.now) if _begin(act, pk)), None)
    if begun is not None:
        _run(begun)


@task()
def run_job(job_id: str) -> None:
    """Run this job out of turn, if it is still waiting."""
    with quietly(_QUEUE) as act:
        begun = _begin(act, uuid.UUID(job_id))
    if begun:
        _run(uuid.UUID(job_id))


def _begin(act: Act, job_id: uuid.UUID) -> bool:
    """Take the job; return whether it was waiting and no other worker takes it."""
    row = next(iter(act.lock_many(Job.objects.filter(pk=job_id, state=JobState.QUEUED), skip_locked=True)), None)
    if row is None:
        return False
    row.state, row.lease, row.attempts = JobState.RUNNING, uuid.uuid4(), row.attempts + 1
    row.heartbeat_at = timezone.now()
    row.started_at = row.started_at or row.heartbeat_at
    row.save()
    return True


def _run(job_id: uuid.UUID) -> None:
    """Run the job that this worker has taken, possibly again after another worker died."""
    # For log lines.
    set_guid(str(job_id))
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
    except TurnOver:
        _put_back(row)
    except Cancelled:
        _end(row, JobState.CANCELLED)
    except (RuleViolation, NotAllowed) as refusal:
        with override(language):
            message = str(getattr(refusal, "message", "")) or _("You no longer have the right to do this.")
        _end(row, JobState.FAILED, message)
    except Exception as error:
        if lost_database(error) or isinstance(error, LostStore):
            # Without heartbeats it is put back into the queue and continues from its checkpoint.
            lost = "store of files" if isinstance(error, LostStore) else "database"
            logger.warning("job %s (%s): the %s was lost", job_id, row.kind, lost)
            return
        # Only the place and class of the error; its message may quote personal data (registry.logs).
        logger.error("job %s (%s) failed", job_id, row.kind, exc_info=error)
        _end(row, JobState.FAILED)
        if _RAISE:
            raise


def _heartbeat(work: Work) -> AbstractContextManager[None]:
    """Send heartbeats while a chunk takes longer, unless it hangs."""

    def beat() -> bool:
        if timezone.now() - work.progressed_at >= HANGS_AFTER:
            return False
        Job.objects.filter(pk=work.row.pk, lease=work.row.lease, state=JobState.RUNNING).update(
            heartbeat_at=timezone.now()
        )
        return True

    return repeated(beat, seconds=HEARTBEAT_SECONDS, failed=f"no sign of life of job {work.row.pk}")


#: Tests set it to re-raise errors of jobs.
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


def _put_back(row: Job) -> None:
    """Put the job back into the queue, without counting a failed attempt."""
    with transaction.atomic():
        back = Job.objects.filter(pk=row.pk, lease=row.lease, state=JobState.RUNNING)
        if back.update(state=JobState.QUEUED, lease=None, attempts=F("attempts") - 1, heartbeat_at=timezone.now()):
            _enqueue(row.lane)


def _end(row: Job, state: JobState, error: str = "") -> None:
    with transaction.atomic():
        ended = Job.objects.filter(pk=row.pk, lease=row.lease, state=JobState.RUNNING).update(
            state=state, error=error, finished_at=timezone.now(), lease=None
        )
        if ended:
            clean_up_after(row)
            for part in StoredFile.objects.filter(pk__in=row.checkpoint.get("parts", [])):
                storage.delete_file(part)


def fetch_result(job_id: uuid.UUID, *, by: Actor) -> tuple[Job, bytes | Iterator[bytes]]:
    """Return the actor's job and its result, a large one in pieces.

    The appointment that requested it must still be in force.

    Raises `Job.DoesNotExist`, `StoredFile.DoesNotExist` if there is no result or it has expired, `NotAllowed`.
    """
    row = Job.objects.visible_to(by).select_related("result", "organization").get(pk=job_id)
    if not Appointment.objects.current().filter(pk=row.appointment_id or 0, account=by.account).exists():
        raise NotAllowed
    if row.result is None or (row.result.expires_at is not None and row.result.expires_at < timezone.now()):
        raise StoredFile.DoesNotExist
    data = storage.contents(row.result)
    write_event("job.result_fetched", by=by, about=row, organization=row.organization, kind=row.kind)
    return row, data


def sweep() -> int:
    """Requeue jobs of dead workers, run due daily work, and delete expired data: results, drafts, counts of visits,
    known places, failed sign-ins, sessions.

    Return the number of requeued jobs. Steps of the daily work may remain (`kinds.steps_remain`).
    """
    now = timezone.now()
    requeued = 0
    for row in Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER):
        with transaction.atomic():
            # With the heartbeat just read, because the worker may have sent another one meanwhile.
            stale = Job.objects.filter(
                pk=row.pk, lease=row.lease, heartbeat_at=row.heartbeat_at, state=JobState.RUNNING
            )
            if row.attempts >= MAX_ATTEMPTS:
                if stale.update(state=JobState.FAILED, finished_at=now, lease=None):
                    clean_up_after(row)
            elif stale.update(state=JobState.QUEUED, lease=None):
                _enqueue(row.lane)
                requeued += 1
    requeued += _enqueue_lost(now)
    for file in StoredFile.objects.filter(expires_at__lt=now)[:500]:
        with transaction.atomic():
            storage.delete_file(file)
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
    empty_log_if_any()
    run_steps()
    return requeued


@daily
def forget_jobs(today: dt.date) -> None:
    """Delete jobs that ended more than `JOB_KEPT` ago; the journal keeps who requested them."""
    Job.objects.filter(finished_at__lt=timezone.now() - JOB_KEPT).delete()


def _enqueue_lost(now: dt.datetime) -> int:
    """Enqueue a task for each waiting job without one, because its worker died before it started; return their
    number.
    """
    lost = 0
    for lane in Lane.values:
        tasks = DBTaskResult.objects.filter(queue_name=lane)
        coming = tasks.filter(status=TaskResultStatus.READY).count()
        # A worker may have taken these without having started yet; a superfluous task does nothing.
        coming += tasks.filter(status=TaskResultStatus.RUNNING, started_at__gte=now - STALE_AFTER).count()
        waiting = Job.objects.waiting(lane).filter(created_at__lt=now - STALE_AFTER).count()
        for _number in range(waiting - coming):
            _enqueue(lane)
            lost += 1
    return lost
