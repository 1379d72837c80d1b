"""Export and print of who was registered on a past day (V-B7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.papers import state_on_day
from documents.printing.codes import new_code
from documents.printing.core import batch_for
from documents.printing.transitions import record_other_print
from members.people import exports
from members.people.transitions.exports import record_day
from registry import answers
from registry.access import require
from registry.days import day_text
from registry.enums import Permission
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.views import ActorRequest, load, needs

from ..forms import DayForm
from ..models import BookLine
from ..queries.moved_since import moved_since
from ..queries.on_day import members_on, names_on
from .book import MAX_PEOPLE, has_parts

#: Maximum number of names printed within a request; longer lists run as a job.
MAX_PRINTED_AT_ONCE = 150


@dataclass(frozen=True)
class _Asked:
    place: Organization
    day: dt.date
    lines: list[int]
    #: Whether the list contains people of several units.
    units: bool

    @property
    def params(self) -> dict[str, Any]:
        return {"place": self.place.pk, "day": self.day.isoformat(), "lines": self.lines, "units": self.units}


def _asked(request: ActorRequest, pk: int, permission: Permission) -> _Asked | HttpResponseRedirect:
    """Return what to export or print, or a redirect to the page if the list is empty or too long."""
    place = load(Organization.objects.visible_to(request.actor).select_related("federation", "parent"), pk)
    require(request.actor, permission, place)
    page = reverse("cells:on_day", args=[place.pk])
    form = DayForm(request.GET)
    if not form.is_valid():
        return redirect(page)
    day = form.cleaned_data["day"]
    moved = moved_since(place.federation_id, day)
    back = redirect(f"{page}?day={day_text(day)}")
    if members_on(place, day, moved) > MAX_PEOPLE:
        messages.error(request, _("There are too many people for one list: choose a smaller organisation."))
        return back
    lines = list(names_on(place, day, moved, request.actor).values_list("pk", flat=True))
    if not lines:
        messages.error(request, _("Nobody was registered here on that day"))
        return back
    return _Asked(place, day, lines, has_parts(request, place, day, moved))


@require_POST
@needs(Permission.EXPORT)
def export_day(request: ActorRequest, pk: int) -> HttpResponse:
    """Export the names to a workbook: short lists at once, long ones in a job."""
    asked = _asked(request, pk, Permission.EXPORT)
    if isinstance(asked, HttpResponseRedirect):
        return asked
    actor = request.actor
    with transaction.atomic():
        record_day(asked.place, asked.day, lines=asked.lines, by=actor)
        if len(asked.lines) > exports.MAX_ROWS_AT_ONCE:
            return redirect("jobs:detail", start_job("members.export_day", asked.params, by=actor).pk)
        sheet = exports.sheet_of_day(units=asked.units)
        rows = exports.rows_of_day(asked.lines, asked.place, sheet, actor)
    return answers.workbook(exports.workbook(sheet, rows), exports.name_of_day(asked.day))


@require_POST
@needs(Permission.PRINT)
def print_day(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the numbered names with their count: short lists at once, long ones in a job."""
    asked = _asked(request, pk, Permission.PRINT)
    if isinstance(asked, HttpResponseRedirect):
        return asked
    if len(asked.lines) > MAX_PRINTED_AT_ONCE:
        return redirect(
            "jobs:detail", start_job("documents.print_day", {**asked.params, "code": new_code()}, by=request.actor).pk
        )
    found = BookLine.objects.visible_to(request.actor).select_related("unit__parent").in_bulk(asked.lines)
    lines = [found[pk] for pk in asked.lines if pk in found]
    batch = batch_for(request.actor, asked.place)
    pages = state_on_day.build(asked.place, asked.day, lines, units=asked.units, batch=batch)
    data = state_on_day.render_state(pages, batch)
    form = state_on_day.STATE
    record_other_print(form.code, asked.place, organization=asked.place, code=batch.code, by=request.actor, rule="V-B7")
    return answers.paper(data, form.code)
