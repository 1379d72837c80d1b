"""The report of dues as a paper and as a workbook (N-D1)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.papers import dues_report
from dues.collecting.views.prints import print_other
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.views import ActorRequest, may_lag, needs

from ..exports.report import workbook
from ..queries.asked import Asked
from ..transitions import record_report
from .asking import form_in, place_in
from .counted import counted


def report_in(request: ActorRequest) -> Asked:
    """Return the organisation and the period in the address.

    Raises `Http404` for a period that no page links to, and until the sums of a large organisation are counted.
    """
    place = place_in(request)
    form = form_in(request, place)
    if not form.is_valid():
        raise Http404
    asked, said = counted(Asked(place, form.cleaned_data["first"], form.cleaned_data["last"]), request)
    if asked.kept is None and "counting" in said:
        raise Http404
    return asked


@require_POST
@needs(Permission.VIEW_DUES)
@may_lag
def print_report(request: ActorRequest) -> HttpResponse:
    """Print the report of a period."""
    asked = report_in(request)
    paper = replace(dues_report.REPORT, build=partial(dues_report.build, kept=asked.kept))
    return print_other(request, paper, asked.place, asked.place, "N-D1", asked.first, asked.last)


@require_POST
@needs(Permission.VIEW_DUES)
@may_lag
def download_report(request: ActorRequest) -> HttpResponse:
    """Download the report of a period as a workbook."""
    asked = report_in(request)
    require(request.actor, Permission.EXPORT, asked.place)
    data = workbook(asked, request.actor)
    record_report(asked.place.pk, first=asked.first, last=asked.last, by=request.actor)
    name = _("report-of-dues") + f"-{asked.first:%Y-%m-%d}-{asked.last:%Y-%m-%d}.xlsx"
    return answers.workbook(data, name)
