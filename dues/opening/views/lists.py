"""Pages on which opening balances are loaded from a spreadsheet (V-D1, N-D2)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dues.payments.rules import RowsRefused
from members.people.models import Member
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.jobs import uploads
from registry.jobs.views import being_read
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import drop_list
from registry.spreadsheets.files import Unreadable
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, posted

from ..forms import OpeningListForm, PaperForm
from ..imports import READ, read_openings
from ..preview import PLAN, keep_again, keep_plan, plan_of, to_record
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
        job = uploads.begin(
            READ, data, {"place": place.pk}, place=place, name="openings", permission=Permission.RECORD_DUES,
            by=request.actor,
        )  # fmt: skip
        if job is not None:
            return being_read(request, job)
        try:
            rows = read_openings(data, place, request.actor, timezone.localdate())
        except Unreadable as refusal:
            form.add_error("file", refusal.message)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            return redirect("dues:check_openings", keep_plan(rows, place, by=request.actor).pk)
    return render(request, "dues/opening/load.html", {"form": form, "place": place})


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def check_openings(request: ActorRequest, file: uuid.UUID) -> HttpResponse:
    """Show what every row would record, then record the balances of all rows without errors, or discard the list."""
    place = _place(request)
    own = StoredFile.objects.visible_to(request.actor).filter(
        owner=request.actor.account, organization=place, purpose=FilePurpose.IMPORT_SOURCE, content_type=PLAN
    )
    kept = load(own, file)
    if "withdraw" in request.POST:
        drop_list(kept, by=request.actor)
        messages.success(request, _("The list is withdrawn. Nothing of it was recorded or kept."))
        return redirect("dues:load_openings")
    rows = plan_of(kept)
    ready = to_record(rows)
    form = PaperForm(posted(request))
    if ready and form.is_valid():
        try:
            count = record_openings(place.pk, ready, paper=form.cleaned_data["paper"], by=request.actor)
        except RowsRefused as refused:
            return _again(request, place, kept, str(refused.message))
        except Member.DoesNotExist:
            return _again(request, place, kept, _("Somebody on the list is no longer registered here."))
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            drop_list(kept, by=request.actor)
            text = ngettext("%(n)s opening balance is recorded.", "%(n)s opening balances are recorded.", count)
            messages.success(request, text % {"n": count})
            return redirect("dues:overview")
    page: Any = page_of(request, rows, count=len(rows))
    people = Member.objects.visible_to(request.actor).in_bulk([row.member_id for row in page if row.member_id])
    context = {
        "form": form,
        "place": place,
        "page": page,
        "shown": [(row, people.get(row.member_id or 0)) for row in page],
        "ready": len(ready),
        "wrong": sum(not row.ready for row in rows),
        "same": sum(row.ready and not row.changes for row in rows),
    }
    return render(request, "dues/opening/check.html", context)


def _again(request: ActorRequest, place: Organization, kept: StoredFile, why: str) -> HttpResponse:
    """Show the list with the present data, because something has changed since it was read."""
    with transaction.atomic():
        file = keep_again(plan_of(kept), place, timezone.localdate(), by=request.actor)
        drop_list(kept, by=request.actor)
    messages.error(request, _("Nothing was recorded: %(why)s Look at the rows again.") % {"why": why})
    return redirect("dues:check_openings", file.pk)
