"""Cards and applications to destroy, by number only, and destruction records (V-B14, V-A6, practice 7.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import destruction
from documents.printing.core import Batch, Paper, batch_for
from documents.printing.transitions import record_other_print
from members.admission.models import Application
from members.people.models import Member
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.sizes import PAGE_ROWS
from registry.views import ActorRequest, asks_again, load, needs, page_of, say_violation

from ..models import DestructionRecord
from ..rules.erasing import APPLICATION_REASONS, REASONS, applications_due_for_erasing, due_for_erasing
from ..transitions.erasing import erase, erase_application

M = TypeVar("M", Member, Application)
#: Maximum number of cards, and of applications, destroyed by one job.
MAX_PER_JOB = 2000


@require_GET
@needs(Permission.ERASE)
def overview(request: ActorRequest) -> HttpResponse:
    """List cards and applications whose retention has ended, and destruction records."""
    own, today = _own(request), timezone.localdate()
    due = due_for_erasing(own, today)
    applications = applications_due_for_erasing(own, today).only("pk", "state", "filed_on", "erase_after")
    count = applications.count()
    records = DestructionRecord.objects.visible_to(request.actor).filter(organization=own)
    context = {
        "due": page_of(request, due.only("pk", "state", "ticket_number", "erase_after", "ended_on")),
        "applications": applications[:PAGE_ROWS],
        "more_applications": max(count - PAGE_ROWS, 0),
        "both": due.count() + count,
        "records": list(records[:PAGE_ROWS]),
        "all_records": records.count(),
    }
    return render(request, "members/erasing/list.html", context)


@require_GET
@needs(Permission.ERASE)
def records(request: ActorRequest) -> HttpResponse:
    """List all destruction records of the organisation."""
    found = DestructionRecord.objects.visible_to(request.actor).filter(organization=_own(request))
    return render(request, "members/erasing/records.html", {"page": page_of(request, found)})


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
@asks_again()
def erase_one(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then destroy one card."""
    card = _due(due_for_erasing(_own(request), timezone.localdate()), pk)
    if request.method == "POST":
        done = _("The card is destroyed; record № %(number)s says so. Print the act.")
        return _erase(request, erase, pk, done)
    return render(request, "members/erasing/confirm.html", {"card": card, "reason": REASONS.get(card.state, "")})  # type: ignore[call-overload]


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
@asks_again()
def erase_application_of(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then destroy one application."""
    application = _due(applications_due_for_erasing(_own(request), timezone.localdate()), pk)
    if request.method == "POST":
        done = _("The application is destroyed; record № %(number)s says so. Print the act.")
        return _erase(request, erase_application, pk, done)
    reason = APPLICATION_REASONS.get(application.state, "")  # type: ignore[call-overload]
    return render(request, "members/erasing/confirm.html", {"application": application, "reason": reason})


def _erase(request: ActorRequest, destroy: Callable[..., DestructionRecord], pk: int, done: str) -> HttpResponse:
    try:
        record = destroy(pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, done % {"number": record.number})
    return redirect("moves:erasing")


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
@asks_again()
def erase_all(request: ActorRequest) -> HttpResponse:
    """Ask for confirmation, then start a job that destroys all due cards and applications."""
    own, today = _own(request), timezone.localdate()
    ids = list(due_for_erasing(own, today).values_list("pk", flat=True)[:MAX_PER_JOB])
    applications = list(applications_due_for_erasing(own, today).values_list("pk", flat=True)[:MAX_PER_JOB])
    if not ids and not applications:
        return redirect("moves:erasing")
    if request.method == "POST":
        with transaction.atomic():
            job = start_job("members.erase", {"ids": ids, "applications": applications}, by=request.actor)
        return redirect("jobs:detail", job.pk)
    return render(request, "members/erasing/confirm.html", {"cards": len(ids), "applications": len(applications)})


@require_POST
@needs(Permission.ERASE)
def print_act(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the act about all records of the same day."""
    return _print(request, destruction.ACT, destruction.render_act, pk)


@require_POST
@needs(Permission.ERASE)
def print_extract(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the extract from the journal that belongs to the act."""
    return _print(request, destruction.EXTRACT, destruction.render_extract, pk)


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    require(request.actor, Permission.ERASE, own)
    return own


def _due(due: QuerySet[M], pk: int) -> M:
    """Return one of the due records. Raises `Http404`, whether or not the id exists."""
    found = due.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _of_the_day(request: ActorRequest, pk: int) -> list[DestructionRecord]:
    visible = DestructionRecord.objects.visible_to(request.actor).filter(organization=_own(request))
    record = load(visible, pk)
    day = timezone.localtime(record.destroyed_at).date()
    found = visible.filter(destroyed_at__date=day)
    return list(found.select_related("organization__federation", "organization__parent").order_by("number"))


def _print(
    request: ActorRequest, form: Paper, lay_out: Callable[[list[DestructionRecord], Batch], bytes], pk: int
) -> HttpResponse:
    found = _of_the_day(request, pk)
    batch = batch_for(request.actor, found[0].organization)
    data = lay_out(found, batch)
    record_other_print(
        form.code, found[0], organization=found[0].organization, code=batch.code, by=request.actor, rule="V-B14"
    )
    return answers.paper(data, form.code)
