"""Reports of large organisations, whose sums are counted by a job once a day (N-D1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.organizations.queries import totals_under
from registry.statistics.views.counted import can_count_again, job_of
from registry.views import ActorRequest, needs

from ..queries.asked import Asked
from ..queries.kept import kept_of, with_kept
from ..transitions import COUNT, ask_for_report
from .asking import form_in, period_query, place_in

#: Maximum number of members whose books are read while a page waits, which takes about 0.3 s on PostgreSQL.
MAX_MEMBERS = 20_000


def is_large(place: Organization) -> bool:
    """Return whether a job counts the sums of the organisation; their lines are listed further down the tree."""
    return totals_under(place)["members"] > MAX_MEMBERS


def counted(asked: Asked, request: ActorRequest) -> tuple[Asked, Mapping[str, Any]]:
    """Return the query, with the sums of a large organisation if a job has counted them, and the page's notes."""
    if not is_large(asked.place):
        return asked, {}
    row = kept_of(asked, request.actor)
    query = urlencode(period_query(asked.place, asked.first, asked.last))
    if row is not None and row.counted_at is not None:
        note = _(
            "Counted today at %(time)s; the sums are deleted when the day is over. Lines are listed in the reports of "
            "the organisations below."
        )
        time = date_format(timezone.localtime(row.counted_at), "H:i")
        return with_kept(asked, row), {
            "counted_note": note % {"time": time},
            "counting": {
                "asked": row.is_being_counted,
                "job": job_of(row, COUNT, request.actor) if row.is_being_counted else None,
                "has_numbers": True,
                "offered": can_count_again(row, asked.place, request.actor),
            },
            "count_url": f"{reverse('dues:count_report')}?{query}&again=1",
        }
    return asked, {
        "counting": {"asked": row is not None, "job": job_of(row, COUNT, request.actor)},
        "count_url": f"{reverse('dues:count_report')}?{query}",
    }


@require_POST
@needs(Permission.VIEW_DUES)
def count_report(request: ActorRequest) -> HttpResponse:
    """Start the job that counts the report, with `again` also if it is already counted.

    Raises `Http404` if there is nothing to count.
    """
    place = place_in(request)
    form = form_in(request, place)
    if not form.is_valid() or not is_large(place):
        raise Http404
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    query = period_query(place, first, last)
    try:
        with transaction.atomic():
            again = request.GET.get("again") == "1"
            row = ask_for_report(place.pk, first=first, last=last, again=again, by=request.actor)
            if row is not None:
                values = {name: str(value) for name, value in query.items()}
                start_job(COUNT, {"count": row.pk, "query": values}, by=request.actor, organization=place)
    except RuleViolation as violation:
        messages.error(request, str(violation.message))
    return redirect(f"{reverse('dues:reports')}?{urlencode(query)}")
