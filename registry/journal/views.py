"""Views of the journal within the actor's scope and of one organisation's history (N-S1, N-H3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry import answers
from registry.access import Actor
from registry.accounts.search import accounts_named
from registry.enums import Permission, Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization, names_of
from registry.organizations.views.naming import breadcrumbs_to, visible_name_of
from registry.organizations.views.tree import visible
from registry.requests import number_in
from registry.sizes import LIST_ROWS, PAGE_ROWS
from registry.text import search_terms
from registry.views import ActorRequest, load, needs, page_number, say_violation

from .actions import ACTIONS, actions_of, label_of
from .exports import journal_workbook
from .forms import JournalForm
from .models import Event
from .transitions import check_chains, record_download

#: Maximum number of pages; the filters narrow the list.
MAX_PAGES = 200
#: Maximum number of accounts that a name matches.
MAX_NAMED = 50
#: Maximum number of history rows examined for an organisation's page.
MAX_HISTORY_ROWS = 500
#: Dates outside this range cannot be converted between time zones.
_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(9000, 1, 1)
_TRACKED = ("full_name", "short_name", "parent_id", "status")


class UncountedPage:
    """A page of a list without counting its rows."""

    def __init__(self, rows: QuerySet[Any], number: int, page_size: int) -> None:
        at = (number - 1) * page_size
        found = list(rows[at : at + page_size + 1])
        self.number, self.object_list, self._more = number, found[:page_size], len(found) > page_size

    def has_next(self) -> bool:
        return self._more and self.number < MAX_PAGES

    def has_previous(self) -> bool:
        return self.number > 1

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        return self.number - 1


def _asked(request: ActorRequest) -> tuple[JournalForm, Organization | None]:
    """Return the filters, and the organisation to which the journal is limited."""
    asked = request.GET.get("organization", "")
    only = None
    if asked:
        only = load(Organization.objects.visible_to(request.actor), number_in(asked))
    own = request.actor.federation
    return JournalForm(actions_of(own.charter) if own is not None else ACTIONS, request.GET), only


@require_GET
@needs(Permission.VIEW_JOURNAL)
def journal(request: ActorRequest) -> HttpResponse:
    """Show the events in the actor's scope, the newest first; no personal data.

    If the request only chooses a part of the registry, return the filters with its actions.
    """
    form, only = _asked(request)
    context: dict[str, Any] = {"form": form, "only": only, "filtered": bool(request.GET)}
    if request.htmx.trigger_name == "part":  # type: ignore[attr-defined]
        return render(request, "registry/organizations/journal_filters.html", context)
    events = _events(request.actor, form, only)
    # Ids come from an index; whole events of a large scope are not sorted for one page of fifty.
    page = UncountedPage(events.values_list("pk", flat=True), page_number(request, MAX_PAGES), PAGE_ROWS)
    page.object_list = list(events.filter(pk__in=page.object_list))
    context |= {
        "page": page,
        "rows": _rows(page.object_list, request.actor),
        "labels": [_("When"), "", _("Who"), _("Where"), _("Ground")],
        "query": request.GET.urlencode(),
        "checked": _last_check(only or request.actor.organization, request.actor),
    }
    return render(request, "registry/organizations/journal.html", context)


def _last_check(place: Organization | None, actor: Actor) -> Event | None:
    """Return the last check of the chains started at the organisation; its facts are counts."""
    if place is None:
        return None
    checks = Event.objects.visible_to(actor).filter(organization=place, action="journal.checked")
    return checks.order_by("-at", "-pk").first()


@require_POST
@needs(Permission.VIEW_JOURNAL)
def check(request: ActorRequest) -> HttpResponse:
    """Verify the chains of the scope, and say whether all events are consistent."""
    _form, only = _asked(request)
    place = only or request.actor.organization
    back = f"{reverse('organizations:journal')}?{request.GET.urlencode()}"
    if place is None:
        raise NotAllowed
    try:
        faults = check_chains(place, by=request.actor, alone=only is not None)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect(back)
    if faults:
        text = gettext("The journal was changed: %(n)s events do not agree. Tell who runs the installation.")
        messages.error(request, text % {"n": faults})
    else:
        messages.success(request, gettext("The journal is whole: every event agrees with those before it."))
    return redirect(back)


@require_POST
@needs(Permission.VIEW_JOURNAL)
def download(request: ActorRequest) -> HttpResponse:
    """Download the filtered events, at most the newest `LIST_ROWS`, and record it."""
    form, only = _asked(request)
    place = only or request.actor.organization
    if place is None:
        raise NotAllowed
    rows = _rows(list(_events(request.actor, form, only)[:LIST_ROWS]), request.actor)
    record_download(place, len(rows), by=request.actor)
    return answers.workbook(journal_workbook(rows), f"journal-{place.today:%Y-%m-%d}.xlsx")


def _events(actor: Actor, form: JournalForm, only: Organization | None) -> QuerySet[Event]:
    events = (
        Event.objects.visible_to(actor)
        .select_related("account__home", "organization__federation")
        # The page shows no facts, and those of lists contain all of their people.
        .defer("facts")
        .order_by("-at", "-pk")
    )
    if not form.is_valid():
        return events.none()
    asked = form.cleaned_data
    if only is not None:
        events = events.filter(organization=only)
    if asked["action"]:
        events = events.filter(action=asked["action"])
    elif asked["part"]:
        events = events.filter(action__in=form.of_part)
    if asked["kind"]:
        events = events.filter(action__in=form.of_kind[asked["kind"]])
    if search_terms(asked["person"]):
        events = events.filter(account__in=accounts_named(asked["person"], MAX_NAMED, actor))
    if asked["since"]:
        events = events.filter(at__gte=_midnight(max(asked["since"], _FIRST)))
    if asked["until"]:
        events = events.filter(at__lt=_midnight(min(asked["until"], _LAST) + dt.timedelta(days=1)))
    return events


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _rows(events: list[Event], actor: Actor) -> list[dict[str, Any]]:
    places = names_of(place for event in events if (place := _acting(event)[1]))
    rows = []
    for event in events:
        role, place = _acting(event)
        capacity = f"{role}, {places[place]}" if place in places else role
        about = ""
        if event.object_type == "organization" and event.organization is not None:
            about = reverse("organizations:detail", args=[event.organization_id])
        rows.append(
            {
                "at": event.at,
                "who": visible_name_of(event.account, actor),
                "capacity": capacity,
                "action": capfirst(str(label_of(event.action))),
                "rule": event.rule,
                "organization": event.organization,
                "url": about,
                "object": _("record № %(id)s") % {"id": event.object_id} if event.object_id and not about else "",
            }
        )
    return rows


def _acting(event: Event) -> tuple[str, int | None]:
    """Return the role and the organisation's id of the event's actor."""
    role, _at, place = event.acting.partition("@")
    label = str(Role(role).label) if role in Role.values else ""
    return label, number_in(place)


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def history(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the changes of an organisation's name, superior and status, with dates and actors (N-H3)."""
    organization = load(visible(request.actor), pk)
    rows = list(
        organization.history.select_related("history_user__home").order_by("-history_date", "-history_id")[
            :MAX_HISTORY_ROWS
        ]
    )
    names = names_of(row.parent_id for row in rows if row.parent_id)
    changes = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        if before is None and len(rows) == MAX_HISTORY_ROWS:
            break
        changed = [name for name in _TRACKED if before is None or getattr(row, name) != getattr(before, name)]
        lines = [_line(name, row, before, names) for name in changed]
        if lines:
            changes.append(
                {
                    "at": row.history_date,
                    "who": visible_name_of(row.history_user, request.actor),
                    "rule": row.history_change_reason,
                    "lines": lines,
                }
            )
    context = {"organization": organization, "way": breadcrumbs_to(organization, request.actor), "changes": changes}
    return render(request, "registry/organizations/history.html", context)


_LABELS = {
    "full_name": _("Full name"),
    "short_name": _("Short name"),
    "parent_id": _("Superior organisation"),
    "status": _("Status"),
}


def _line(name: str, row: Any, before: Any, names: dict[int, str]) -> dict[str, Any]:
    return {
        "label": _LABELS[name],
        "old": _value(name, before, names) if before else "",
        "new": _value(name, row, names),
    }


def _value(name: str, row: Any, names: dict[int, str]) -> str:
    value = getattr(row, name)
    if name == "parent_id":
        return names.get(value, "—")
    return str(OrganizationStatus(value).label) if name == "status" else str(value)
