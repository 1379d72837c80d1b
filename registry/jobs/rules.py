"""Rules for background jobs: how many of them one account may have (N-S2)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import ngettext_lazy

from registry.errors import TooManyJobs


def check_can_start(already_open: int) -> None:
    """Raise `TooManyJobs` (N-S2) if the account has as many jobs waiting or running as it may have."""
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
