"""What is done with a checked list: accepting what was assumed, putting on account, undoing, throwing away (U-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.jobs import start_job
from registry.requests import number_in
from registry.views.base import ActorRequest, load, needs, say_violation

from ..enums import OPEN_BATCHES, RowVerdict
from ..errors import SomeRefused
from ..imports import batches
from ..models import ImportBatch, ImportRow
from ..transitions.taking_back import put_by, what_rests
from .imports import load_batch


@require_POST
@needs(Permission.IMPORT_MEMBERS)
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """The chair has looked at one kind of remark, or at everything that was assumed, and agrees; or takes it back."""
    batch = load_batch(request, pk)
    kind, back = request.POST.get("kind", "")[:100], "back" in request.POST
    try:
        batches.accept(batch.pk, [kind] if kind else None, taken_back=back, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("To be looked at again.") if back else _("Noted: you have looked at it."))
    return redirect("imports:rows", batch.pk)


@require_POST
@needs(Permission.IMPORT_MEMBERS)
def check(request: ActorRequest, pk: int) -> HttpResponse:
    """The rows are checked again, with what was said of cells that the registry does not know."""
    batch = load_batch(request, pk)
    named = zip(request.POST.getlist("name"), request.POST.getlist("cell"), strict=False)
    cells = {name[:100]: _cell(cell) for name, cell in named if cell}
    try:
        if cells:
            batches.name_cells(batch.pk, cells, by=request.actor)
        elif batch.counts["rows"] > batches.MANY_ROWS:
            job = start_job("import.check", {"batch": batch.pk}, by=request.actor, organization=batch.organization)
            return redirect("jobs:detail", job.pk)
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
    """What was answered when the list was loaded before is asked anew: of the row that the form names, or of all."""
    batch = load_batch(request, pk)
    named = request.POST.get("row", "")
    found = load(ImportRow.objects.visible_to(request.actor).filter(batch=batch), named) if named else None
    batches.ask_again(batch.pk, found.pk if found else None, by=request.actor)
    if found is None and batch.counts["rows"] > batches.MANY_ROWS:
        job = start_job("import.check", {"batch": batch.pk}, by=request.actor, organization=batch.organization)
        return redirect("jobs:detail", job.pk)
    messages.success(request, _("To be looked at again."))
    return redirect("imports:row", batch.pk, found.pk) if found else redirect("imports:rows", batch.pk)


def _cell(text: str) -> int | None:
    """The cell that was chosen; «none» where the cards are to stand without one."""
    return number_in(text)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def apply(request: ActorRequest, pk: int) -> HttpResponse:
    """How many go in and how many stay; then all that are right go on account as one."""
    batch = load_batch(request, pk)
    ready = batch.counts.get(RowVerdict.READY, 0)
    if request.method == "POST":
        if ready > batches.MANY_ROWS:
            job = start_job("import.apply", {"batch": batch.pk}, by=request.actor, organization=batch.organization)
            return redirect("jobs:detail", job.pk)
        try:
            batches.apply_batch(batch.pk, by=request.actor)
        except SomeRefused as refusal:
            # Somebody else was quicker: the check says of each row what has become wrong.
            batches.check_batch(batch.pk, by=request.actor)
            say_violation(request, refusal)
        except RuleViolation as refusal:
            say_violation(request, refusal)
        else:
            messages.success(
                request,
                ngettext("%(n)s person is put on account.", "%(n)s people are put on account.", ready) % {"n": ready},
            )
            return redirect(f"{reverse('members:list')}?batch={batch.pk}")
        return redirect("imports:rows", batch.pk)
    waiting = [RowVerdict.UNSURE, RowVerdict.WRONG, RowVerdict.DUPLICATE]
    context = {"batch": batch, "ready": ready, "waiting": sum(batch.counts.get(v, 0) for v in waiting)}
    return render(request, "members/imports/apply.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """The whole list is taken back while nothing rests on it; what does is named."""
    batch = load_batch(request, pk)
    blockers: list[Any] = what_rests(put_by(batch))
    if request.method == "POST":
        try:
            batches.undo_batch(batch.pk, by=request.actor)
        except Blocked as refusal:
            blockers = refusal.blockers
        except RuleViolation as refusal:
            say_violation(request, refusal)
            return redirect("imports:rows", batch.pk)
        else:
            messages.success(request, _("The list is taken back, as if it had never been put on account."))
            return redirect("imports:list")
    return render(request, "members/imports/undo.html", {"batch": batch, "blockers": blockers, "done": _done(batch)})


def _done(batch: ImportBatch) -> int:
    return int(batch.counts.get(RowVerdict.DONE, 0))


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """A list that is not wanted any more goes with its file and with what was corrected in it, after one question."""
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
    messages.success(request, _("The list is thrown away; nobody of it came on account."))
    return redirect("imports:list")
