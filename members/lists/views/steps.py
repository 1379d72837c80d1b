"""Steps of a checked list: accepting remarks, registering people, undoing, discarding (U-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from members.people.errors import SomeRefused
from members.people.rules.taking_back import dependencies_of, registered_by
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.jobs.queue import start_job
from registry.requests import number_in
from registry.views import ActorRequest, load, needs, say_violation

from .. import batches
from ..enums import OPEN_BATCHES, WAITING, RowVerdict
from ..models import ImportBatch, ImportRow
from ..preview import Preview, lacking
from ..reading.records import NOT_THEIRS
from .upload import load_batch


@require_POST
@needs(Permission.IMPORT_MEMBERS)
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept one kind of remark or all assumptions, or undo that."""
    batch = load_batch(request, pk)
    kind, back = request.POST.get("kind", "")[:100], "back" in request.POST
    if "not_theirs" in request.POST or kind == NOT_THEIRS:
        return _leave_groups_out(request, batch, back=back)
    try:
        batches.accept(batch.pk, [kind] if kind else None, taken_back=back, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("To be looked at again.") if back else _("Noted: you have looked at it."))
    return redirect("imports:rows", batch.pk)


def _leave_groups_out(request: ActorRequest, batch: ImportBatch, *, back: bool) -> HttpResponse:
    """Answer the question about the group of disability for all representatives, and check the rows again."""
    try:
        batches.leave_groups_out(batch.pk, taken_back=back, by=request.actor)
        if _is_long(batch):
            return _checked_by_job(request, batch)
        batches.check_batch(batch.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("The rows are checked again."))
    return redirect("imports:rows", batch.pk)


@require_POST
@needs(Permission.IMPORT_MEMBERS)
def check(request: ActorRequest, pk: int) -> HttpResponse:
    """Check the rows again, with the cells chosen for unknown names."""
    batch = load_batch(request, pk)
    named = zip(request.POST.getlist("name"), request.POST.getlist("cell"), strict=False)
    cells = {name[:100]: _cell(cell) for name, cell in named if cell}
    try:
        if cells:
            batches.name_cells(batch.pk, cells, by=request.actor)
        elif _is_long(batch):
            return _checked_by_job(request, batch)
        else:
            batches.check_batch(batch.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("The rows are checked again."))
    return redirect("imports:rows", batch.pk)


@require_POST
@needs(Permission.IMPORT_MEMBERS)
def ask_again(request: ActorRequest, pk: int) -> HttpResponse:
    """Discard earlier answers of the row given in the form, or of all."""
    batch = load_batch(request, pk)
    named = request.POST.get("row", "")
    found = load(ImportRow.objects.visible_to(request.actor).filter(batch=batch), named) if named else None
    batches.ask_again(batch.pk, found.pk if found else None, by=request.actor)
    if found is None and _is_long(batch):
        return _checked_by_job(request, batch)
    messages.success(request, _("To be looked at again."))
    return redirect("imports:row", batch.pk, found.pk) if found else redirect("imports:rows", batch.pk)


def _is_long(batch: ImportBatch) -> bool:
    """Return whether a job checks the rows."""
    return batch.counts["rows"] > batches.MAX_ROWS_AT_ONCE


def _checked_by_job(request: ActorRequest, batch: ImportBatch) -> HttpResponse:
    """Start the job that checks the rows, and redirect to it."""
    job = start_job("import.check", {"batch": batch.pk}, by=request.actor, organization=batch.organization)
    return redirect("jobs:detail", job.pk)


def _cell(text: str) -> int | None:
    """Return the id of the selected cell; None for «none»."""
    return number_in(text)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def apply(request: ActorRequest, pk: int) -> HttpResponse:
    """Show how many people will be registered, then register them."""
    batch = load_batch(request, pk)
    ready = batch.counts.get(RowVerdict.READY, 0)
    if request.method == "POST":
        if ready > batches.MAX_ROWS_AT_ONCE:
            job = start_job("import.apply", {"batch": batch.pk}, by=request.actor, organization=batch.organization)
            return redirect("jobs:detail", job.pk)
        try:
            batches.apply_batch(batch.pk, by=request.actor)
        except SomeRefused as refusal:
            # One of the people was registered in the meantime: the check finds the rows concerned.
            batches.check_batch(batch.pk, by=request.actor)
            say_violation(request, refusal)
        except RuleViolation as refusal:
            say_violation(request, refusal)
        else:
            messages.success(
                request,
                ngettext("%(n)s person is registered.", "%(n)s people are registered.", ready) % {"n": ready},
            )
            return redirect(f"{reverse('members:list')}?batch={batch.pk}")
        return redirect("imports:rows", batch.pk)
    rows = ImportRow.objects.visible_to(request.actor).filter(batch=batch, verdict=RowVerdict.READY)
    counted = Preview(batch, request.actor).counted(rows.only("number", "values"))
    context = {
        "batch": batch,
        "ready": ready,
        "waiting": sum(batch.counts.get(v, 0) for v in WAITING),
        "counted": counted,
        "lacking": lacking(counted),
    }
    return render(request, "members/imports/apply.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def finish(request: ActorRequest, pk: int) -> HttpResponse:
    """Leave out the remaining rows of a partly registered list, after confirmation."""
    batch = load_batch(request, pk)
    if request.method == "GET":
        if not batch.left:
            return redirect("imports:rows", batch.pk)
        return render(request, "members/imports/finish.html", {"batch": batch})
    try:
        batches.finish_batch(batch.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("The list is finished; the rows that were left are left out."))
    return redirect("imports:rows", batch.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo the whole list; shows what depends on it."""
    batch = load_batch(request, pk)
    blockers: list[Any] = dependencies_of(registered_by(batch))
    if request.method == "POST":
        try:
            batches.undo_batch(batch.pk, by=request.actor)
        except Blocked as refusal:
            blockers = refusal.blockers
        except RuleViolation as refusal:
            say_violation(request, refusal)
            return redirect("imports:rows", batch.pk)
        else:
            messages.success(request, _("The list is undone, as if nobody on it had ever been registered."))
            return redirect("imports:list")
    return render(request, "members/imports/undo.html", {"batch": batch, "blockers": blockers, "done": _done(batch)})


def _done(batch: ImportBatch) -> int:
    return int(batch.counts.get(RowVerdict.DONE, 0))


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Discard a list with its file and corrections, after confirmation."""
    batch = load_batch(request, pk)
    if request.method == "GET":
        if batch.state not in OPEN_BATCHES:
            return redirect("imports:rows", batch.pk)
        return render(request, "members/imports/discard.html", {"batch": batch})
    try:
        batches.discard_batch(batch.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
        return redirect("imports:rows", batch.pk)
    messages.success(request, _("The list was discarded; nobody was registered."))
    return redirect("imports:list")
