"""Steps after filing: routing, withdrawing, attendance (V-A2, V-A5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.text import clean
from registry.views import ActorRequest, add_violation, needs, say_violation

from ..forms.applications import RouteForm, StayForm
from ..models import Application
from ..rules.applications import values_of_application
from ..rules.routing import other_regions, region_of, serves, suggestions
from ..transitions.applications import (
    edit_application,
    note_attended,
    restore_application,
    route_application,
    withdraw_application,
)
from .applications import load_application


def _own(request: ActorRequest, pk: int) -> Application:
    application = load_application(request, pk)
    require(request.actor, Permission.FILE_APPLICATIONS, application.organization)
    return application


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def route(request: ActorRequest, pk: int) -> HttpResponse:
    """Forward the application to the organisation that serves the address, or to the nearest one (V-A2)."""
    application = _own(request, pk)
    regions = other_regions(application.organization)
    region = next((r for r in regions if str(r.pk) == request.GET.get("region")), None)
    values = values_of_application(application)
    known = suggestions(application.organization, values, region)
    stays = "stay" in request.POST
    form = RouteForm(request.POST if request.method == "POST" and not stays else None, suggestions=known)
    why = clean(request.POST.get("why", ""), 200) or application.routing
    stay = StayForm(request.POST if stays else None, initial={"why": why})
    if stay.is_valid():
        try:
            edit_application(pk, values={}, facts={"routing": stay.cleaned_data["why"]}, version=None, by=request.actor)
        except RuleViolation as violation:
            add_violation(stay, violation)
        else:
            messages.success(request, _("Recorded: this organisation decides."))
            return redirect("applications:detail", pk)
    if form.is_valid():
        to = next(s.organization for s in known if s.organization.pk == form.cleaned_data["organization"])
        try:
            route_application(pk, to=to, reason=form.cleaned_data["reason"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            text = _("The application of %(name)s is passed on: %(organization)s.")
            messages.success(request, text % {"name": application.full_name, "organization": to.short_name})
            return redirect("applications:list")
    address = "; ".join(filter(None, (values.get("city", ""), values.get("residence", ""))))
    here = serves(application.organization, values)
    context = {
        "application": application,
        "form": form,
        "stay": stay,
        "address": address,
        "region": region,
        "own_region": region_of(application.organization),
        "regions": regions,
        "here": here,
        "none": not here and not any(s.serves for s in known),
    }
    return render(request, "members/applications/route.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Record, after confirmation, that the applicant has withdrawn the application."""
    application = _own(request, pk)
    if request.method == "POST":
        try:
            withdraw_application(pk, by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            messages.success(request, _("The application of %(name)s is withdrawn.") % {"name": application.full_name})
        return redirect("applications:detail", pk)
    return render(request, "members/applications/withdraw.html", {"application": application})


@require_POST
@needs(Permission.FILE_APPLICATIONS)
def restore(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a withdrawal that was entered by mistake."""
    application = _own(request, pk)
    try:
        restore_application(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The application of %(name)s waits again.") % {"name": application.full_name})
    return redirect("applications:detail", pk)


@require_POST
@needs(Permission.FILE_APPLICATIONS)
def attended(request: ActorRequest, pk: int) -> HttpResponse:
    """Record whether the applicant attended the meeting."""
    _own(request, pk)
    answer = {"yes": True, "no": False}.get(request.POST.get("attended", ""))
    try:
        note_attended([pk], attended=answer, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The attendance is recorded."))
    return redirect("applications:detail", pk)
