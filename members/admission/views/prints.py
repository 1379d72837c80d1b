"""Printing papers of an applicant, and the consent for a represented person (V-A4)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from documents.consents.rules import Lack, check_points, hindering
from documents.papers import consent, questionnaire
from documents.printing.core import Form, batch_for, forms_of, render, render_word
from documents.printing.rules import check_readable, printed_at
from documents.printing.transitions import record_consent_print, record_other_print
from members.people.models import Member
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.requests import asks_for_word
from registry.views import ActorRequest, needs, say_violation

from ..models import Application
from ..queries.applicants import as_member, ward_as_member
from .applications import load_application
from .representations import load_ward


@require_POST
@needs(Permission.PRINT)
def print_paper(request: ActorRequest, pk: int, form: str) -> HttpResponse:
    """Print the application or the consent, filled in."""
    application = load_application(request, pk)
    require(request.actor, Permission.PRINT, application.organization)
    found = next((f for f in forms_of(application.organization.charter) if f.code == form and f.for_applicants), None)
    if found is None or application.member_id is not None:
        raise Http404
    check_readable(found.data_classes, by=request.actor)
    word = asks_for_word(request)
    if word and not found.as_word:
        raise Http404
    lay_out = render_word if word else render
    batch = batch_for(request.actor, application.organization)
    card, organization = as_member(application), application.organization
    if found.code == consent.FORM.code:
        context = consent.build_for_applicant(application, card, batch)
        if not context["copy"] and (lacks := consent.lacks(card, batch)):
            return _refused(request, lacks, reverse("applications:detail", args=[application.pk]))
        data = lay_out(found, [context], batch)
        record_consent_print(
            application, consent.kept(context), organization=organization, code=batch.code, by=request.actor
        )
    else:
        context = {**found.build(card, batch), "signed_on": application.filed_on}
        data = lay_out(found, [context], batch)
        record_other_print(found.code, application, organization=organization, code=batch.code, by=request.actor)
    return answers.word(data, found.code) if word else answers.paper(data, found.code)


@require_POST
@needs(Permission.PRINT)
def print_ward_consent(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the consent for a represented person, with the representative's part filled in (appendix 2)."""
    ward = load_ward(request, pk)
    check_readable(consent.FORM.data_classes, by=request.actor)
    owner = ward.member or ward.application
    if owner is None or owner.organization is None:
        raise Http404
    organization = owner.organization
    require(request.actor, Permission.PRINT, organization)
    batch = batch_for(request.actor, organization)
    representative = ward.member or as_member(ward.application)  # type: ignore[arg-type]
    subject = ward_as_member(ward, organization.charter, organization)
    lacks = consent.lacks_of_ward(subject, representative, ward, batch)
    if found := hindering(lacks, by_hand="by_hand" in request.GET):
        return _refused(request, found, reverse("applications:ward", args=[ward.pk]))
    context = consent.build_for_ward(subject, representative, ward, batch)
    word = asks_for_word(request)
    data = (render_word if word else render)(consent.FORM, [context], batch)
    record_consent_print(ward, consent.kept(context), organization=organization, code=batch.code, by=request.actor)
    return answers.word(data, consent.FORM.code) if word else answers.paper(data, consent.FORM.code)


@require_POST
@needs(Permission.PRINT)
def print_ward_questionnaire(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the questionnaire that a representative fills in for the represented person (appendix 3, V-A4)."""
    ward = load_ward(request, pk)
    owner = ward.member or ward.application
    found = next((form for form in _forms_of(owner) if form.code == questionnaire.FORM.code), None)
    if owner is None or owner.organization is None or found is None:
        raise Http404
    place = printed_at(found.code, owner) or owner.organization
    require(request.actor, Permission.PRINT, place)
    check_readable(found.data_classes, by=request.actor)
    batch = batch_for(request.actor, owner.organization)
    subject = ward_as_member(ward, batch.charter, owner.organization)
    data = render(found, [found.build(subject, batch)], batch)
    record_other_print(found.code, ward, organization=place, code=batch.code, by=request.actor)
    return answers.paper(data, found.code)


def _refused(request: ActorRequest, lacks: list[Lack], page: str) -> HttpResponse:
    """Redirect to the page where the missing points of the consent are entered, with a message that names them."""
    try:
        check_points(lacks)
    except RuleViolation as violation:
        say_violation(request, violation)
    return redirect(page)


def _forms_of(owner: Member | Application | None) -> list[Form]:
    return forms_of(owner.organization.charter) if owner is not None and owner.organization is not None else []
