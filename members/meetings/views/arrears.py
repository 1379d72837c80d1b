"""Members who may be excluded for arrears, and proposing it for many at once (V-B16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dues.ledger.queries.showing import standing_pill
from dues.notices.queries import last_reminders
from members.people.models import Member, MemberQuerySet
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in, say_missing
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of, say_violation

from ..enums import ItemKind
from ..models import AgendaItem
from ..queries import excludable
from ..rules import MAX_PROPOSED, check_excludes_for_arrears, excludable_before
from ..transitions.arrears import propose_exclusions


def _place(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless its body excludes for arrears, `NotAllowed`."""
    place = request.actor.organization
    if place is None or not allowed(check_excludes_for_arrears, place):
        raise Http404
    require(request.actor, Permission.RUN_MEETINGS, place)
    return place


def _people(request: ActorRequest, place: Organization) -> MemberQuerySet:
    people = Member.objects.visible_to(request.actor).registered().filter(organization=place)
    return excludable(people, excludable_before(place, timezone.localdate()))


@require_safe
@needs(Permission.RUN_MEETINGS)
def arrears(request: ActorRequest) -> HttpResponse:
    """List the members who may be excluded for arrears, with their debt and last reminder."""
    place, today = _place(request), timezone.localdate()
    proposed = (
        AgendaItem.objects.visible_to(request.actor).open().filter(kind=ItemKind.EXCLUSION, member=OuterRef("pk"))
    )
    rows = _people(request, place).select_related("dues", "cell").annotate(proposed=Exists(proposed))
    page: Any = page_of(request, rows.order_by("proposed", "dues__unpaid_since", "sort_key", "pk"))
    people = list(page.object_list)
    last = last_reminders(people)
    context = {
        "place": place,
        "months": place.charter.terms.get("exclude_after_months", 0),
        "page": page,
        "rows": [
            (one, *standing_pill(one.dues, today), one.dues.unpaid_since + dt.timedelta(days=1), last.get(one.pk))
            for one in people
        ],
        "labels": ["", _("Dues"), _("In arrears since"), _("Last reminder"), _("Proposal")],
    }
    return render(request, "members/meetings/arrears.html", context)


@require_POST
@needs(Permission.RUN_MEETINGS)
def propose_many(request: ActorRequest) -> HttpResponse:
    """Propose to exclude the ticked members, or all of the list, for arrears."""
    place = _place(request)
    people = _people(request, place)
    if request.POST.get("all") != "1":
        asked = ids_in(request.POST)
        people = people.filter(pk__in=asked)
        say_missing(request, asked, people.values_list("pk", flat=True))
    try:
        ids = list(people.values_list("pk", flat=True)[: MAX_PROPOSED + 1])
        count, meeting = propose_exclusions(place.pk, ids, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("meetings:arrears")
    text = ngettext("%(n)s exclusion is proposed.", "%(n)s exclusions are proposed.", count) % {"n": count}
    if meeting is None:
        messages.success(request, text + " " + _("No meeting is planned yet; they wait for the next one."))
        return redirect("meetings:queue")
    messages.success(request, text + " " + _("They are on the agenda of this meeting."))
    return redirect("meetings:detail", meeting.pk)
