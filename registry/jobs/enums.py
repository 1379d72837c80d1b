"""States of jobs and the allowed moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registry.states import register


class JobState(TextChoices):
    """Life cycle of a background job."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


JOB_MOVES: dict[str, set[str]] = {
    JobState.QUEUED: {JobState.RUNNING, JobState.CANCELLED},
    # Back to the queue if the worker died.
    JobState.RUNNING: {JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED},
    JobState.DONE: set(),
    JobState.FAILED: set(),
    JobState.CANCELLED: set(),
}


class Lane(TextChoices):
    """Lanes of waiting jobs: every worker has a place for each. The values are the names of the queues."""

    LONG = "default", _("long")
    #: Work that takes some seconds and never waits behind hours of printing.
    SHORT = "short", _("short")


OPEN_JOBS = frozenset({JobState.QUEUED, JobState.RUNNING})
register(
    "registry.Job",
    JOB_MOVES,
    _("The job has ended already."),
    tones={
        JobState.QUEUED: "",
        JobState.RUNNING: "info",
        JobState.DONE: "ok",
        JobState.FAILED: "bad",
        JobState.CANCELLED: "",
    },
)
