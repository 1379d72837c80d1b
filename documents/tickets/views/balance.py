"""The balance of blanks on any day, of an organisation and of those below it (V-C1)."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.views import ActorRequest, load, needs

from ..enums import BlankKind
from ..forms import DayForm
from ..models import COUNT_OF, LABELS
from ..queries.balance import PLACES, Balance, balance_on, below, present_balance, total_of
from ..ranges import NumberRange, count_of, merged
from .pages import MAX_SHOWN, kinds_of, shown_kind

_PLACE_OF = {name: place for place, name in COUNT_OF.items()}


@require_GET
@needs(Permission.VIEW_MEMBERS)
def balance(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the place of every number of the organisation at the end of the day, and the counts of those below."""
    organization = load(Organization.objects.visible_to(request.actor).select_related("federation"), pk)
    if not organization.charter.blanks:
        raise Http404
    kind = shown_kind(request, organization)
    form = DayForm(request.GET or None)
    today = timezone.localdate()
    day = min((form.is_valid() and form.cleaned_data["on"]) or today, today)
    found = _balance(organization, kind, day, today)
    rows = below(organization, kind, day, today)
    total = total_of(rows)
    # Columns with only zeros are left out.
    names = [name for name in PLACES if total.counts[name]]
    context = {
        "organization": organization, "form": form, "day": day, "kind": kind,
        "kinds": kinds_of(organization, kind), "places": _places(found), "received": count_of(found.received),
        "rows": [(row.organization, row.received, row.labelled(names)) for row in rows],
        "total": (total.received, total.labelled(names)),
        "query": urlencode({"kind": kind, "on": day_text(day)}),
        "title": capfirst(str(BlankKind(kind).label)),
        "may_print": request.actor.may(Permission.PRINT, organization)
        and organization.level != organization.charter.cell,
    }  # fmt: skip
    return render(request, "documents/tickets/balance.html", context)


def _balance(organization: Organization, kind: str, day: dt.date, today: dt.date) -> Balance:
    return balance_on(organization.pk, kind, day) if day < today else present_balance(organization.pk, kind)


def _places(found: Balance) -> list[tuple[str, int, list[NumberRange], bool]]:
    """Return label, count and numbers of each non-empty place; the last value says whether there are more than
    shown.
    """
    rows = []
    for name, label in LABELS.items():
        ranges = merged(found.handed_down) if name == "handed_down" else found.at(_PLACE_OF[name])
        if ranges:
            rows.append((capfirst(str(label)), count_of(ranges), ranges[:MAX_SHOWN], len(ranges) > MAX_SHOWN))
    return rows
