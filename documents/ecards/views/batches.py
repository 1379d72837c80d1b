"""Pages of consolidated orders: gathering, sending, the archive, the producer's answer (U-8)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.models import Member
from registry import states
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs import uploads
from registry.jobs.queue import start_job
from registry.jobs.views import being_read
from registry.states import allowed, may_become, refusal
from registry.views import ActorRequest, load, needs, page_of, posted, run_action, say_violation, seen_among

from .. import rules
from ..contents import AnswerLine
from ..enums import PRODUCTION_REQUESTS, SETTLED_OUTCOMES, BatchState, Outcome, RequestState
from ..forms import AnswerForm, NoteForm
from ..jobs import READ_ANSWER
from ..models import CardAnswer, CardBatch, CardRequest
from ..queries.counting import request_state_counts
from ..rules import MAX_NAMED
from ..transitions import batches as transitions
from ..transitions.orders import check_still_ready
from .pages import ask, days_of_production, own_consolidator


def _load(request: ActorRequest, pk: int) -> CardBatch:
    return load(CardBatch.objects.visible_to(request.actor).select_related("organization__federation"), pk)


def _page(pk: int) -> str:
    return reverse("documents:card_batch", args=[pk])


@require_POST
@needs(Permission.ORDER_CARDS)
def gather(request: ActorRequest) -> HttpResponse:
    """Add all accepted requests to the consolidated order."""
    organization = own_consolidator(request)
    try:
        batch = transitions.gather_batch(organization.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("documents:cards")
    messages.success(request, _("The accepted requests are in the consolidated order."))
    return redirect("documents:card_batch", batch.pk)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def batch(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a consolidated order with its cards, answers and buttons."""
    found, actor = _load(request, pk), request.actor
    requests = CardRequest.objects.visible_to(actor).filter(batch=found)
    lines = page_of(
        request,
        requests.with_transit().select_related("member", "organization").order_by("position", "member__sort_key", "pk"),
    )
    may = actor.may(Permission.ORDER_CARDS, found.organization)
    sent = allowed(rules.check_is_sent, found)
    context = {
        "batch": found,
        "lines": lines,
        "seen": seen_among(Member.objects.visible_to(actor), [line.member_id for line in lines]),
        "states": request_state_counts(requests),
        "answers": CardAnswer.objects.visible_to(actor).filter(batch=found)[:MAX_NAMED],
        "may_send": may and may_become(found, BatchState.SENT),
        "may_answer": may and sent,
        "may_print_faces": may and sent and allowed(rules.check_printed_here, found)
        and actor.may(Permission.PRINT, found.organization),
        "overdue": sent and found.ship_by is not None and found.ship_by < found.organization.today
        and requests.filter(state__in=PRODUCTION_REQUESTS).exists(),
    }  # fmt: skip
    return render(request, "documents/ecards/batch.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def send(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the contents of the consolidated order, who makes the cards and the terms; send it."""
    found = _load(request, pk)
    own = found.organization
    require(request.actor, Permission.ORDER_CARDS, own)
    waiting = list(found.requests.filter(state=RequestState.ORDERED))
    process_on = rules.processing_day(rules.cards_of(own), timezone.now())
    facts = [
        (_("Electronic cards"), len(waiting)),
        (_("Of organisations"), len({one.organization_id for one in waiting})),
        (_("Producer"), own.charter.card_producer or _("the federation prints its cards itself")),
        *days_of_production(own, process_on),
    ]
    return ask(
        request, forms.Form(posted(request)), partial(transitions.send_batch, pk, by=request.actor),
        title=_("Send the order?"), button=_("Send the order"), icon="check", facts=facts,
        lead=_(
            "After that the order, its names and its photographs cannot be changed. You download the archive for "
            "the producer on the page of the order."
        ),
        done=_("The order is sent and can no longer be changed. Download the archive for the producer."),
        to=_page(pk),
        refused=refusal(states.check, found, BatchState.SENT, "U-8")
        or refusal(rules.check_filled, len(waiting))
        or refusal(check_still_ready, waiting),
    )  # fmt: skip


@require_POST
@needs(Permission.ORDER_CARDS)
def drop(request: ActorRequest, pk: int) -> HttpResponse:
    """Drop an unsent consolidated order."""
    _load(request, pk)
    step = partial(transitions.drop_batch, pk, by=request.actor)
    return run_action(
        request,
        step,
        _("The consolidated order is dropped; its requests are accepted again."),
        reverse("documents:cards"),
    )


@require_POST
@needs(Permission.ORDER_CARDS)
def archive(request: ActorRequest, pk: int) -> HttpResponse:
    """Start the job that makes the archive for the producer."""
    found = _load(request, pk)
    require(request.actor, Permission.ORDER_CARDS, found.organization)
    try:
        rules.check_is_sent(found)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect(_page(pk))
    # The ids of the members are parameters, so that the copies are found when a member's card is sealed.
    ids = list(found.requests.filter(member__isnull=False).values_list("member", flat=True))
    job = start_job(
        "documents.card_archive", {"batch": pk, "ids": ids}, by=request.actor, organization=found.organization
    )
    return redirect("jobs:detail", job.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def load_answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Load the producer's answer, and show the outcome of each line."""
    found = _load(request, pk)
    require(request.actor, Permission.ORDER_CARDS, found.organization)
    if refused := refusal(rules.check_is_sent, found):
        say_violation(request, refused)
        return redirect(_page(pk))
    form = AnswerForm(posted(request), request.FILES if request.method == "POST" else None)
    try:
        if request.method == "POST" and form.is_valid():
            job = uploads.begin(
                READ_ANSWER, form.long, {"batch": pk}, place=found.organization, name="answer",
                permission=Permission.ORDER_CARDS, by=request.actor,
            )  # fmt: skip
            if job is not None:
                return being_read(request, job)
            answer = transitions.record_answer(pk, form.lines, by=request.actor)
            return redirect("documents:card_answer", answer.pk)
    except RuleViolation as violation:
        form.add_error("file", str(violation.message))
    context = {
        "form": form, "title": _("Load the answer of the producer"), "button": _("Load"), "back": _page(pk),
        "section": (_("Electronic cards"), reverse("documents:cards")), "upload": True,
        "lead": _(
            "The answer may contain only some of the cards, in any order. Earlier results do not change."
        ),
    }  # fmt: skip
    return render(request, "ask.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def printed(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the federation has printed all cards of the order, except those already marked as not made."""
    found = _load(request, pk)
    require(request.actor, Permission.ORDER_CARDS, found.organization)
    waiting = found.requests.filter(state=RequestState.SENT).order_by("position")
    lines = [AnswerLine(row, one, made=True) for row, one in enumerate(waiting.values_list("pk", flat=True), 1)]
    step = partial(transitions.record_answer, pk, lines, printed_here=True, by=request.actor)
    return ask(
        request, forms.Form(posted(request)), step, title=_("Are all cards printed?"),
        button=_("All cards are printed"), icon="check", facts=[(_("Electronic cards"), len(lines))],
        lead=_("Cards that were not printed are first recorded as not made; this cannot be taken back."),
        done=_("The cards are printed. Enter them as a parcel or hand them down."), to=_page(pk),
        refused=refusal(rules.check_is_sent, found)
        or refusal(rules.check_printed_here, found)
        or refusal(rules.check_answer_size, len(lines)),
    )  # fmt: skip


@require_GET
@needs(Permission.VIEW_MEMBERS)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the outcome of each line of an answer, those that need attention first."""
    found = load(CardAnswer.objects.visible_to(request.actor).select_related("batch", "loaded_by"), pk)
    wrong = [line for line in found.lines if line[2] not in SETTLED_OUTCOMES]
    page = page_of(request, wrong + [line for line in found.lines if line[2] in SETTLED_OUTCOMES])
    ids = [one for _row, one, _outcome in page.object_list if one is not None]
    requests = CardRequest.objects.visible_to(request.actor).select_related("member").in_bulk(ids)
    counts: dict[str, int] = {}
    for _row, _one, outcome in found.lines:
        counts[outcome] = counts.get(outcome, 0) + 1
    waiting = CardRequest.objects.visible_to(request.actor).filter(batch=found.batch, state=RequestState.SENT)
    rows: list[tuple[int, CardRequest | None, Any, bool]] = [
        (row, requests.get(one), Outcome(outcome).label, outcome in SETTLED_OUTCOMES)
        for row, one, outcome in page.object_list
    ]
    context = {
        "answer": found, "page": page, "rows": rows, "wrong": len(wrong), "missing": waiting.count(),
        "counts": [(outcome.label, counts[outcome]) for outcome in Outcome if outcome in counts],
    }  # fmt: skip
    return render(request, "documents/ecards/answer.html", context)


def _in_a_batch(request: ActorRequest, pk: int) -> tuple[CardRequest, CardBatch]:
    """Return the request and its consolidated order. Raises `Http404` if it has none, `NotAllowed`."""
    requests = CardRequest.objects.visible_to(request.actor).select_related("batch__organization", "member")
    found = load(requests, pk)
    if found.batch is None:
        raise Http404
    require(request.actor, Permission.ORDER_CARDS, found.batch.organization)
    return found, found.batch


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def reject(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove a member from the consolidated order."""
    found, gathered = _in_a_batch(request, pk)
    step = partial(transitions.reject_request, pk, by=request.actor)
    return ask(
        request, NoteForm(posted(request)), step, title=_("Leave out: %(name)s") % {"name": found.name_shown},
        button=_("Leave out"), lead=_("The organisation reads the reason and can order again."),
        done=_("The member was removed from the consolidated order."),
        to=_page(gathered.pk), refused=refusal(states.check_is, gathered, {BatchState.DRAFT}, "U-8"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def fail(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that a card was not made, or was lost on the way to the region."""
    found, gathered = _in_a_batch(request, pk)
    step = partial(transitions.fail_request, pk, by=request.actor)
    refused = refusal(states.check, found, RequestState.FAILED, "U-8") or refusal(rules.check_not_on_the_way, found)
    return ask(
        request, NoteForm(posted(request)), step, title=_("Not made: %(name)s") % {"name": found.name_shown},
        button=_("Record it"), lead=_("The organisation reads the reason and can order a new card."),
        done=_("It is recorded."), to=_page(gathered.pk), refused=refused,
    )  # fmt: skip
