"""One page that records the admission of one person: the meeting, attendance, votes and minutes (V-A5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.admission.models import Application
from registry.access import require
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import GoverningBody, Organization
from registry.views import ActorRequest, add_violation, load, needs

from ..enums import OPEN_MEETINGS
from ..forms import AdmitForm
from ..models import Meeting
from ..rules import check_can_be_admitted_at_once
from ..transitions.at_once import admit_at_once
from .meetings import usual_chair


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def admit(request: ActorRequest, pk: int) -> HttpResponse:
    """Admit the applicant at a meeting that took place, and record everything about it."""
    found = Application.objects.visible_to(request.actor).select_related("organization__federation")
    application = load(found, pk)
    organization = application.organization
    require(request.actor, Permission.RUN_MEETINGS, organization)
    try:
        check_can_be_admitted_at_once(application)
    except RuleViolation as violation:
        messages.error(request, str(violation.message))
        return redirect("applications:detail", pk)
    bodies = list(GoverningBody.objects.visible_to(request.actor).filter(organization=organization).order_by("pk"))
    context: dict[str, Any] = {"application": application, "bodies": bodies}
    if bodies:
        last = Meeting.objects.visible_to(request.actor).filter(organization=organization)
        form = AdmitForm(
            bodies, request.POST if request.method == "POST" else None, initial=_usual(last, bodies[0], organization)
        )
        if form.is_valid() and _entered(request, application, form):
            return redirect("applications:detail", pk)
        context["form"] = form
    return render(request, "members/meetings/admit.html", context)


def _usual(earlier: Any, body: GoverningBody, organization: Organization) -> dict[str, Any]:
    """Return the initial values of the page: the meeting to be entered, or hour and place of the last one."""
    today = timezone.localdate()
    open_ones = earlier.filter(state__in=OPEN_MEETINGS, held_on__lte=today).order_by("-held_on", "-pk").first()
    last = open_ones or earlier.order_by("-held_on", "-pk").first()
    return {
        "body": last.body_id if last else body.pk,
        "held_on": open_ones.held_on if open_ones else today,
        "starts_at": last.starts_at if last else dt.time(15),
        "place": last.place if last else getattr(organization, "legal_address", ""),
        "chaired_by": (last.chaired_by if last else "") or usual_chair(body, today, organization),
        "secretary": last.secretary if last else "",
    }


def _entered(request: ActorRequest, application: Application, form: AdmitForm) -> bool:
    try:
        admit_at_once(application.pk, by=request.actor, **form.values)
    except RuleViolation as violation:
        add_violation(form, violation)
        for blocker in violation.blockers if isinstance(violation, Blocked) else ():
            form.add_error(None, str(blocker))
        return False
    messages.success(request, _("%(name)s is admitted.") % {"name": application.full_name})
    return True
