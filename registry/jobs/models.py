"""Model of background jobs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import OPEN_JOBS, JobState, Lane

if TYPE_CHECKING:
    from registry.access import Actor


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor | None) -> JobQuerySet:
        """Return the actor's own jobs."""
        if actor is None or actor.account is None:
            return self.none()
        return self.filter(account=actor.account)

    def waiting(self, lane: str) -> JobQuerySet:
        """Return jobs that wait in the lane."""
        return self.filter(state=JobState.QUEUED, lane=lane)

    def open(self) -> JobQuerySet:
        """Return jobs that are waiting or running."""
        return self.filter(state__in=OPEN_JOBS)


class Job(models.Model):
    """A background job; heartbeat and checkpoint let it survive the death of its worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    #: Only ids and codes.
    params = models.JSONField(default=dict)
    account = models.ForeignKey(
        "registry.Account", models.CASCADE, null=True, related_name="jobs", verbose_name=_("requested by")
    )
    appointment = models.ForeignKey("registry.Appointment", models.CASCADE, null=True, related_name="+")
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.LONG, editable=False)
    #: Number of times the owner requested it while it was open.
    asked = models.PositiveSmallIntegerField(default=1, editable=False)
    total = models.PositiveIntegerField(_("steps"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    checkpoint = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    cancel_asked = models.BooleanField(default=False)
    #: Identifies the worker in charge; a worker that lost its lease may not write to the job.
    lease = models.UUIDField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    error = models.TextField(_("what went wrong"), blank=True)
    result = models.ForeignKey(
        "registry.StoredFile", models.SET_NULL, null=True, related_name="+", verbose_name=_("result")
    )
    #: Facts for the page, such as counts; no personal data.
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="job_of_account"),
            models.Index(fields=["heartbeat_at"], condition=Q(state=JobState.RUNNING), name="job_running_heartbeat"),
            models.Index(fields=["lane", "created_at"], condition=Q(state=JobState.QUEUED), name="job_waiting_in_lane"),
            models.Index(fields=["lane", "heartbeat_at"], name="job_served_in_lane"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_within_total"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_done(self) -> bool:
        """Return whether the job ended successfully."""
        return self.state == JobState.DONE

    @property
    def has_failed(self) -> bool:
        """Return whether the job failed."""
        return self.state == JobState.FAILED

    @property
    def percent(self) -> int:
        """Progress in percent, 0–100."""
        if self.state == JobState.DONE:
            return 100
        return self.done * 100 // self.total if self.total else 0
