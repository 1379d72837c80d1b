"""Views of the user's own jobs: state, progress, cancelling, results."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry import answers
from registry import views as base
from registry.access import Actor
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.sizes import PAGE_LONG_ROWS
from registry.views import ActorRequest

from .enums import OPEN_JOBS, JobState
from .kinds import meanwhile_of, outcome_of, page_of, remains_of, title_of
from .models import Job
from .queue import cancel_job, fetch_result

#: Seconds between requests of the page for the job's status.
POLL_SECONDS = 2


def _own(request: ActorRequest, pk: uuid.UUID) -> Job:
    return base.load(Job.objects.visible_to(request.actor).select_related("result", "organization"), pk)


def described(job: Job) -> dict[str, Any]:
    """Return the context in which pages show a job."""
    result = job.result
    expired = result is not None and result.expires_at is not None and result.expires_at < timezone.now()
    return {
        "job": job,
        "title": title_of(job.kind),
        "open": job.state in OPEN_JOBS,
        "waits": job.state == JobState.QUEUED,
        "stopping": job.state == JobState.RUNNING and job.cancel_asked,
        "has_result": result is not None and not expired,
        "had_result": job.state == JobState.DONE and (result is None or expired) and job.summary.get("file", False),
        "outcome": outcome_of(job) if job.state == JobState.DONE else "",
        "remains": remains_of(job),
        "meanwhile": meanwhile_of(job),
        "page_url": page_of(job) if job.state != JobState.CANCELLED else "",
        "ask_again": POLL_SECONDS,
    }


def being_read(request: ActorRequest, job: Job) -> HttpResponse:
    """Redirect to the job that reads an uploaded file, with a message."""
    messages.info(request, _("The file is large: it is being read. This page leads on when it is done."))
    return redirect("jobs:detail", job.pk)


@require_safe
def job_list(request: ActorRequest) -> HttpResponse:
    """List the user's jobs, the latest first."""
    jobs = Job.objects.visible_to(request.actor).select_related("result", "organization")
    page = base.page_of(request, jobs, PAGE_LONG_ROWS)
    return render(request, "registry/jobs/list.html", {"page": page, "jobs": [described(job) for job in page]})


@require_safe
def job_detail(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one job with its progress."""
    return render(request, "registry/jobs/detail.html", described(_own(request, pk)))


@require_safe
def job_status(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Return the part of the job's page that is refreshed."""
    return render(request, "registry/jobs/status.html", described(_own(request, pk)))


@require_POST
def cancel(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Cancel a job of the user."""
    job = cancel_job(_own(request, pk).pk, by=request.actor)
    if job.state == JobState.CANCELLED:
        messages.success(request, _("The job is cancelled."))
    elif job.cancel_asked:
        messages.info(request, _("The job stops as soon as its present step is done."))
    else:
        messages.info(request, _("The job has ended already."))
    return redirect("jobs:detail", pk)


@require_safe
def result(request: ActorRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Download the result of a job; this can be repeated."""
    actor: Actor = request.actor
    if actor is None:
        raise NotAllowed
    try:
        job, data = fetch_result(pk, by=actor)
    except Job.DoesNotExist as error:
        raise Http404 from error
    except (StoredFile.DoesNotExist, FileNotFoundError):
        messages.warning(request, _("The result is no longer available. Start the job again."))
        return redirect("jobs:detail", pk)
    assert job.result is not None  # noqa: S101 - `fetch_result` read it
    return answers.result(data, job.result.name, job.result.content_type, job.result.size)
