"""Pages for the texts of forms and their versions (U-6)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from documents.printing.core import Paper, batch_for, forms_of, papers, preview
from registry import answers
from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Federation
from registry.views import ActorRequest, add_violation, needs

from .contents import facts_of_form, is_about_a_person, placeholders_of
from .forms import FormTextForm
from .models import FormText
from .queries import clauses_on
from .rules import check_clauses
from .transitions import issue_form_text

if TYPE_CHECKING:
    from registry.charters.base import Charter

ONE_DAY = dt.timedelta(days=1)


def _federation(actor: Actor) -> Federation:
    if actor.federation is None:
        raise NotAllowed
    return actor.federation


def _paper(federation: Federation, code: str) -> Paper:
    """Return the paper with the code. Raises `Http404` if its text cannot be changed in the federation."""
    found = papers().get(code)
    if found is None or not federation.charter.clauses_of(code):
        raise Http404
    return found


def _changeable(charter: Charter) -> tuple[list[Paper], list[Paper]]:
    """Return the papers whose text can be changed: the forms in the order of their menu, and all others."""
    chosen = [form for form in forms_of(charter) if form.code in charter.changeable_texts]
    others = [papers()[code] for code in charter.changeable_texts if code not in charter.forms]
    return [*chosen], others


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def form_list(request: ActorRequest) -> HttpResponse:
    """List the papers whose text can be changed, with the current version of each."""
    federation, today = _federation(request.actor), timezone.localdate()
    versions: dict[str, list[FormText]] = {}
    for text in FormText.objects.filter(federation=federation).order_by("-version"):
        versions.setdefault(text.form, []).append(text)

    def row(paper: Paper) -> tuple[Paper, FormText | None, FormText | None]:
        own = versions.get(paper.code, [])
        current = next((text for text in own if text.in_force_on(today)), None)
        return paper, current, own[0] if own and not own[0].in_force_on(today) else None

    chosen, others = _changeable(federation.charter)
    context = {"rows": [row(paper) for paper in chosen], "letters": [row(paper) for paper in others]}
    return render(request, "documents/form_texts/list.html", context)


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def form_text(request: ActorRequest, code: str) -> HttpResponse:
    """Show the current clauses of a form, and its versions."""
    federation, today = _federation(request.actor), timezone.localdate()
    form, charter = _paper(federation, code), federation.charter
    versions = list(FormText.objects.of_form(federation, code))
    labels = {name: clause["label"] for name, clause in charter.clauses_of(code).items()}
    own = {name: clause["text"] for name, clause in charter.clauses_of(code).items()}
    current = next((text for text in versions if text.in_force_on(today)), None)
    shown = [
        (text, text == current, text.in_force_on(today), _labelled(labels, {**own, **text.clauses}))
        for text in versions
    ]
    context = {
        "form": form,
        "versions": shown,
        "current": current,
        "own": _labelled(labels, own),
        "may_change": request.actor.may(Permission.ADMINISTER),
    }
    return render(request, "documents/form_texts/form.html", context)


def _labelled(labels: dict[str, str], clauses: dict[str, str]) -> list[tuple[str, str]]:
    return [(label, clauses[name]) for name, label in labels.items()]


@require_http_methods(["GET", "POST"])
@needs(Permission.ADMINISTER)
def new(request: ActorRequest, code: str) -> HttpResponse:
    """Issue a new version of a form's clauses, or preview it on an empty form."""
    federation, today = _federation(request.actor), timezone.localdate()
    paper, own = _paper(federation, code), federation.charter.clauses_of(code)
    versions = list(FormText.objects.of_form(federation, code))
    first_day = max(today + ONE_DAY, versions[0].valid_from) if versions else today + ONE_DAY
    present = clauses_on(first_day, versions, code, federation.charter)
    typed = FormTextForm(request.POST or None, own=own, present=present, valid_from=first_day)
    if request.method == "POST" and typed.is_valid():
        try:
            if "preview" in request.POST:
                return _preview(request.actor, paper, typed.clauses)
            text = issue_form_text(
                code, clauses=typed.clauses, valid_from=typed.cleaned_data["valid_from"], by=request.actor
            )
        except RuleViolation as violation:
            add_violation(typed, violation)
        else:
            messages.success(request, _("Version %(number)s of the text is saved.") % {"number": text.version})
            return redirect("documents:form_text", code)
    context = {
        "form": typed,
        "paper": paper,
        "placeholders": {**placeholders_of(code), **facts_of_form(own)}.items(),
        "about_a_person": is_about_a_person(code),
    }
    return render(request, "documents/form_texts/new.html", context)


def _preview(actor: Actor, paper: Paper, clauses: dict[str, str]) -> HttpResponse:
    """Return the blank paper with the clauses as a PDF; nothing is stored or recorded as printed."""
    federation = _federation(actor)
    check_clauses(clauses, paper.code, federation.charter)
    if actor.organization is None:
        raise NotAllowed
    batch = batch_for(actor, actor.organization, blank=True)
    batch.proposed = clauses
    return answers.pdf(preview(paper, batch), f"{paper.code}-preview")
