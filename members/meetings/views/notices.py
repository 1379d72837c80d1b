"""Recording and printing notices of meetings and decisions, also for many applicants (V-A5, V-A6)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from members.admission.enums import ApplicationState
from members.admission.forms.applications import InvitedForm, NotifiedForm
from members.admission.models import Application
from members.admission.transitions.applications import note_invited, note_notified, set_pickup
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.requests import ids_in, say_missing
from registry.views import ActorRequest, add_violation, needs, say_violation

from ..rules import MAX_NOTICES, check_number_of_notices
from .prints import print_decisions

#: Maximum number of applicants notified at once.
_MAX_APPLICANTS = 1000


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def notices(request: ActorRequest, kind: str) -> HttpResponse:
    """Record the notice of the meeting or the decision, for one applicant or those ticked on the list."""
    if kind not in {"invited", "notified"}:
        raise Http404
    applications = _chosen(request, kind)
    if not applications:
        messages.warning(request, _("Nobody is selected. Tick the applications first."))
        return redirect(reverse("applications:list") + f"?queue={'agenda' if kind == 'invited' else 'notify'}")
    if "take_back" in request.POST:
        return _note(request, kind, applications, {"on": None, "way": ""}) or redirect("applications:list")
    admitted = next((a for a in applications if a.state == ApplicationState.ADMITTED), None)
    data = request.POST if request.POST.get("noting") == "1" else None
    form = NotifiedForm(data, admitted=admitted) if kind == "notified" else InvitedForm(data)
    if form.is_valid():
        answer = (
            _print(request, applications, form)
            if "print" in request.POST and kind == "notified"
            else _note(request, kind, applications, form.cleaned_data, form)
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "kind": kind,
        "inviting": kind == "invited",
        "applications": applications,
        "most": MAX_NOTICES,
    }
    context["may_print"] = kind == "notified" and request.actor.may(Permission.PRINT, applications[0].organization)
    return render(request, "members/applications/notice.html", context)


def _note(
    request: ActorRequest, kind: str, applications: list[Application], values: dict[str, Any], form: Any = None
) -> HttpResponse | None:
    ids = [application.pk for application in applications]
    try:
        if kind == "invited":
            note_invited(ids, on=values["on"], way=values["way"], by=request.actor)
        else:
            note_notified(ids, **values, by=request.actor)
    except RuleViolation as violation:
        if form is None:
            say_violation(request, violation)
        else:
            add_violation(form, violation)
            return None
    else:
        text = ngettext(
            "The notice is recorded for %(n)s applicant.", "The notice is recorded for %(n)s applicants.", len(ids)
        )
        taken = _("The notice is taken back.")
        messages.success(request, text % {"n": len(ids)} if values["on"] else taken)
    if len(ids) == 1:
        return redirect("applications:detail", ids[0])
    return redirect(reverse("applications:list") + f"?queue={'agenda' if kind == 'invited' else 'notify'}")


def _print(request: ActorRequest, applications: list[Application], form: Any) -> HttpResponse | None:
    """Print the notices of the decision as one paper, with the entered day and place for receiving the ticket."""
    require(request.actor, Permission.PRINT, applications[0].organization)
    admitted = [a.pk for a in applications if a.state == ApplicationState.ADMITTED]
    try:
        check_number_of_notices(len(applications))
        if admitted:
            set_pickup(admitted, **form.pickup(), by=request.actor)
        return print_decisions(request, [a.pk for a in applications])
    except RuleViolation as violation:
        add_violation(form, violation)
        return None


def _chosen(request: ActorRequest, kind: str) -> list[Application]:
    ids = ids_in(request.POST if "selected" in request.POST else request.GET, most=_MAX_APPLICANTS)
    found = Application.objects.visible_to(request.actor).select_related("organization__federation")
    if request.POST.get("all") == "1":
        waiting = found.filter(state=ApplicationState.SCHEDULED) if kind == "invited" else found.to_notify()
        return list(
            waiting.filter(organization=request.actor.organization).order_by("sort_key", "pk")[:_MAX_APPLICANTS]
        )
    applications = list(found.filter(pk__in=ids).order_by("sort_key", "pk"))
    say_missing(request, ids, [one.pk for one in applications])
    for application in applications[:1]:
        require(request.actor, Permission.FILE_APPLICATIONS, application.organization)
    return applications
