"""Pages of requests about personal data: the register, a request and its steps, the extract (V-C5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import subject_answer
from documents.printing.core import batch_for, titles
from documents.printing.transitions import record_other_print
from members.people.models import Member
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.states import allowed, refusal
from registry.views import (
    ActorRequest,
    add_violation,
    asks_again,
    load,
    needs,
    page_of,
    say_violation,
    scan_page,
    seen_among,
)

from . import rules
from .enums import RequestKind
from .forms import AnswerForm, ExtendForm, RecallForm, RefuseForm, RegisterFilter, RegisterForm
from .models import SubjectRequest
from .queries.extract import extract_of
from .queries.files import as_file
from .transitions import (
    answer_request,
    extend_term,
    note_extract,
    note_scan_opened,
    recall_request,
    refuse_request,
    register_request,
    reopen_request,
)


@require_GET
@needs(Permission.MARK_CONSENTS)
def register(request: ActorRequest) -> HttpResponse:
    """List the requests about personal data, the latest first."""
    _stand_under_consents(request)
    today = timezone.localdate()
    found = SubjectRequest.objects.visible_to(request.actor).select_related("organization")
    form = RegisterFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    for name in ("state", "kind"):
        found = found.filter(**{name: chosen[name]}) if chosen.get(name) else found
    if chosen.get("overdue"):
        found = found.open().filter(answer_by__lt=today)
    page = page_of(request, found.order_by("-received_on", "-pk"))
    context = {"page": page, "today": today, "form": form, "filtered": any(chosen.values())}
    return render(request, "documents/rights/register.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MARK_CONSENTS)
def add(request: ActorRequest, pk: int) -> HttpResponse:
    """Register a member's request about their data."""
    _stand_under_consents(request)
    found = Member.objects.answered_for(request.actor).select_related("organization__federation")
    member = load(found, pk)
    require(request.actor, Permission.MARK_CONSENTS, member.organization)
    initial = {"received_on": timezone.localdate(), "channel": "hand", "kind": "access"}
    form = RegisterForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("kind", "received_on", "channel", "details")}
        try:
            made = register_request(member.pk, **data, scan=form.scan_bytes, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The request is registered. Its term is among the tasks."))
            return redirect("documents:request", made.pk)
    return render(request, "documents/rights/add.html", {"member": member, "form": form})


@require_GET
@needs(Permission.MARK_CONSENTS)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a request with its term and the forms of possible steps."""
    return _page(request, _load(request, pk))


def _stand_under_consents(request: ActorRequest) -> None:
    request.stands_under = reverse("documents:consents")


def _load(request: ActorRequest, pk: int) -> SubjectRequest:
    related = ("member__organization__federation", "organization__federation", "scan")
    return load(SubjectRequest.objects.visible_to(request.actor).select_related(*related), pk)


def _page(request: ActorRequest, found: SubjectRequest, **shown: forms.Form) -> HttpResponse:
    _stand_under_consents(request)
    actor, today = request.actor, timezone.localdate()
    may_act = actor.may(Permission.MARK_CONSENTS, found.organization)
    answered = {"settled_on": today, "channel": found.channel}
    offered: dict[str, tuple[bool, Callable[[], forms.Form]]] = {
        "answer": (allowed(rules.check_can_be_answered, found), lambda: AnswerForm(initial=answered)),
        "extend": (allowed(rules.check_can_be_extended, found, today), ExtendForm),
        "refuse": (allowed(rules.check_can_be_refused, found), lambda: RefuseForm(initial=answered)),
        "recall": (allowed(rules.check_can_be_recalled, found), RecallForm),
    }
    context: dict[str, Any] = {name: make() if may_act and may else None for name, (may, make) in offered.items()}
    extract = allowed(rules.check_reads_all, actor) and allowed(rules.check_extract, found)
    card = seen_among(Member.objects.visible_to(actor), [found.member_id])
    hindrance = _hindrance(found) if may_act and found.is_open else ""
    context |= {
        "request_of": found,
        "today": today,
        "may_reopen": may_act and allowed(rules.check_can_be_reopened, found),
        "may_extract": may_act and extract,
        "may_letter": may_act and not found.is_recalled and (found.extended_on is not None or not found.is_open),
        "may_stop": may_act and found.is_open and found.is_about_stopping and bool(card),
        "card": next(iter(card), None),
        "hindrance": hindrance,
        "next_step": _next_step(found) if context["answer"] else "",
    }
    return render(request, "documents/rights/request.html", {**context, **shown})


def _hindrance(found: SubjectRequest) -> str:
    """Return what has to be done before the request can be answered, or an empty string."""
    refused = refusal(rules.check_can_be_answered, found)
    return str(refused.message) if refused else ""


def _next_step(found: SubjectRequest) -> str:
    """Return the next step for a request that can be answered."""
    kept = found.member is not None and found.member.organization_id == found.organization_id
    if kept and found.kind == RequestKind.ACCESS:
        return _("Hand the extract over or send it, then record the answer below.")
    if kept and found.kind == RequestKind.CORRECTION:
        return _(
            "Correct the card, then write below what was corrected and record the answer. If the data are right, "
            "refuse and say why."
        )
    return _("Tell the person what was done, then record the answer below.")


@require_POST
@needs(Permission.MARK_CONSENTS)
def extend(request: ActorRequest, pk: int) -> HttpResponse:
    """Extend the term once, with the reason."""
    form = ExtendForm(request.POST)
    return _run_form(
        request, pk, "extend", form,
        lambda found: extend_term(found.pk, reason=form.cleaned_data["reason"], by=request.actor),
        _("The term is extended. Print the letter and send it to the person."),
    )  # fmt: skip


@require_POST
@needs(Permission.MARK_CONSENTS)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Record the answer."""
    form = AnswerForm(request.POST)
    return _run_form(
        request, pk, "answer", form,
        lambda found: answer_request(found.pk, **form.cleaned_data, by=request.actor),
        _("The answer is recorded."),
    )  # fmt: skip


@require_POST
@needs(Permission.MARK_CONSENTS)
def refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """Record a refusal with its reason."""
    form = RefuseForm(request.POST)
    return _run_form(
        request, pk, "refuse", form,
        lambda found: refuse_request(found.pk, **form.cleaned_data, by=request.actor),
        _("The refusal is recorded. Print the letter and send it to the person."),
    )  # fmt: skip


@require_POST
@needs(Permission.MARK_CONSENTS)
def recall(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the request needs no answer."""
    form = RecallForm(request.POST)
    return _run_form(
        request, pk, "recall", form,
        lambda found: recall_request(found.pk, reason=form.cleaned_data["reason"], by=request.actor),
        _("The request needs no answer any more."),
    )  # fmt: skip


@require_POST
@needs(Permission.MARK_CONSENTS)
def reopen(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo an answer, a refusal or a recall that was recorded by mistake."""
    found = _load(request, pk)
    try:
        reopen_request(found.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The request waits for its answer again."))
    return redirect("documents:request", pk)


def _run_form(
    request: ActorRequest, pk: int, name: str, form: forms.Form, act: Callable[[SubjectRequest], object], said: str
) -> HttpResponse:
    """Run the transition of the form, or show the page again with the entered values."""
    found = _load(request, pk)
    if form.is_valid():
        try:
            act(found)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, said)
            return redirect("documents:request", pk)
    return _page(request, found, **{name: form})


@require_POST
@needs(Permission.MARK_CONSENTS)
@asks_again()
def print_extract(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the answer with the extract, which the journal records."""
    found = _load(request, pk)
    require(request.actor, Permission.PRINT, found.organization)
    member = _record_extract(request, found, "pdf")
    if member is None:
        return redirect("documents:request", pk)
    batch, form = batch_for(request.actor, found.organization), subject_answer.ANSWER.code
    data = subject_answer.render_answer(found, member, timezone.now(), batch)
    record_other_print(form, found, organization=found.organization, code=batch.code, by=request.actor, rule="V-C5")
    return answers.paper(data, form)


@require_POST
@needs(Permission.MARK_CONSENTS)
@asks_again()
def download_extract(request: ActorRequest, pk: int) -> HttpResponse:
    """Download the extract as JSON (docs/extract.md), which the journal records."""
    found = _load(request, pk)
    require(request.actor, Permission.EXPORT, found.organization)
    member = _record_extract(request, found, "json")
    if member is None:
        return redirect("documents:request", pk)
    extract = extract_of(member, timezone.now(), found.organization.charter, titles())
    return answers.values(as_file(found, extract), f"extract-{found.number}.json")


def _record_extract(request: ActorRequest, found: SubjectRequest, form: str) -> Member | None:
    """Record the extract in the journal and return its member; add a message and return None if a rule refuses."""
    try:
        note_extract(found.pk, form=form, by=request.actor)
        return rules.check_extract(found)
    except RuleViolation as violation:
        say_violation(request, violation)
        return None


@require_POST
@needs(Permission.PRINT)
def print_letter(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the letter about an extension, an answer or a refusal."""
    found = _load(request, pk)
    require(request.actor, Permission.PRINT, found.organization)
    if found.is_recalled or (found.is_open and found.extended_on is None):
        messages.error(request, _("There is nothing to write yet."))
        return redirect("documents:request", pk)
    batch, form = batch_for(request.actor, found.organization), subject_answer.LETTER.code
    data = subject_answer.render_letter(found, batch)
    record_other_print(form, found, organization=found.organization, code=batch.code, by=request.actor, rule="V-C5")
    return answers.paper(data, form)


@require_GET
@needs(Permission.MARK_CONSENTS)
def scan(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the scan of the request, which the journal records (V-C5)."""
    found = _load(request, pk)
    return scan_page(found.scan, lambda: note_scan_opened(found, by=request.actor))
