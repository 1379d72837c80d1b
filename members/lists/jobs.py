"""Background jobs on lists: checking, and registering people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.people.errors import SomeRefused
from registry.jobs.kinds import job
from registry.jobs.models import Job
from registry.jobs.work import Work

from . import batches
from .enums import RowVerdict
from .models import ImportBatch


def _list_page(row: Job) -> str:
    return reverse("imports:detail", args=[row.params["batch"]])


def _outcome(summary: Mapping[str, Any]) -> str:
    count = summary.get("people", 0)
    return ngettext("%(n)s person is registered.", "%(n)s people are registered.", count) % {"n": count}


@job("import.check", _("Check of a list"), page=_list_page)
def check_list(work: Work) -> None:
    """Check the rows of the batch `params["batch"]`."""

    def check(chunk: list[int]) -> None:
        batches.check_batch(chunk[0], by=work.actor)

    work.each([work.params["batch"]], 1, check)


@job("import.apply", _("Registration of the people on a list"), page=_list_page, outcome=_outcome)
def apply_list(work: Work) -> None:
    """Register the people of the correct rows of the batch `params["batch"]`, all or none."""

    def put(chunk: list[int]) -> None:
        batches.apply_batch(chunk[0], by=work.actor)

    before = _registered(work)
    try:
        work.each([work.params["batch"]], 1, put)
    except SomeRefused:
        # One of the people was registered in the meantime: the check finds the rows concerned.
        batches.check_batch(work.params["batch"], by=work.actor)
        raise
    work.finish(people=_registered(work) - before)


def _registered(work: Work) -> int:
    batch = ImportBatch.objects.visible_to(work.actor).get(pk=work.params["batch"])
    return int(batch.counts.get(RowVerdict.DONE, 0))
