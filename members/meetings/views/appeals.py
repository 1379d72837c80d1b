"""Appeals against refusals and exclusions, for the regional organisation (V-A6, V-B14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.printing.rules import check_can_be_told
from members.admission.enums import ApplicationState
from members.admission.models import Application
from registry.access import require
from registry.enums import Level, Permission
from registry.errors import RuleViolation
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation, seen_among

from .. import rules
from ..enums import DECIDED_APPEALS, AppealState, ItemKind, ItemState
from ..forms import AppealForm
from ..models import AgendaItem, Appeal
from ..transitions import appeals as transitions
from .meetings import may_run

#: Number of days for which decisions are offered; appeals against older ones are entered at the application or the
#: meeting.
_SHOWN_DAYS, _MAX_SHOWN = 92, 100


@require_GET
@needs(Permission.VIEW_MEMBERS)
def appeal_list(request: ActorRequest) -> HttpResponse:
    """List appeals to the organisation and against decisions below it, and decisions that can still be appealed."""
    found = Appeal.objects.visible_to(request.actor).select_related("organization", "against__organization")
    context = {"page": page_of(request, found), "open_decisions": list(_open_decisions(request))}
    return render(request, "members/meetings/appeals.html", context)


def _open_decisions(request: ActorRequest) -> Iterator[dict[str, Any]]:
    """Yield refusals and exclusions that the organisation's body would decide on, latest first."""
    own, today = request.actor.organization, timezone.localdate()
    if own is None or not may_run(request):
        return
    below = Q(organization__parent=own)
    if own.level == Level.REGIONAL:
        below = Q(organization__path__startswith=own.path) & ~Q(organization=own)
    elif any(above.level == Level.REGIONAL for above in own.ancestors()):
        # The regional organisation decides for everybody below it.
        return
    since = today - dt.timedelta(days=_SHOWN_DAYS)
    refusals = (
        Application.objects.visible_to(request.actor)
        .filter(below, state=ApplicationState.REFUSED, decided_on__gte=since)
        .exclude(appeals__state__in=DECIDED_APPEALS)
        .select_related("organization", "item__organization", "item__meeting")
        .defer("values")
    )
    for application in refusals.order_by("-decided_on", "-pk")[:_MAX_SHOWN]:
        if application.item is not None:
            url = reverse("meetings:receive_of_applicant", args=[application.pk])
            yield _open_decision(application.item, application, application.full_name, url, today)
    exclusions = (
        AgendaItem.objects.visible_to(request.actor)
        .filter(below, kind=ItemKind.EXCLUSION, state=ItemState.ADOPTED, member__isnull=False)
        .filter(meeting__held_on__gte=since)
        .exclude(appeals__state__in=DECIDED_APPEALS | {AppealState.RECEIVED})
        .select_related("organization", "meeting", "member")
    )
    for item in exclusions.order_by("-meeting__held_on", "-pk")[:_MAX_SHOWN]:
        if item.member is not None:
            url = reverse("meetings:receive_appeal", args=[item.pk])
            yield _open_decision(item, None, item.member.full_name, url, today)


def _open_decision(
    item: AgendaItem, application: Application | None, name: str, url: str, today: dt.date
) -> dict[str, Any]:
    term = rules.appeal_term(item, application)
    what = _("refusal") if application is not None else _("exclusion")
    organization = item.organization
    return {"name": name, "what": what, "organization": organization, "term": term, "over": term < today, "url": url}


@require_GET
@needs(Permission.VIEW_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the appeal, its term and its state."""
    related = ("organization__federation", "against__organization", "against__meeting", "application", "member")
    appeal = load(Appeal.objects.visible_to(request.actor).select_related(*related), pk)
    item = appeal.items.select_related("meeting").order_by("-pk").first()
    runs = request.actor.may(Permission.RUN_MEETINGS, appeal.organization)
    told = item is not None and allowed(check_can_be_told, item)
    may_print = told and request.actor.may(Permission.PRINT, appeal.organization)
    context = {
        "appeal": appeal, "item": item, "runs": runs, "told": told, "may_print": may_print,
        "due": rules.appeal_due(appeal) if appeal.state == AppealState.RECEIVED else None,
        "may_restore": runs and allowed(rules.check_appeal_can_be_restored, appeal),
        "application_seen": bool(seen_among(Application.objects.visible_to(request.actor), [appeal.application_id])),
    }  # fmt: skip
    return render(request, "members/meetings/appeal.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def receive(request: ActorRequest, pk: int) -> HttpResponse:
    """Receive the appeal of an excluded member."""
    related = ("organization__federation", "meeting", "member")
    return _receive(request, load(AgendaItem.objects.visible_to(request.actor).select_related(*related), pk), None)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def receive_of_applicant(request: ActorRequest, pk: int) -> HttpResponse:
    """Receive the appeal of a refused applicant."""
    related = ("item__organization__federation", "item__meeting")
    application = load(Application.objects.visible_to(request.actor).select_related(*related), pk)
    if application.item is None:
        messages.error(request, _("Only a refusal or an exclusion can be appealed against."))
        return redirect("applications:detail", pk)
    return _receive(request, application.item, application)


def _receive(request: ActorRequest, against: AgendaItem, application: Application | None) -> HttpResponse:
    require(request.actor, Permission.RUN_MEETINGS, rules.deciding_organization(against))
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            appeal = transitions.receive_appeal(
                against.pk, application_id=application.pk if application else None, by=request.actor,
                **form.cleaned_data,
            )  # fmt: skip
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The appeal is received and waits for the meeting of the body."))
            return redirect("meetings:appeal", appeal.pk)
    who = application or against.member
    context = {"form": form, "against": against, "who": who, "term": rules.appeal_term(against, application)}
    return render(request, "members/meetings/receive.html", context)


@require_POST
@needs(Permission.RUN_MEETINGS)
def restore(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a withdrawal entered by mistake."""
    return _step(request, pk, transitions.restore_appeal, _("The appeal waits again."))


@require_POST
@needs(Permission.RUN_MEETINGS)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Withdraw the appeal."""
    return _step(request, pk, transitions.withdraw_appeal, _("The appeal is withdrawn."))


def _step(request: ActorRequest, pk: int, transition: Callable[..., object], said: str) -> HttpResponse:
    appeal = load(Appeal.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RUN_MEETINGS, appeal.organization)
    try:
        transition(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, said)
    return redirect("meetings:appeal", pk)
