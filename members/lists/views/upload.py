"""Uploading a list, the meaning of its columns, choosing a sheet (U-5, U-5a)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people import exports
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.jobs.views import being_read
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from .. import batches, uploads
from ..enums import BatchState
from ..forms import ColumnsForm, ListForm
from ..models import CardUpdate, ImportBatch
from ..reading.reader import DROP_REASONS, quoted
from ..rules import check_columns_can_change, check_file_is_stored, check_sheet_can_change
from ..transitions.batches import SOURCE_KEPT
from ..transitions.openings import note_list_opened


def own_keeper(request: ActorRequest) -> Organization:
    """Return the actor's organisation, which has to keep cards. Raises `NotAllowed`."""
    own = request.actor.organization
    if own is None or not own.keeps_cards:
        raise NotAllowed
    require(request.actor, Permission.IMPORT_MEMBERS, own)
    return own


def load_batch(request: ActorRequest, pk: int) -> ImportBatch:
    """Return a batch of the actor's own organisation, and record the opening (V-C5)."""
    found = ImportBatch.objects.visible_to(request.actor).select_related("organization__federation", "uploaded_by")
    batch = load(found, pk)
    require(request.actor, Permission.IMPORT_MEMBERS, batch.organization)
    note_list_opened(batch, by=request.actor)
    return batch


@require_GET
@needs(Permission.IMPORT_MEMBERS)
def batch_list(request: ActorRequest) -> HttpResponse:
    """List the uploaded files, newest first."""
    own_keeper(request)
    found = ImportBatch.objects.visible_to(request.actor).select_related("uploaded_by").order_by("-uploaded_at", "-pk")
    context = {"page": page_of(request, found), "kept": SOURCE_KEPT.days}
    return render(request, "members/imports/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def upload(request: ActorRequest) -> HttpResponse:
    """Upload a file; nobody is registered before the rows were checked."""
    own = own_keeper(request)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = uploads.store_upload(file.read(), file.name, organization=own, by=request.actor)
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            return _page_of(request, taken)
    return render(request, "members/imports/upload.html", {"form": form, "organization": own})


def _page_of(request: ActorRequest, taken: ImportBatch | CardUpdate | Job) -> HttpResponse:
    """Redirect to the list, the change or the job made from the file."""
    if isinstance(taken, Job):
        return being_read(request, taken)
    return redirect("imports:update" if isinstance(taken, CardUpdate) else "imports:columns", taken.pk)


@require_GET
@needs(Permission.IMPORT_MEMBERS)
def template(request: ActorRequest) -> HttpResponse:
    """Download an empty workbook with recognisable headings."""
    own_keeper(request)
    sheet = exports.sheet_for(request.actor, exports.classes_offered(request.actor))
    return answers.workbook(exports.workbook(sheet, []), _("list-of-members") + ".xlsx")


@require_GET
@needs(Permission.IMPORT_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Redirect to the current step of the list; while it is being read, to its job or to a page about it."""
    batch = load_batch(request, pk)
    if batch.is_being_read:
        job = uploads.reading_job(batch, request.actor)
        return (
            redirect("jobs:detail", job) if job else render(request, "members/imports/reading.html", {"batch": batch})
        )
    return redirect("imports:columns" if batch.state == BatchState.UPLOADED else "imports:rows", batch.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def columns(request: ActorRequest, pk: int) -> HttpResponse:
    """Show every column with samples and its meaning, to be corrected."""
    batch = load_batch(request, pk)
    if not allowed(check_columns_can_change, batch):
        return redirect("imports:rows", batch.pk)
    opened = request.POST.get("open", "")
    if opened:
        # The values entered so far are kept.
        form = ColumnsForm(batch, initial=request.POST.dict(), opened=opened)
    else:
        form = ColumnsForm(batch, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            batch = batches.set_columns(batch.pk, mapping=form.mapping, defaults=form.defaults, by=request.actor)
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            if batch.counts["rows"] > batches.MAX_ROWS_AT_ONCE:
                job = start_job("import.check", {"batch": batch.pk}, by=request.actor, organization=batch.organization)
                messages.info(request, _("The list is long: it is being checked. Come back when the bar is full."))
                return redirect("jobs:detail", job.pk)
            return redirect("imports:rows", batch.pk)
    earlier = batches.same_file_before(batch)
    texts = batch.samples.get(batches.DROPPED, {})
    dropped = [(row["number"], DROP_REASONS[row["reason"]], texts.get(str(row["number"]), "")) for row in batch.dropped]
    context: dict[str, Any] = {
        "batch": batch,
        "form": form,
        "earlier": earlier,
        "dropped": dropped,
        "may_choose_sheet": allowed(check_file_is_stored, batch) and allowed(check_sheet_can_change, batch),
        "hidden_sheets": quoted(batch.samples.get(batches.HIDDEN_SHEETS, [])),
    }
    return render(request, "members/imports/columns.html", context)


@require_POST
@needs(Permission.IMPORT_MEMBERS)
def sheet(request: ActorRequest, pk: int) -> HttpResponse:
    """Switch to another sheet of the same workbook."""
    batch = load_batch(request, pk)
    try:
        return _page_of(request, uploads.switch_sheet(batch.pk, request.POST.get("sheet", ""), by=request.actor))
    except RuleViolation as refusal:
        say_violation(request, refusal)
    return redirect("imports:columns", batch.pk)
