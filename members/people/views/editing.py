"""Registering a person by hand and editing a card; concurrent editors see both versions (U-5, V-B2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.access import require
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.organizations.models import Organization
from registry.states import refusal
from registry.views import ActorRequest, add_violation, needs

from ..forms.cards import CardForm, NewCardForm
from ..models import Member
from ..queries.history import CLOSED
from ..queries.neighbours import next_incomplete
from ..rules.duplicates import DuplicateFound
from ..rules.person import usual_values
from ..rules.searches import check_may_search
from ..transitions.cards import edit_card, note_class_opened, note_class_shown
from ..transitions.registration import register_person
from .card_page import load_card, readable
from .conflicts import Conflict

_EDIT_TABS = {"general": "members:detail", "questionnaire": "members:questionnaire"}


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def add(request: ActorRequest) -> HttpResponse:
    """Register a person by hand (U-5); duplicates are shown before saving (N-A1)."""
    organization = request.actor.organization
    if organization is None or not organization.keeps_cards:
        # Cards are kept elsewhere (V-H1, U-H1): say where instead of showing a form that would be refused.
        level = organization.charter.levels[organization.charter.keeper] if organization else ""
        return render(request, "members/card/not_here.html", {"level": level}, status=403)
    require(request.actor, Permission.EDIT_MEMBERS, organization)
    key = f"members-add-{organization.pk}"
    if request.method == "GET":
        if stopped := refusal(check_may_search, organization, by=request.actor):
            messages.warning(request, str(stopped.message))
        form = NewCardForm(organization=organization, actor=request.actor, initial=_beginning(organization))
        draft = draft_for(request, key)
        fill_from_draft(form, draft)
        return _form_page(request, form, key, draft=draft)
    form = NewCardForm(request.POST, organization=organization, actor=request.actor)
    member = _register_one(form, request) if form.is_valid() else None
    if member is None:
        return _form_page(request, form, key)
    delete_draft(request.actor.account, key)
    messages.success(request, _("%(name)s is registered.") % {"name": member.full_name})
    return redirect("members:add") if "next" in request.POST else redirect("members:detail", member.pk)


def _beginning(organization: Organization) -> dict[str, Any]:
    """Return initial values that fit most people; they can be changed in the form."""
    return {"registered_on": timezone.localdate(), **usual_values(organization)}


def _register_one(form: NewCardForm, request: ActorRequest) -> Member | None:
    came_from = form.cleaned_data["arrived_from"].strip()
    try:
        return register_person(
            organization=form.organization, values=form.submitted(), arrived_from=came_from,
            ground=form.cleaned_data["ground"], by=request.actor,
        )  # fmt: skip
    except RuleViolation as violation:
        _add_refusal(form, violation)
    return None


def _add_refusal(form: CardForm, violation: RuleViolation) -> None:
    form.duplicates = violation.duplicates if isinstance(violation, DuplicateFound) else []
    add_violation(form, violation)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def edit(request: ActorRequest, pk: int, tab: str = "general") -> HttpResponse:
    """Edit the card; a separate button opens the fields of a protected class, which is recorded."""
    member = load_card(request, pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    key = f"members-edit-{pk}-{tab}"
    opened = readable(request.actor, {c for c in CLOSED if c in request.POST.getlist("opened")})
    if request.method == "GET":
        form = _edit_form(request, member, tab, opened)
        draft = draft_for(request, key)
        fill_from_draft(form, draft)
        if "missing" in request.GET:
            form.focus_missing()
        return _form_page(request, form, key, draft=draft, tab=tab)
    if "open" in request.POST:
        return _form_page(request, _reopened(request, member, tab, opened, key), key, tab=tab)
    form = _edit_form(request, member, tab, opened, bound=True)
    if not form.is_valid():
        return _form_page(request, form, key, tab=tab)
    return _save(request, form, member, key, tab)


def _edit_form(
    request: ActorRequest, member: Member, tab: str, opened: Iterable[DataClass], *, bound: bool = False
) -> CardForm:
    assert member.organization is not None  # noqa: S101 — `require` has asked for it
    data = request.POST if bound else None
    return CardForm(
        data, organization=member.organization, actor=request.actor, tabs=(tab,), member=member, opened=opened
    )


def _reopened(request: ActorRequest, member: Member, tab: str, opened: set[DataClass], key: str) -> CardForm:
    """Return the form with one more data class opened, keeping all typed text."""
    asked = readable(request.actor, {c for c in CLOSED if c == request.POST["open"]}) - opened
    if not asked:
        raise NotAllowed
    for data_class in asked:
        note_class_opened(member, data_class, by=request.actor)
    # The form itself says which classes are already open.
    for data_class in opened:
        note_class_shown(member, data_class, by=request.actor)
    typed = _edit_form(request, member, tab, opened)
    fill_from_draft(typed, request.POST)
    form = _edit_form(request, member, tab, opened | asked)
    draft = draft_for(request, key)
    if draft is not None and asked <= set(draft.getlist("opened")):
        fill_from_draft(form, draft)
    form.initial.update({name: typed.initial.get(name) for name in typed.fields})
    return form


def _save(request: ActorRequest, form: CardForm, member: Member, key: str, tab: str) -> HttpResponse:
    version = form.cleaned_data["version"]
    conflict = Conflict(form, request.POST) if version != member.version else None
    try:
        if conflict is not None and not conflict.is_settled:
            raise StaleVersion(member)
        values = conflict.chosen if conflict is not None else form.submitted()
        edit_card(member.pk, values=values, version=conflict.version if conflict else version, by=request.actor)
    except StaleVersion:
        return _conflict_page(request, form, key, tab)
    except RuleViolation as violation:
        _add_refusal(form, violation)
        return _form_page(request, form, key, tab=tab)
    delete_draft(request.actor.account, key)
    messages.success(request, _("The card is saved."))
    following = next_incomplete(member, request.actor) if "next" in request.POST else None
    if following is not None:
        return redirect(f"{reverse('members:edit', args=[following])}?missing")
    return redirect(_EDIT_TABS[tab], member.pk)


def _conflict_page(request: ActorRequest, form: CardForm, key: str, tab: str) -> HttpResponse:
    fresh = load_card(request, form.member.pk)  # type: ignore[union-attr]
    form = _edit_form(request, fresh, tab, form.opened or (), bound=True)
    form.is_valid()
    conflict = Conflict(form, request.POST)
    for data_class in sorted(form.opened or ()):
        note_class_opened(fresh, data_class, by=request.actor)
    context = {"member": fresh, "conflict": conflict, "form": form, "key": key, "tab": tab, "back": _back(fresh, tab)}
    return render(request, "members/card/conflict.html", context, status=409)


def _form_page(
    request: ActorRequest, form: CardForm, key: str, *, draft: Any = None, tab: str = "general"
) -> HttpResponse:
    context = {
        "form": form,
        "member": form.member,
        "key": key,
        "draft": draft,
        "back": _back(form.member, tab),
        "opened": sorted(form.opened or ()),
        "incomplete": form.member is not None and next_incomplete(form.member, request.actor) is not None,
    }
    template = "members/card/edit.html" if form.member else "members/card/add.html"
    return render(request, template, context)


def _back(member: Member | None, tab: str) -> str:
    return reverse(_EDIT_TABS[tab], args=[member.pk]) if member else reverse("members:list")
