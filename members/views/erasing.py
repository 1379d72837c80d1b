"""Cards due for erasing, by number alone, and what is recorded of those that were destroyed (V-B14, practice 7.4)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.prints import destruction
from documents.prints.core import Form
from documents.transitions.printing import record_applicant
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.jobs import start_job
from registry.models import Organization
from registry.views.base import ActorRequest, load, needs, page_of, say_violation

from ..models import DestructionRecord, Member
from ..rules.erasing import REASONS, due_for_erasing
from ..transitions.erasing import erase
from .application_prints import batch_of, paper_answer

ROWS = 50
#: So many cards are destroyed by one job; of more the next page begins anew.
MOST = 2000


@require_GET
@never_cache
@needs(Permission.ERASE)
def overview(request: ActorRequest) -> HttpResponse:
    """The cards of the own organisation whose terms are over, and the records of those destroyed."""
    own = _own(request)
    due = due_for_erasing(own, timezone.localdate())
    records = DestructionRecord.objects.visible_to(request.actor).filter(organization=own)
    context = {
        "due": page_of(request, due.only("pk", "state", "ticket_number", "erase_after", "ended_on"), ROWS),
        "reasons": {state.value: reason for state, reason in REASONS.items()},
        "records": list(records[:ROWS]),
        "all_records": records.count(),
    }
    return render(request, "members/erasing/list.html", context)


@require_GET
@never_cache
@needs(Permission.ERASE)
def records(request: ActorRequest) -> HttpResponse:
    """Every record of destruction of the own organisation, page by page."""
    found = DestructionRecord.objects.visible_to(request.actor).filter(organization=_own(request))
    return render(request, "members/erasing/records.html", {"page": page_of(request, found, ROWS)})


@never_cache
@needs(Permission.ERASE)
@require_http_methods(["GET", "POST"])
def erase_one(request: ActorRequest, pk: int) -> HttpResponse:
    """Asks, then destroys one card."""
    card = _due(request, pk)
    if request.method == "POST":
        try:
            record = erase(card.pk, by=request.actor)
        except RuleViolation as refusal:
            say_violation(request, refusal)
        else:
            messages.success(
                request,
                _("The card is destroyed; record № %(number)s says so. Print the act.") % {"number": record.number},
            )
        return redirect("moves:erasing")
    return render(request, "members/erasing/confirm.html", {"card": card, "reason": REASONS.get(card.state, "")})  # type: ignore[call-overload]


@never_cache
@needs(Permission.ERASE)
@require_http_methods(["GET", "POST"])
def erase_all(request: ActorRequest) -> HttpResponse:
    """Asks, then lets a job destroy every card that is due."""
    own = _own(request)
    ids = list(due_for_erasing(own, timezone.localdate()).values_list("pk", flat=True)[:MOST])
    if not ids:
        return redirect("moves:erasing")
    if request.method == "POST":
        with transaction.atomic():
            job = start_job("members.erase", {"ids": ids}, by=request.actor)
        return redirect("jobs:detail", job.pk)
    return render(request, "members/erasing/confirm.html", {"count": len(ids)})


@require_POST
@needs(Permission.ERASE)
def print_act(request: ActorRequest, pk: int) -> HttpResponse:
    """The act on the day of this record, of the same organisation."""
    found = _of_the_day(request, pk)
    return _print(request, destruction.ACT, destruction.render_act(found, _batch(request, found)), found)


@require_POST
@needs(Permission.ERASE)
def print_extract(request: ActorRequest, pk: int) -> HttpResponse:
    """The extract from the journal that belongs to the act."""
    found = _of_the_day(request, pk)
    return _print(request, destruction.EXTRACT, destruction.render_extract(found, _batch(request, found)), found)


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    require(request.actor, Permission.ERASE, own)
    return own


def _due(request: ActorRequest, pk: int) -> Member:
    """A card that is due here; a number of any other card is as unknown as one that never was."""
    card = due_for_erasing(_own(request), timezone.localdate()).filter(pk=pk).first()
    if card is None:
        raise Http404
    return card


def _of_the_day(request: ActorRequest, pk: int) -> list[DestructionRecord]:
    visible = DestructionRecord.objects.visible_to(request.actor).filter(organization=_own(request))
    record = load(visible, pk)
    day = timezone.localtime(record.destroyed_at).date()
    found = visible.filter(destroyed_at__date=day)
    return list(found.select_related("organization__federation", "organization__parent").order_by("number"))


def _batch(request: ActorRequest, found: list[DestructionRecord]) -> Any:
    return batch_of(request, found[0].organization)


def _print(request: ActorRequest, form: Form, data: bytes, found: list[DestructionRecord]) -> HttpResponse:
    record_applicant(form.code, found[0], organization=found[0].organization, by=request.actor, rule="V-B14")
    return paper_answer(data, form)
