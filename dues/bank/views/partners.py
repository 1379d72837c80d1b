"""Steps of lines that came from the organisation itself, or are money between organisations (V-D7, N-D1)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dues.partners.transitions import settle_line as settle
from registry.access import require
from registry.enums import Permission
from registry.errors import StaleVersion
from registry.requests import number_in
from registry.views import ActorRequest, load, needs, run_action

from ..models import BankLine
from ..transitions.posting import mark_own_transfer


def _load(request: ActorRequest, pk: int) -> BankLine:
    found = load(BankLine.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    return found


@require_POST
@needs(Permission.RECORD_DUES)
def own_transfer(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the money of a line came from another account of the organisation itself."""
    found = _load(request, pk)
    step = partial(mark_own_transfer, found.pk, by=request.actor)
    done = _("The money is recorded as moved between your accounts.")
    return run_action(request, step, done, reverse("dues:bank_line", args=[pk]))


@require_POST
@needs(Permission.RECORD_DUES)
def settle_line(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm that a line is money between organisations; the button sends the version of the line."""
    found = _load(request, pk)
    step = partial(settle, found.pk, version=number_in(request.POST.get("version", "")), by=request.actor)
    if found.incoming:
        done = _("The money of the other organisation is confirmed.")
    else:
        done = _("The payment is joined with the money passed on.")
    try:
        return run_action(request, step, done, reverse("dues:bank_line", args=[pk]))
    except StaleVersion:
        messages.warning(request, _("Somebody else has worked on this payment meanwhile. Look at what is left."))
        return redirect("dues:bank_line", pk)
