"""Tasks about meetings: waiting items, missing decisions, open minutes, notices of decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.tallies import Scope, Tally, tally
from registry.tasks import Matter, Task, Waiting, matters, provider

from .enums import OPEN_MEETINGS, ItemKind, MeetingState
from .models import AgendaItem, AgendaItemQuerySet, Appeal, Meeting
from .rules import ABOUT_A_MEMBER, appeal_due, has_quorum

#: Maximum number of meetings listed separately.
_MAX_NAMED = 5


def _open_meetings(actor: Actor, own: Organization, today: dt.date) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(actor).filter(organization=own, state__in=OPEN_MEETINGS, held_on__lte=today)


def _items(actor: Actor, own: Organization) -> AgendaItemQuerySet:
    return AgendaItem.objects.visible_to(actor).filter(organization=own)


def _untold(kinds: Iterable[ItemKind]) -> Callable[[Scope], QuerySet[Any, Any]]:
    """Return a count of decided items of these kinds without a notice, with their first day and one item."""

    def of(scope: Scope) -> QuerySet[Any, Any]:
        return tally(_untold_of(_items(scope.actor, scope.own), kinds), first=Min("meeting__held_on"), one=Min("pk"))

    return of


def _untold_of(items: AgendaItemQuerySet, kinds: Iterable[ItemKind]) -> AgendaItemQuerySet:
    return items.decided().filter(notified_on__isnull=True, kind__in=list(kinds))


def _runs_meetings(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.RUN_MEETINGS, actor.organization)


@provider(
    _runs_meetings,
    meetings=lambda scope: tally(_open_meetings(scope.actor, scope.own, scope.today)),
    items=lambda scope: tally(_items(scope.actor, scope.own).waiting(), first=Min("filed_on")),
    about=_untold(ABOUT_A_MEMBER),
    appeals=_untold([ItemKind.APPEAL]),
)
def meetings(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for the meetings of the actor's organisation (V-A5, V-B1)."""
    own = actor.organization
    if own is None:
        return
    if waiting.may_have("meetings"):
        yield from _named(_open_meetings(actor, own, waiting.today))
    yield from _waiting(waiting["items"])
    yield from _to_tell(waiting, _items(actor, own), own.charter.terms.get("after_decision_days", 10))


def _appeals(actor: Actor, _today: dt.date) -> QuerySet[Appeal]:
    """Return the appeals that the body of the actor's organisation has to decide, with the day of their meeting."""
    meets = Min("items__meeting__held_on", filter=Q(items__meeting__state__in=OPEN_MEETINGS))
    found = Appeal.objects.visible_to(actor).open().filter(organization=actor.organization)
    return found.select_related("against__organization", "organization__federation").annotate(meets_on=meets)


@matters("appeals", gettext_lazy("Appeals"), _runs_meetings, _appeals, place="against__organization", day="received_on")
def appeal_to_decide(appeal: Appeal) -> Matter:
    """Return an appeal as an item for decision (V-A6).

    It is due on the day of the meeting that has it on its agenda, and until then by the charter's term.
    """
    return Matter(
        place=appeal.against.organization,
        came_on=appeal.received_on,
        url=reverse("meetings:appeal", args=[appeal.pk]),
        detail=appeal.person_name,
        due=appeal.meets_on or appeal_due(appeal),  # type: ignore[attr-defined]
    )


def _named(open_meetings: QuerySet[Meeting]) -> Iterator[Task]:
    named = open_meetings.select_related("body").annotate(present=Count("attendance")).order_by("held_on", "pk")
    for meeting in named[:_MAX_NAMED]:
        planned = meeting.state == MeetingState.PLANNED
        detail = _("Then the decisions are entered, and the minutes get their number.")
        if not planned and not has_quorum(meeting, meeting.present):
            detail = _("There was no quorum: record that, and the agenda items wait for the next meeting.")
        yield Task(
            text=_("Record who was present at the meeting:") if planned else _("Finish the minutes of the meeting:"),
            # A body may meet twice on a day.
            link=f"{day_text(meeting.held_on)}, {meeting.starts_at:%H:%M}, {meeting.body.name}",
            link_url=reverse("meetings:detail", args=[meeting.pk]),
            detail=detail,
            due=meeting.held_on,
            action=_("Enter"),
            action_url=reverse("meetings:detail", args=[meeting.pk]),
        )


def _waiting(items: Tally) -> Iterator[Task]:
    if items.first is not None:
        text = ngettext("%(n)s matter waits for a meeting", "%(n)s matters wait for a meeting", items.count)
        yield Task(
            text=text % {"n": items.count},
            detail=_("The oldest of them waits since %(day)s.") % {"day": day_text(items.first)},
            action=_("Look"),
            action_url=reverse("meetings:queue"),
        )


def _to_tell(waiting: Waiting, items: AgendaItemQuerySet, days: int) -> Iterator[Task]:
    """Yield tasks for decisions without a notice: those about members, and those on appeals (V-A6)."""
    about, appeals = waiting["about"], waiting["appeals"]
    if about.first is not None:
        text = ngettext(
            "Tell %(n)s member the decision about them", "Tell %(n)s members the decisions about them", about.count
        )
        page = _page(about, _untold_of(items, ABOUT_A_MEMBER))
        only = _only(about, items)
        yield Task(
            text=_("Tell the member the decision:") if only else text % {"n": about.count},
            link=only,
            link_url=page if only else "",
            detail=_dated(about, _("The month for an appeal begins with the notice of the exclusion.")),
            due=about.first + dt.timedelta(days=days),
            action=_("Record the notice"),
            action_url=page,
        )
    if appeals.first is not None:
        text = ngettext(
            "Tell %(n)s person the decision on their appeal",
            "Tell %(n)s people the decisions on their appeals",
            appeals.count,
        )
        page = _page(appeals, _untold_of(items, [ItemKind.APPEAL]))
        only = _only(appeals, items)
        yield Task(
            text=_("Tell the person the decision on their appeal:") if only else text % {"n": appeals.count},
            link=only,
            link_url=page if only else "",
            detail=_dated(appeals, _("Print the notice, hand it over or post it, and record the day.")),
            due=appeals.first + dt.timedelta(days=days),
            action=_("Record the notice"),
            action_url=page,
        )


def _only(tally: Tally, items: AgendaItemQuerySet) -> str:
    """Return the subject of the item, which names the person, if there is only one."""
    return str(items.values_list("title", flat=True).get(pk=tally.one or 0)) if tally.count == 1 else ""


def _dated(tally: Tally, advice: str) -> str:
    """Return the advice after the day of the decision, or of the earliest one."""
    text = _("Decision of %(day)s. %(advice)s") if tally.count == 1 else _("The earliest of %(day)s. %(advice)s")
    return text % {"day": day_text(tally.first) if tally.first else "—", "advice": advice}


def _page(tally: Tally, untold: AgendaItemQuerySet) -> str:
    """Return the URL where the notice is recorded: the page of the only item, or that of the earliest meeting."""
    if tally.count == 1:
        return reverse("meetings:notify", args=[tally.one])
    first = untold.order_by("meeting__held_on", "pk").values_list("meeting", flat=True)[0]
    return reverse("meetings:detail", args=[first])
