"""Rules for background jobs: the maximum number for an account, and the files that they read (N-S2)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registry.errors import RuleViolation, TooManyJobs
from registry.files.models import StoredFile


def check_can_start(already_open: int) -> None:
    """Raise `TooManyJobs` (N-S2) if the account has the maximum number of open jobs."""
    most: int = settings.OPEN_JOBS_OF_ACCOUNT
    if already_open >= most:
        raise TooManyJobs(
            "N-S2",
            ngettext_lazy(
                "Nothing was started: %(most)s job of yours waits or runs already. Wait for its end, or stop it.",
                "Nothing was started: %(most)s jobs of yours wait or run already. Wait until one has ended, or stop "
                "one that you no longer need.",
                most,
            )
            % {"most": most},
        )


def check_is_stored(file: StoredFile | None) -> StoredFile:
    """Return the uploaded file of a job. Raises `RuleViolation` (N-S2) if it is deleted."""
    if file is None:
        raise RuleViolation("N-S2", _("The file is no longer stored. Upload it again."))
    return file


def refuse_unreadable(reason: Any) -> NoReturn:
    """Raise `RuleViolation` (N-S2) for an uploaded file that cannot be read, with the reason as its message."""
    raise RuleViolation("N-S2", reason, field="file")
