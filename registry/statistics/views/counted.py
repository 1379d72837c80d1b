"""Health data of many people, which a job counts once a day (N-S3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.views import ActorRequest, needs

from ..columns import Dimension
from ..counting import MAX_HEALTH, Asked, health_numbers
from ..exports import Counting, Figure, Report
from ..models import HealthCount
from ..transitions import COUNT_HEALTH, ask_for_count
from .asking import place_in


def health_numbers_of(
    asked: Asked, dimensions: Sequence[Dimension], report: Report, *, crossed: bool
) -> Counter[tuple[str, ...]] | None:
    """Return the numbers by health data, read now or counted today by a job; None while they are not there.

    The report then says what to do.
    """
    if asked.total <= MAX_HEALTH:
        return health_numbers(asked, dimensions, crossed=crossed)
    question = ",".join(one.key for one in dimensions) if crossed else ""
    row = HealthCount.objects.visible_to(asked.actor).asked(asked.at, asked.day, question).first()
    if row is not None and row.numbers is not None:
        report.notes.append(_("Counted today by a job. The numbers are deleted when the day is over."))
        return Counter({(first, second): number for first, second, number in row.numbers})
    report.counting = Counting(asked.day, question, row is not None, _job_of(row, asked))
    report.notes = [
        _("Health data are stored encrypted. For more than %(count)s people a job reads them, which takes minutes; the "
          "numbers are here until the day ends.") % {"count": Figure.of(MAX_HEALTH).text}
        if row is None
        else _("The numbers are being counted. Open this page again in some minutes.")
    ]  # fmt: skip
    return None


def _job_of(row: HealthCount | None, asked: Asked) -> Job | None:
    """Return the actor's own job that counts the row."""
    own = Job.objects.visible_to(asked.actor).open().filter(kind=COUNT_HEALTH) if row is not None else []
    return next((job for job in own if row is not None and job.params["count"] == row.pk), None)


@require_POST
@needs(Permission.VIEW_ORGANIZATIONS)
def count(request: ActorRequest, pk: int, report: str) -> HttpResponse:
    """Start the job that counts what the page asks for. Raises `Http404` where there is nothing to be counted."""
    from .files import REPORTS  # noqa: PLC0415 - its pages ask this module for their numbers

    at = place_in(request, pk)
    built = REPORTS[report](request.actor, at, request.GET) if report in {"health", "cross"} else None
    if built is None or built.counting is None:
        raise Http404
    query = request.GET.urlencode()
    back = f"{reverse(f'statistics:{report}', args=[at.pk])}?{query}"
    if built.counting.asked:
        return redirect(back)
    try:
        with transaction.atomic():
            row = ask_for_count(at.pk, built.counting.day, built.counting.question, by=request.actor)
            params = {"count": row.pk, "place": at.pk, "report": report, "query": query}
            job = start_job(COUNT_HEALTH, params, by=request.actor, organization=at)
    except RuleViolation as violation:
        messages.error(request, str(violation.message))
        return redirect(back)
    return redirect("jobs:detail", job.pk)
