"""Pages on which opening balances are loaded from a spreadsheet (V-D1, N-D2)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import drop_list, keep_list
from registry.spreadsheets.files import Unreadable
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, posted

from ..forms import OpeningListForm, PaperForm
from ..imports import read_openings
from ..rules import check_takes_over
from ..transitions import record_openings


def _place(request: ActorRequest) -> Organization:
    place = request.actor.organization
    if place is None or not allowed(check_takes_over, place):
        raise NotAllowed
    require(request.actor, Permission.RECORD_DUES, place)
    return place


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def load_openings(request: ActorRequest) -> HttpResponse:
    """Upload a list; every row is shown before anything is recorded."""
    place = _place(request)
    form = OpeningListForm(posted(request), request.FILES or None)
    if form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            read_openings(data, place, request.actor, timezone.localdate())
        except Unreadable as refusal:
            form.add_error("file", refusal.message)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            file = keep_list(place, data, name="openings", permission=Permission.RECORD_DUES, by=request.actor)
            return redirect("dues:check_openings", file.pk)
    return render(request, "dues/opening/load.html", {"form": form, "place": place})


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def check_openings(request: ActorRequest, file: uuid.UUID) -> HttpResponse:
    """Show what every row would record, then record the balances of all rows without mistakes."""
    place = _place(request)
    own = StoredFile.objects.visible_to(request.actor).filter(
        owner=request.actor.account, organization=place, purpose=FilePurpose.IMPORT_SOURCE
    )
    kept = load(own, file)
    rows = read_openings(storage.read(kept), place, request.actor, timezone.localdate())
    ready = {row.member.pk: row.paid_to for row in rows if row.changes and row.member is not None and row.paid_to}
    form = PaperForm(posted(request))
    if ready and form.is_valid():
        try:
            count = record_openings(place.pk, ready, paper=form.cleaned_data["paper"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            drop_list(kept, by=request.actor)
            text = ngettext("%(n)s opening balance is recorded.", "%(n)s opening balances are recorded.", count)
            messages.success(request, text % {"n": count})
            return redirect("dues:overview")
    wrong_first = sorted(rows, key=lambda row: (row.ready, row.number))
    page: Any = page_of(request, wrong_first, count=len(rows))
    context = {
        "form": form,
        "place": place,
        "page": page,
        "ready": len(ready),
        "wrong": sum(not row.ready for row in rows),
        "same": sum(row.ready and not row.changes for row in rows),
    }
    return render(request, "dues/opening/check.html", context)
