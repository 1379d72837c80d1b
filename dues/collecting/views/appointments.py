"""Pages of the orders that appoint collectors of dues (V-D4)."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from members.people.rules.person import cells_of
from registry.access import require
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.states import allowed, refusal
from registry.views import ActorRequest, ask, load, needs, page_of, posted

from ..forms import AppointForm, EndForm
from ..models import CollectorOrder
from ..queries import accounts_of
from ..rules import check_collects_by_registers, check_not_ended, is_in_force
from ..transitions import appoint_collector, end_appointment


def own_keeper(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it appoints collectors, `NotAllowed`."""
    organization = request.actor.organization
    if organization is None or not allowed(check_collects_by_registers, organization):
        raise Http404
    require(request.actor, Permission.RECORD_DUES, organization)
    return organization


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Collectors"), reverse("dues:collectors")


@require_GET
@needs(Permission.VIEW_DUES)
def collectors(request: ActorRequest) -> HttpResponse:
    """List the orders that appoint collectors, the newest first."""
    today = timezone.localdate()
    orders = CollectorOrder.objects.visible_to(request.actor).select_related("organization")
    page = page_of(request, orders.prefetch_related("cells"))
    own = request.actor.organization
    may_appoint = (
        own is not None and allowed(check_collects_by_registers, own) and request.actor.may(Permission.RECORD_DUES, own)
    )
    rows = [
        (
            order,
            is_in_force(order, today),
            order.ended_on is None and request.actor.may(Permission.RECORD_DUES, order.organization),
        )
        for order in page
    ]
    context = {
        "page": page,
        "rows": rows,
        "may_appoint": may_appoint,
        "may_print": own is not None and own.keeps_cards and request.actor.may(Permission.PRINT, own),
    }
    return render(request, "dues/collecting/collectors.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def appoint(request: ActorRequest) -> HttpResponse:
    """Record an order that appoints a collector."""
    organization = own_keeper(request)
    form = AppointForm(posted(request), accounts=accounts_of(organization), cells=cells_of(organization))
    return ask(
        request,
        form,
        lambda **values: appoint_collector(organization.pk, **form.arguments, by=request.actor),
        section=section(),
        title=_("Appoint a collector"),
        lead=_("Dues are collected in cells by an order of the chair. The order is printed for the signatures."),
        button=_("Appoint"),
        done=_("The collector is appointed. Print the order, then open a register."),
        to=reverse("dues:collectors"),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """End a collector's appointment."""
    order = load(CollectorOrder.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, order.organization)
    form = EndForm(posted(request), initial={"ended_on": timezone.localdate()})
    return ask(
        request,
        form,
        partial(end_appointment, order.pk, by=request.actor),
        section=section(),
        title=_("End the appointment"),
        lead=f"{order.full_name}, {order}",
        button=_("End the appointment"),
        refused=refusal(check_not_ended, order),
        done=_("The appointment is ended."),
        to=reverse("dues:collectors"),
    )
