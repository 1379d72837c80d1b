"""Actions on members selected in the list: assigning a cell, export to a workbook."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from registry import answers
from registry.enums import DataClass, Permission
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.sizes import CHUNK_CHANGED
from registry.views import ActorRequest, asks_again, needs, say_violation

from .. import exports
from ..filters import MAX_FOUND, selected_ids
from ..models import Member
from ..rules.person import cells_of
from ..transitions.cells import assign_cell
from ..transitions.exports import record_export, record_reading
from .member_list import clean_query

#: Number of names shown before a bulk action.
_MAX_NAMES = 10


def back(request: HttpRequest) -> str:
    """Return the address of the list from which the members were selected."""
    return f"{reverse('members:list')}?{clean_query(request.GET).urlencode()}"


def selection_context(request: ActorRequest, ids: list[int]) -> dict[str, Any]:
    """Return the context of a confirmation page: hidden fields with the selection, the count, the first names."""
    first = Member.objects.visible_to(request.actor).filter(pk__in=ids[:_MAX_NAMES]).alphabetical()
    everything = request.POST.get("all") == "1" or request.method == "GET"
    return {
        "everything": everything,
        "selected": [] if everything else ids,
        "count": len(ids),
        "names": [member.full_name for member in first],
        "more": len(ids) > _MAX_NAMES,
        "cut": len(ids) >= MAX_FOUND,
        "query": clean_query(request.GET).urlencode(),
        "back": back(request),
    }


def say_nobody(request: HttpRequest) -> HttpResponse:
    """Redirect to the list with the message that nobody is selected."""
    messages.warning(request, _("Nobody is selected. Tick the people first."))
    return redirect(back(request))


@require_POST
@needs(Permission.EDIT_MEMBERS)
def file_under_cell(request: ActorRequest) -> HttpResponse:
    """Ask for the cell, then assign the selected cards to it (V-B6)."""
    actor = request.actor
    own = actor.organization
    if own is None or not own.keeps_cards or own.charter.cell is None:
        raise Http404
    ids = selected_ids(request, actor)
    if not ids:
        return say_nobody(request)
    cells = cells_of(own)
    asked = request.POST.get("cell")
    if asked is None:
        context = {**selection_context(request, ids), "cells": cells}
        return render(request, "members/list/cell.html", context)
    cell = next((cell for cell in cells if str(cell.pk) == asked), None)
    if cell is None and asked != "none":
        messages.error(request, _("Choose a cell of this organisation."))
        return render(request, "members/list/cell.html", {**selection_context(request, ids), "cells": cells})
    if len(ids) > CHUNK_CHANGED:
        job = start_job("members.assign_cell", {"ids": ids, "cell": cell.pk if cell else None}, by=actor)
        return redirect("jobs:detail", job.pk)
    return _file(request, ids, cell)


def _file(request: ActorRequest, ids: list[int], cell: Organization | None) -> HttpResponse:
    try:
        moved = assign_cell(ids, cell=cell, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        text = ngettext("%(count)s card was moved.", "%(count)s cards were moved.", moved) % {"count": moved}
        messages.success(request, text if moved else _("All selected cards are there already."))
    return redirect(back(request))


def _takes_closed(request: HttpRequest) -> bool:
    """Return whether the request asks for a workbook with health data or identity papers."""
    return request.POST.get("download") == "1" and bool(request.POST.getlist("classes"))


@require_http_methods(["GET", "POST"])
@needs(Permission.EXPORT)
@asks_again(_takes_closed)
def export(request: ActorRequest) -> HttpResponse:
    """Ask for the contents of the workbook, then create it: short ones at once, long ones in a job."""
    actor = request.actor
    ids = selected_ids(request, actor)
    if not ids:
        return say_nobody(request)
    offered = exports.classes_offered(actor)
    if request.POST.get("download") != "1":
        context = selection_context(request, ids)
        context["classes"] = [(str(c), exports.CLASS_LABELS[c]) for c in offered]
        return render(request, "members/list/export.html", context)
    classes = [c for c in offered if str(c) in request.POST.getlist("classes")]
    if len(ids) > exports.MAX_ROWS_AT_ONCE:
        return _ask_for_export(request, ids, classes)
    sheet = exports.sheet_for(actor, classes, identified=True)
    with transaction.atomic():
        record_export(ids, classes=classes, columns=sheet.keys, by=actor)
        record_reading(ids, classes=classes, by=actor)
    return answers.workbook(exports.workbook(sheet, exports.rows_of(ids, sheet, actor)), exports.file_name())


def _ask_for_export(request: ActorRequest, ids: list[int], classes: list[DataClass]) -> HttpResponse:
    with transaction.atomic():
        record_export(ids, classes=classes, columns=exports.sheet_for(request.actor, classes).keys, by=request.actor)
        job = start_job("members.export", {"ids": ids, "classes": [str(c) for c in classes]}, by=request.actor)
    return redirect("jobs:detail", job.pk)
