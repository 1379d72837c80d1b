"""Represented people of applicants and members: questionnaire, mandate, consent (V-A1, V-A4)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.consents.rules import hindering
from documents.papers import consent, questionnaire
from documents.printing.core import batch_for
from documents.printing.rules import printed_at
from members.people.models import Member
from members.people.views.card_page import load_card
from members.people.views.facts import facts_of_section
from registry.access import require, require_reading
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, say_violation

from ..forms.representations import EndForm, WardForm
from ..models import Application, Representation
from ..queries.applicants import address_of, as_member, ward_as_member
from ..rules.applications import check_open
from ..rules.representations import check_can_be_removed, ends_on, sections_of_ward, signs_alone, values_of_ward
from ..transitions.representations import (
    add_representation,
    edit_representation,
    end_representation,
    note_ward_opened,
    remove_representation,
    reopen_representation,
)
from .applications import load_application


def _organization(ward: Representation) -> Organization:
    owner = ward.member or ward.application
    return owner.organization  # type: ignore[union-attr, return-value]


def _back(ward: Representation) -> str:
    if ward.member_id:
        return reverse("members:accounting", args=[ward.member_id])
    return reverse("applications:detail", args=[ward.application_id])


def load_ward(request: ActorRequest, pk: int) -> Representation:
    """Return the represented person in the actor's scope. Raises `NotAllowed` if the actor may not read health data."""
    require_reading(request.actor, DataClass.HEALTH)
    found = Representation.objects.visible_to(request.actor)
    return load(found.select_related("member__organization__federation", "application__organization__federation"), pk)


def may_change(request: ActorRequest, ward: Representation) -> bool:
    """Return whether the actor may change the record now."""
    if ward.member_id:
        return request.actor.may(Permission.EDIT_MEMBERS, _organization(ward))
    application = ward.application
    return (
        application is not None
        and allowed(check_open, application)
        and request.actor.may(Permission.FILE_APPLICATIONS, application.organization)
    )


@require_GET
@needs(Permission.VIEW_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show questionnaire, mandate and consent; the opening is recorded (V-C5)."""
    ward = load_ward(request, pk)
    note_ward_opened(ward, by=request.actor)
    organization = _organization(ward)
    charter = organization.charter
    card, values = ward_as_member(ward, charter, organization), values_of_ward(ward, charter)
    boxes = []
    for section in sections_of_ward(charter):
        if request.actor.reads(section.data_class):
            boxes.append((section, facts_of_section(card, section, values, charter, timezone.localdate())))
    owner = ward.member or ward.application
    answers_at = printed_at(questionnaire.FORM.code, owner) if owner is not None else None
    representative = ward.member or as_member(ward.application)  # type: ignore[arg-type]
    lacks = consent.lacks_of_ward(card, representative, ward, batch_for(request.actor, organization, blank=True))
    context = {
        "ward": ward,
        "owner": owner,
        "back": _back(ward),
        "boxes": [(section, facts) for section, facts in boxes if facts],
        "lacking": [lack.point for lack in lacks],
        "by_hand": bool(lacks) and not hindering(lacks, by_hand=True),
        "signs_alone": signs_alone(ward, owner.category if owner is not None else ""),
        "ends_on": ends_on(ward) if ward.ended_on is None else None,
        "may_change": may_change(request, ward),
        "may_remove": allowed(check_can_be_removed, ward),
        "may_print": request.actor.may(Permission.PRINT, organization) and request.actor.reads(DataClass.IDENTITY),
        "may_print_answers": request.actor.may(Permission.PRINT, answers_at),
        "name": capfirst(ward.full_name),
    }
    return render(request, "members/applications/ward.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def add(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a person represented by the applicant."""
    application = load_application(request, pk)
    require(request.actor, Permission.FILE_APPLICATIONS, application.organization)
    back = reverse("applications:detail", args=[pk])
    return _add(request, application, back, application_id=pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def add_to_member(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a person represented by a member."""
    member = load_card(request, pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    back = reverse("members:accounting", args=[pk])
    return _add(request, member, back, member_id=pk)


def _add(request: ActorRequest, person: Application | Member, back: str, **owner: Any) -> HttpResponse:
    require_reading(request.actor, DataClass.HEALTH, DataClass.IDENTITY)
    assert person.organization is not None  # noqa: S101 — the caller's `require` has asked for it
    key = f"ward-add-{'-'.join(f'{name}-{pk}' for name, pk in owner.items())}"
    data = request.POST if request.method == "POST" else None
    form = WardForm(data, charter=person.organization.charter, address=address_of(person))
    draft = draft_for(request, key)
    fill_from_draft(form, draft)
    if form.is_valid():
        try:
            add_representation(**owner, values=form.submitted(), by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            delete_draft(request.actor.account, key)
            messages.success(request, _("The represented person is saved."))
            return redirect(back)
    return _form_page(request, {"form": form, "person": person.full_name, "key": key, "draft": draft, "back": back})


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_MEMBERS)
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change the questionnaire, the mandate or the consent."""
    ward = load_ward(request, pk)
    if not may_change(request, ward):
        raise NotAllowed
    charter, key = _organization(ward).charter, f"ward-edit-{pk}"
    data, owner = request.POST if request.method == "POST" else None, ward.member or ward.application
    form = WardForm(data, charter=charter, ward=ward, address=address_of(owner) if owner is not None else {})
    draft = draft_for(request, key)
    fill_from_draft(form, draft)
    if not form.is_bound:
        note_ward_opened(ward, by=request.actor)
    if form.is_valid():
        try:
            edit_representation(
                pk, values=form.submitted(), version=form.cleaned_data["version"] or 0, by=request.actor
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion as stale:
            form.add_error(None, _("Somebody else changed this record in the meantime. Compare and save once more."))
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(stale.current.version)  # type: ignore[index]
        else:
            delete_draft(request.actor.account, key)
            messages.success(request, _("The represented person is saved."))
            return redirect("applications:ward", pk)
    back = reverse("applications:ward", args=[pk])
    return _form_page(request, {"form": form, "ward": ward, "key": key, "draft": draft, "back": back})


def _form_page(request: ActorRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "members/applications/ward_form.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_MEMBERS)
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """Record the end of the mandate."""
    ward = load_ward(request, pk)
    if not may_change(request, ward):
        raise NotAllowed
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            end_representation(pk, on=form.cleaned_data["on"], note=form.cleaned_data["note"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The end was recorded."))
            return redirect("applications:ward", pk)
    context = {"ward": ward, "form": form, "back": reverse("applications:ward", args=[pk])}
    return render(request, "members/applications/ward_end.html", context)


@require_POST
@needs(Permission.VIEW_MEMBERS)
def reopen(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo an end entered by mistake."""
    ward = load_ward(request, pk)
    if not may_change(request, ward):
        raise NotAllowed
    reopen_representation(pk, by=request.actor)
    messages.success(request, _("The end is taken back."))
    return redirect("applications:ward", pk)


@require_POST
@needs(Permission.VIEW_MEMBERS)
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove a person entered by mistake."""
    ward = load_ward(request, pk)
    if not may_change(request, ward):
        raise NotAllowed
    back = _back(ward)
    try:
        remove_representation(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("applications:ward", pk)
    messages.success(request, _("The represented person was removed from the application."))
    return redirect(back)
