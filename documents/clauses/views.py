"""Pages for the texts of forms and their versions (U-6)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from documents.printing.core import Form, batch_for, blank, forms_of
from registry import answers
from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Federation
from registry.views import ActorRequest, add_violation, needs

from .contents import PLACEHOLDERS
from .forms import FormTextForm
from .models import FormText
from .queries import clauses_on
from .rules import check_clauses
from .transitions import issue_form_text


def _federation(actor: Actor) -> Federation:
    if actor.federation is None:
        raise NotAllowed
    return actor.federation


def _form(federation: Federation, code: str) -> Form:
    """Return the form of the federation. Raises `Http404` if its text cannot be changed."""
    charter = federation.charter
    found = next((form for form in forms_of(charter) if form.code == code and charter.clauses_of(code)), None)
    if found is None:
        raise Http404
    return found


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def form_list(request: ActorRequest) -> HttpResponse:
    """List the forms whose text can be changed, with the current version of each."""
    federation, today = _federation(request.actor), timezone.localdate()
    charter = federation.charter
    versions: dict[str, list[FormText]] = {}
    for text in FormText.objects.filter(federation=federation).order_by("-version"):
        versions.setdefault(text.form, []).append(text)
    rows = []
    for form in forms_of(charter):
        if charter.clauses_of(form.code):
            own = versions.get(form.code, [])
            current = next((text for text in own if text.in_force_on(today)), None)
            coming = own[0] if own and not own[0].in_force_on(today) else None
            rows.append((form, current, coming))
    return render(request, "documents/form_texts/list.html", {"rows": rows})


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def form_text(request: ActorRequest, code: str) -> HttpResponse:
    """Show the current clauses of a form, and its versions."""
    federation, today = _federation(request.actor), timezone.localdate()
    form, charter = _form(federation, code), federation.charter
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
    form, charter = _form(federation, code), federation.charter
    versions = list(FormText.objects.of_form(federation, code))
    latest = versions[0].valid_from if versions else today
    present = clauses_on(max(latest, today), versions, code, charter)
    labels = {name: clause["label"] for name, clause in charter.clauses_of(code).items()}
    typed = FormTextForm(request.POST or None, labels=labels, present=present, valid_from=max(latest, today))
    if request.method == "POST" and typed.is_valid():
        try:
            if "preview" in request.POST:
                return _preview(request.actor, form, typed.clauses)
            text = issue_form_text(
                code, clauses=typed.clauses, valid_from=typed.cleaned_data["valid_from"], by=request.actor
            )
        except RuleViolation as violation:
            add_violation(typed, violation)
        else:
            messages.success(request, _("Version %(number)s of the text is saved.") % {"number": text.version})
            return redirect("documents:form_text", code)
    context: dict[str, Any] = {"form": typed, "paper": form, "placeholders": PLACEHOLDERS.items()}
    return render(request, "documents/form_texts/new.html", context)


def _preview(actor: Actor, form: Form, clauses: dict[str, str]) -> HttpResponse:
    """Return the empty form with the clauses as a PDF; nothing is stored or recorded as printed."""
    federation = _federation(actor)
    check_clauses(clauses, form.code, federation.charter)
    if actor.organization is None:
        raise NotAllowed
    batch = batch_for(actor, actor.organization, blank=True)
    batch.proposed = clauses
    return answers.pdf(blank(form, batch), f"{form.code}-preview")
