"""Printing papers of a meeting, from its page and from the application (V-A5, V-A6)."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from documents.papers import meeting_papers
from documents.papers.meeting_papers import AGENDA, DECISION, EXTRACT, INVITATION, MINUTES
from documents.printing.codes import new_code
from documents.printing.rules import check_can_be_told
from documents.printing.transitions import record_notices, record_other_print
from members.admission.models import Application
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.requests import asks_for_word
from registry.states import allowed
from registry.views import ActorRequest, load, needs, say_violation

from ..models import AgendaItem
from ..rules import MAX_NOTICES
from .meetings import load_meeting

_OF_A_MEETING = {paper.code: paper for paper in (AGENDA, MINUTES, INVITATION)}
_OF_ONE_APPLICANT = {
    INVITATION.code: meeting_papers.render_invitations,
    DECISION.code: meeting_papers.render_decisions,
}
_OF_AN_APPLICANT = (
    "organization__federation",
    "member",
    "item__organization__federation",
    "item__meeting__body",
    "item__meeting__organization__federation",
)


@require_POST
@needs(Permission.PRINT)
def print_meeting(request: ActorRequest, pk: int, form: str) -> HttpResponse:
    """Print the agenda, the minutes, or the notices for all applicants of the meeting."""
    meeting = load_meeting(request, pk)
    require(request.actor, Permission.PRINT, meeting.organization)
    paper = _OF_A_MEETING.get(form)
    if paper is None:
        raise Http404
    if paper is INVITATION:
        invited = Application.objects.visible_to(request.actor).invited_to(meeting).order_by("sort_key", "pk")
        ids = list(invited.values_list("pk", flat=True))
        if not ids:
            raise Http404
        if len(ids) > MAX_NOTICES:
            params = {"meeting": meeting.pk, "applications": ids}
            with transaction.atomic():
                job = start_job("documents.print_invitations", params, by=request.actor)
            return redirect("jobs:detail", job.pk)
        codes = {pk: new_code() for pk in ids}
        word = asks_for_word(request)
        data = meeting_papers.render_invitations(list(invited), codes=list(codes.values()), word=word)
        record_notices(paper.code, meeting, codes, by=request.actor)
        return _answer(request, data, paper.code)
    code = new_code()
    data = meeting_papers.render_meeting(paper, meeting, code=code)
    record_other_print(paper.code, meeting, organization=meeting.organization, code=code, by=request.actor)
    return answers.paper(data, paper.code)


@require_POST
@needs(Permission.PRINT)
def print_extract(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the extract from the minutes on one item, for an admission of many on the given applicant."""
    related = ("organization__federation", "meeting__body", "meeting__organization__federation", "member")
    item = load(AgendaItem.objects.visible_to(request.actor).select_related(*related), pk)
    require(request.actor, Permission.PRINT, item.organization)
    if item.meeting is None:
        raise Http404
    application = None
    if request.POST.get("application"):
        application = load(Application.objects.visible_to(request.actor).filter(item=item), request.POST["application"])
    code, about = new_code(), application or item
    data = meeting_papers.render_extract(item, application, code=code)
    record_other_print(EXTRACT.code, about, organization=item.organization, code=code, by=request.actor)
    return answers.paper(data, EXTRACT.code)


@require_POST
@needs(Permission.PRINT)
def print_notice(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the notice of a decision for the person concerned (V-A6, V-B14)."""
    related = (
        "organization__federation",
        "meeting__body",
        "meeting__organization__federation",
        "member",
        "appeal__against__organization__federation",
        "appeal__against__meeting",
        "appeal__application__organization__federation",
        "appeal__application__member",
        "appeal__member",
    )
    item = load(AgendaItem.objects.visible_to(request.actor).select_related(*related), pk)
    require(request.actor, Permission.PRINT, item.organization)
    if not allowed(check_can_be_told, item):
        raise Http404
    code = new_code()
    try:
        data = meeting_papers.render_notice(item, code=code, word=asks_for_word(request))
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("meetings:detail", item.meeting_id)
    record_other_print(DECISION.code, item, organization=item.organization, code=code, by=request.actor, rule="V-A6")
    return _answer(request, data, DECISION.code)


@require_POST
@needs(Permission.PRINT)
def print_applicant(request: ActorRequest, pk: int, form: str) -> HttpResponse:
    """Print the notice of the meeting or of the decision for one applicant."""
    application = load(Application.objects.visible_to(request.actor).select_related(*_OF_AN_APPLICANT), pk)
    require(request.actor, Permission.PRINT, application.organization)
    render = _OF_ONE_APPLICANT.get(form)
    if render is None:
        raise Http404
    code = new_code()
    try:
        data = render([application], codes=[code], word=asks_for_word(request))
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("applications:detail", pk)
    record_other_print(form, application, organization=application.organization, code=code, by=request.actor)
    return _answer(request, data, form)


def _answer(request: ActorRequest, data: bytes, code: str) -> HttpResponse:
    """Return the notices as a PDF or a Word file, as requested."""
    return answers.word(data, code) if asks_for_word(request) else answers.paper(data, code)


def print_decisions(request: ActorRequest, ids: list[int]) -> HttpResponse:
    """Return the notices of decisions for applicants of one organisation as one PDF; the caller checked permission."""
    found = Application.objects.visible_to(request.actor).filter(pk__in=ids).select_related(*_OF_AN_APPLICANT)
    applications = list(found.order_by("sort_key", "pk"))
    codes = [new_code() for _ in applications]
    data = meeting_papers.render_decisions(applications, codes=codes)
    for one, code in zip(applications, codes, strict=True):
        record_other_print(DECISION.code, one, organization=one.organization, code=code, by=request.actor)
    return answers.paper(data, DECISION.code)
