"""The page of the bonus programme: confirmed, waiting and failed messages (U-7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from members.people.models import Member
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.navigation import safe_next
from registry.organizations.models import Organization
from registry.requests import ids_in, say_missing
from registry.sizes import CHUNK
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of, say_violation, seen_among

from ..enums import OutboxState
from ..models import ExchangeFile, OutboxEntry, OutboxQuerySet
from ..queries import exchange_of
from ..rules import check_can_be_picked_up, check_has_programme, check_keeps_members, check_sends
from ..transitions.sending import replay

#: Maximum number of listed messages; there are more only on the first day or during a long outage.
MAX_LISTED = 1_000
#: Maximum number of listed files.
MAX_FILES = 10
#: Keys of the tabs: late or failed, unconfirmed, confirmed (only at organisations with members).
LATE, WAITING, CONFIRMED = "late", "waiting", "confirmed"


def own_organization(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` if the federation has no bonus programme."""
    organization = request.actor.organization
    if organization is None or not allowed(check_has_programme, organization):
        raise Http404
    return organization


@require_GET
@needs(Permission.VIEW_MEMBERS)
def overview(request: ActorRequest) -> HttpResponse:
    """List the messages with their state and the outcome of the last attempt; the first tab has the late ones."""
    organization, actor = own_organization(request), request.actor
    exchange = exchange_of(organization)
    sections = _sections(OutboxEntry.objects.visible_to(actor), organization)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in sections else next(iter(sections))
    page = page_of(request, sections[chosen].select_related("member", "organization")[:MAX_LISTED])
    entries = list(page)
    seen = seen_among(Member.objects.visible_to(actor), [entry.member_id for entry in entries])
    context: dict[str, Any] = {
        "organization": organization,
        "programme": organization.charter.programme_name,
        "exchange": exchange,
        "tabs": [
            {"label": label, "url": f"?show={key}", "current": key == chosen, "count": _count(key, sections[key])}
            for key, label in _labels().items()
            if key in sections
        ],
        "page": page,
        "rows": [(entry, entry.member_id in seen) for entry in entries],
        "above": not organization.keeps_cards,
        "confirmed": chosen == CONFIRMED,
        "shown": chosen,
        "most": MAX_LISTED,
        "may_give": actor.may(Permission.PRINT, organization) and allowed(check_keeps_members, organization),
        "may_set": actor.may(Permission.ADMINISTER),
        "files": _files(actor),
        "may_send_again": chosen != CONFIRMED and actor.may(Permission.EXPORT) and allowed(check_sends, exchange),
    }
    return render(request, "documents/exchange/overview.html", context)


def _files(actor: Actor) -> list[tuple[ExchangeFile, bool]]:
    """Return the latest files of the actor's federation; a flag says whether each can be downloaded."""
    found = ExchangeFile.objects.visible_to(actor).select_related("picked_up_by", "file")[:MAX_FILES]
    return [(file, allowed(check_can_be_picked_up, file)) for file in found]


def _labels() -> dict[str, str]:
    return {LATE: _("Not confirmed in time"), WAITING: _("Not confirmed yet"), CONFIRMED: _("Sent")}


def _sections(entries: OutboxQuerySet, organization: Organization) -> dict[str, OutboxQuerySet]:
    now = timezone.now()
    late = entries.unconfirmed().filter(pk__in=entries.overdue(now).values("pk")) | entries.filter(
        state=OutboxState.FAILED
    )
    found = {LATE: late.order_by("since", "pk"), WAITING: entries.unconfirmed().order_by("since", "pk")}
    if organization.keeps_cards:
        found[CONFIRMED] = entries.filter(state=OutboxState.CONFIRMED).order_by("-confirmed_at", "-pk")
    return found


def _count(key: str, rows: OutboxQuerySet) -> int | None:
    return rows[:MAX_LISTED].count() if key != CONFIRMED else None


@require_POST
@needs(Permission.EXPORT)
def send_again(request: ActorRequest) -> HttpResponse:
    """Send the selected messages again, or all messages of the tab."""
    organization = own_organization(request)
    require(request.actor, Permission.EXPORT, organization)
    back = safe_next(request, reverse("documents:programme"))
    visible = OutboxEntry.objects.visible_to(request.actor)
    if request.POST.get("all") == "1":
        shown = _sections(visible, organization)[WAITING if request.POST.get("show") == WAITING else LATE]
        ids = list(shown.values_list("pk", flat=True)[:CHUNK])
    else:
        asked = ids_in(request.POST)[:CHUNK]
        ids = list(visible.filter(pk__in=asked).values_list("pk", flat=True))
        say_missing(request, asked, ids)
    if not ids:
        messages.warning(request, _("Nothing is selected. Tick the messages first."))
        return redirect(back)
    try:
        count = replay(ids, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        exchange = exchange_of(organization)
        if exchange is not None and exchange.writes_files:
            text = ngettext(
                "%(n)s message is written into the next file.", "%(n)s messages are written into the next file.", count
            )
        else:
            text = ngettext(
                "%(n)s message will be sent within a minute.", "%(n)s messages will be sent within a minute.", count
            )
        messages.success(request, text % {"n": count})
    return redirect(back)
