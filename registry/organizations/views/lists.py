"""Views for importing lists of subordinate organisations and exporting the structure."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.jobs import uploads
from registry.jobs.queue import start_job
from registry.jobs.views import being_read
from registry.spreadsheets.files import Unreadable
from registry.views import ActorRequest, load, may_lag, needs, say_violation

from .. import exports
from ..forms.tree import UploadForm
from ..imports import READ_LIST, Planned, read_list
from ..models import Organization
from ..rules import tree as rules
from ..transitions.founding import drop_list, found_list, keep_list, note_structure_exported
from .naming import breadcrumbs_to
from .tree import visible


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def load_list(request: ActorRequest, pk: int) -> HttpResponse:
    """Upload a list; its plan is shown before anything is founded (N-H3)."""
    parent = _parent(request, pk)
    form = UploadForm(parent, request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        level = form.cleaned_data["level"]
        job = uploads.begin(
            READ_LIST, data, {"parent": parent.pk, "level": level}, place=parent, name="organizations",
            permission=Permission.FOUND_ORGANIZATIONS, by=request.actor,
        )  # fmt: skip
        if job is not None:
            return being_read(request, job)
        try:
            read_list(data, parent, level)
        except Unreadable as refusal:
            form.add_error("file", refusal.message)
        except RuleViolation as violation:
            form.add_error("file", str(violation.message))
        else:
            file = keep_list(parent, data, by=request.actor)
            return redirect(f"{reverse('organizations:check_list', args=[parent.pk, file.pk])}?level={level}")
    context = {"parent": parent, "form": form, "way": breadcrumbs_to(parent, request.actor)}
    return render(request, "registry/organizations/load.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def check_list(request: ActorRequest, pk: int, file: uuid.UUID) -> HttpResponse:
    """Show the plan of every row, then found the valid ones in one transaction (N-H3)."""
    parent = _parent(request, pk)
    kept = load(
        StoredFile.objects.visible_to(request.actor).filter(
            owner=request.actor.account, organization=parent, purpose=FilePurpose.IMPORT_SOURCE
        ),
        file,
    )
    asked = request.POST.get("level", request.GET.get("level", ""))
    level = asked if asked in [at.value for at in rules.levels_below(parent)] else ""
    rows = read_list(uploads.contents(kept), parent, level)
    ready = [row for row in rows if row.ready]
    if request.method == "POST" and ready:
        try:
            founded = found_list(_values(rows), by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            drop_list(kept, by=request.actor)
            messages.success(
                request,
                ngettext("%(n)s organisation is founded.", "%(n)s organisations are founded.", len(founded))
                % {"n": len(founded)},
            )
            return redirect(f"{reverse('organizations:tree')}?at={parent.pk}")
    context: dict[str, Any] = {
        "parent": parent,
        "way": breadcrumbs_to(parent, request.actor),
        "rows": rows,
        "ready": len(ready),
        "wrong": sum(1 for row in rows if row.wrong),
        "present": sum(1 for row in rows if row.present is not None),
        "level": level,
    }
    return render(request, "registry/organizations/check.html", context)


def _values(rows: list[Planned]) -> list[dict[str, Any]]:
    """Return the valid rows for the transition; a superior in the list is given by its index among them."""
    position: dict[int, int] = {}
    values: list[dict[str, Any]] = []
    for at, row in enumerate(rows):
        if row.ready:
            position[at] = len(values)
            parent = position[row.parent] if isinstance(row.parent, int) else row.parent
            values.append({**row.values, "parent": parent, "level": row.level})
    return values


def _parent(request: ActorRequest, pk: int) -> Organization:
    parent = load(visible(request.actor), pk)
    require(request.actor, Permission.FOUND_ORGANIZATIONS)
    if not rules.can_take_subordinates(parent):
        raise NotAllowed
    return parent


@require_GET
@needs(Permission.FOUND_ORGANIZATIONS)
def template(request: ActorRequest) -> HttpResponse:
    """Download an empty list with the known headings."""
    own = load(visible(request.actor), request.actor.organization.pk)  # type: ignore[union-attr]
    return answers.workbook(exports.template(own), _("list-of-organisations") + ".xlsx")


@require_POST
@needs(Permission.VIEW_ORGANIZATIONS)
@may_lag
def structure(request: ActorRequest) -> HttpResponse:
    """Export all organisations below the actor's as a workbook; large federations by a job."""
    actor = request.actor
    count = Organization.objects.visible_to(actor).working().count()
    if count > exports.MAX_DIRECT_ROWS:
        row = start_job(exports.KIND, {}, by=actor)
        return redirect("jobs:detail", row.pk)
    data = exports.structure(actor)
    note_structure_exported(count - 1, by=actor)
    return answers.workbook(data, exports.file_name())
