"""The list of applications by their next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from members.meetings.enums import OPEN_MEETINGS
from members.meetings.models import AgendaItem, Meeting
from members.people.columns import Cell
from members.people.enums import Category
from registry import states
from registry.access import Actor
from registry.components.base import markup
from registry.days import day_text
from registry.enums import Permission
from registry.fields import encrypted_fields
from registry.organizations.models import Organization
from registry.text import clean, search_terms
from registry.views import ActorRequest, addresses, needs, page_of

from ..enums import DECIDED_APPLICATIONS, ApplicationState
from ..models import Application
from ..rules.applications import sets_of, whole_sets

_TO_NOTIFY = Q(state__in=DECIDED_APPLICATIONS, notified_on__isnull=True)
#: Tabs of the list, by key in the address.
_QUEUES: dict[str, Q] = {
    "waiting": Q(state=ApplicationState.FILED),
    "agenda": Q(state=ApplicationState.SCHEDULED),
    "notify": _TO_NOTIFY,
    "decided": Q(state__in=DECIDED_APPLICATIONS | {ApplicationState.APPEALED}),
    "withdrawn": Q(state=ApplicationState.WITHDRAWN),
}
#: Applications without a decision; those waiting longest come first.
_UNDECIDED = {"waiting", "agenda"}


@require_GET
@needs(Permission.VIEW_MEMBERS)
def queue(request: ActorRequest) -> HttpResponse:
    """List applications by their next step; waiting ones oldest first.

    Encrypted fields are read only if they decide whether the set of papers is complete.
    """
    actor = request.actor
    visible = Application.objects.visible_to(actor)
    chosen = request.GET.get("queue", "waiting")
    chosen = chosen if chosen in _QUEUES else "waiting"
    query = clean(request.GET.get("q", ""), 100).strip()
    found = _search(visible.filter(_QUEUES[chosen]), query)
    own = actor.organization
    keeps = own is not None and own.keeps_cards
    waiting = chosen == "waiting"
    lacking = waiting and request.GET.get("set") == "incomplete"
    if lacking and own is not None:
        # The same set as the task of the start page counts.
        found = found.filter(pk__in=[one.pk for one in sets_of(visible.filter(_QUEUES["waiting"]), own)[1]])
    order = ("filed_on", "pk") if chosen in _UNDECIDED else ("-decided_on", "-filed_on", "-pk")
    # Values and charter determine whether sets of papers are complete.
    judged, shown = ({"values"}, "organization__federation") if waiting else (set(), "organization")
    unread = {*encrypted_fields(Application), *encrypted_fields(AgendaItem, "item__")} - judged
    page = page_of(request, found.select_related(shown, "item__meeting").defer(*unread).order_by(*order))
    counts = visible.aggregate(**{key: Count("pk", filter=condition) for key, condition in _QUEUES.items()})
    titles = {
        "waiting": _("Not on an agenda"), "agenda": _("On an agenda"), "notify": _("To be notified"),
        "decided": _("Decided"), "withdrawn": _("Withdrawn"),
    }  # fmt: skip
    notice = {"agenda": "invited", "notify": "notified"}.get(chosen, "")
    may_file = keeps and actor.may(Permission.FILE_APPLICATIONS, own)
    table = _Table(page, chosen, with_organization=own is not None and not keeps)
    context = {
        "page": page,
        "lacking": lacking,
        "rows": table.rows(),
        "labels": table.labels(),
        "queue": chosen,
        "waiting": waiting,
        "invites": chosen == "agenda",
        "query": query,
        "tabs": [(titles[key], f"?queue={key}", counts[key], key == chosen) for key in _QUEUES],
        "may_file": may_file,
        "chooses": bool(notice) and may_file,
        "next_meeting": next_meeting(actor, own) if waiting else None,
        "may_plan": keeps and actor.may(Permission.RUN_MEETINGS, own),
        "notice": notice,
    }
    return render(request, "members/applications/list.html", context)


def next_meeting(actor: Actor, organization: Organization | None) -> Meeting | None:
    """Return the organisation's next meeting whose agenda is open for waiting applications."""
    open_ones = Meeting.objects.visible_to(actor).filter(organization=organization, state__in=OPEN_MEETINGS)
    return open_ones.filter(held_on__gte=timezone.localdate()).order_by("held_on", "pk").first()


def _search(found: QuerySet[Application], query: str) -> QuerySet[Application]:
    for alternatives in search_terms(query):
        found = found.filter(Q(*(("search_key__contains", f" {word}") for word in alternatives), _connector=Q.OR))
    return found


class _Table:
    """The applications of a page as rows of a table."""

    def __init__(self, page: Iterable[Application], chosen: str, *, with_organization: bool) -> None:
        self.applications, self.today = list(page), timezone.localdate()
        self.incomplete: set[int] = set()
        if chosen == "waiting":
            self.incomplete = {a.pk for a in self.applications} - whole_sets(self.applications)
        self.undecided, self.with_organization = chosen in _UNDECIDED, with_organization
        self.with_category = any(a.category for a in self.applications)

    def labels(self) -> list[str]:
        """Return the headings of the columns; that of the name is omitted on a narrow page."""
        organization = [_("Organisation")] if self.with_organization else []
        category = [_("Category")] if self.with_category else []
        return ["", *organization, *category, _("Filed on"), _("State"), _("Meeting"), _("Notice")]

    def rows(self) -> list[tuple[int, str, str, list[Cell]]]:
        """Return id, address, name and cells of each row, for `table_rows`."""
        page, categories = addresses("applications:detail"), dict(Category.choices)
        rows = []
        for a in self.applications:
            organization = [Cell(str(a.organization))] if self.with_organization else []
            category = [Cell(str(categories.get(a.category, a.category)))] if self.with_category else []
            cells = [*organization, *category, self._filed(a), self._state(a), self._meeting(a), self._notice(a)]
            rows.append((a.pk, page(a.pk), a.full_name, cells))
        return rows

    def _filed(self, application: Application) -> Cell:
        filed: dt.date = application.filed_on
        if not self.undecided:
            return Cell(day_text(filed))
        days = (self.today - filed).days
        waits = ngettext("waits %(days)s day", "waits %(days)s days", days) % {"days": days}
        return Cell(markup('<div>{}<br><span class="soft small">{}</span></div>', day_text(filed), waits))

    def _state(self, application: Application) -> Cell:
        if application.pk in self.incomplete:
            return Cell(_("set not complete"), "bad")
        return Cell(states.name_of(application), states.tone_of(application))

    def _meeting(self, application: Application) -> Cell:
        meeting = application.item.meeting if application.item else None
        return Cell(day_text(meeting.held_on) if meeting else "")

    def _notice(self, application: Application) -> Cell:
        if application.decided_on:
            told = application.notified_on
            return Cell(day_text(told)) if told else Cell(_("not notified"), "warn")
        if application.invited_on:
            return Cell(day_text(application.invited_on))
        return Cell(_("not invited"), "warn") if application.is_scheduled else Cell("")
