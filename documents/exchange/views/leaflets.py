"""The page of leaflets: the list of members, printing, e-mails and address labels (U-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from documents.papers import address_labels
from documents.printing.core import batch_for, render_long
from documents.printing.filters import printed_order
from documents.printing.transitions import record_other_print
from members.people.models import Member
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.requests import ids_in, say_missing
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of, say_violation

from ..jobs import MAIL
from ..models import LeafletMail
from ..queries import LEAFLET_FORM, consenting, with_leaflets
from ..rules import check_can_be_mailed, check_chosen, check_keeps_members
from .messages import own_organization

#: Number of label sheets laid out at once.
SHEETS = 5


def _members(request: ActorRequest, own: Organization, show: str) -> QuerySet[Member]:
    people = Member.objects.visible_to(request.actor).registered().filter(organization=own)
    given = {"given": True, "all": None}.get(show, False)
    return with_leaflets(consenting(people), given).order_by("sort_key", "pk")


@require_GET
@needs(Permission.PRINT)
def leaflets(request: ActorRequest) -> HttpResponse:
    """List the members who consented to the transfer: those without the leaflet, with it, or all."""
    own = check_place(request)
    show = request.GET.get("show", "")
    page = page_of(request, _members(request, own, show))
    people = list(page)
    mails: dict[int, LeafletMail] = {}
    for mail in LeafletMail.objects.visible_to(request.actor).filter(member__in=people).order_by("pk"):
        mails[mail.member_id] = mail
    tabs = {"": _("Without the leaflet"), "given": _("Have the leaflet"), "all": _("All")}
    context: dict[str, Any] = {
        "organization": own,
        "programme": own.charter.programme_name,
        "page": page,
        "rows": [(one, mails.get(one.pk), allowed(check_can_be_mailed, one, consented=True)) for one in people],
        "show": show,
        "when_filled": _("Members appear here when their leaflet has been printed or sent.")
        if show == "given"
        else _("Members appear here as soon as their consent to the transfer of data is marked as signed."),
        "tabs": [{"label": label, "url": f"?show={key}", "current": key == show} for key, label in tabs.items()],
    }
    return render(request, "documents/exchange/leaflets.html", context)


@require_POST
@needs(Permission.PRINT)
def give(request: ActorRequest) -> HttpResponse:
    """Print leaflets or labels for the selected members, or send them the leaflet by e-mail."""
    own, actor = check_place(request), request.actor
    require(actor, Permission.PRINT, own)
    found = _members(request, own, "all" if request.POST.get("all") != "1" else request.POST.get("show", ""))
    if request.POST.get("all") != "1":
        asked = ids_in(request.POST)
        found = found.filter(pk__in=asked)
        say_missing(request, asked, found.values_list("pk", flat=True))
    ids = list(found.values_list("pk", flat=True))
    try:
        check_chosen(ids)
        action = request.POST.get("action", "")
        if action == "labels":
            return _labels(request, own, found)
        if action == "mail":
            again = request.POST.get("again") == "1"
            job = start_job(MAIL, {"ids": ids, "again": again}, by=actor, organization=own)
        else:
            job = start_job("documents.print", {"form": LEAFLET_FORM, "ids": printed_order(ids, actor)}, by=actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("documents:leaflets")
    return redirect("jobs:detail", job.pk)


def _labels(request: ActorRequest, own: Organization, found: QuerySet[Member]) -> HttpResponse:
    """Print labels for members with an address; a message on the next page counts the others."""
    with_address = [member for member in found if member.street and member.city]
    if len(with_address) < found.count():
        without = found.count() - len(with_address)
        messages.info(request, _("Without an address on the card: %(n)s.") % {"n": without})
    if not with_address:
        return redirect("documents:leaflets")
    # Labels are cut apart, so the sheet has no verification code.
    batch = batch_for(request.actor, own, blank=True)
    data = render_long(address_labels.LABELS, address_labels.build(with_address, batch), SHEETS, batch)
    record_other_print(address_labels.LABELS.code, own, organization=own, code="", by=request.actor, rule="U-11")
    return answers.paper(data, address_labels.LABELS.code)


def check_place(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it keeps the members' cards."""
    own = own_organization(request)
    if not allowed(check_keeps_members, own):
        raise Http404
    return own
