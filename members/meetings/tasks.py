"""Tasks about meetings: waiting items, missing decisions, open minutes, notices of decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.tasks import Task, provider

from .enums import OPEN_MEETINGS, ItemKind, MeetingState
from .models import AgendaItem, Meeting
from .rules import ABOUT_A_MEMBER, has_quorum

#: Maximum number of meetings listed by name.
_NAMED = 5


@provider
def meetings(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Tasks for the meetings of the actor's organisation (V-A5, V-B1)."""
    own = actor.organization
    if own is None or not actor.may(Permission.RUN_MEETINGS, own):
        return
    open_meetings = Meeting.objects.visible_to(actor).filter(
        organization=own, state__in=OPEN_MEETINGS, held_on__lte=today
    )
    named = open_meetings.select_related("body").annotate(present=Count("attendance")).order_by("held_on", "pk")
    for meeting in named[:_NAMED]:
        planned = meeting.state == MeetingState.PLANNED
        detail = _("Then the decisions are entered, and the minutes get their number.")
        if not planned and not has_quorum(meeting, meeting.present):
            detail = _("There was no quorum: note that, and its agenda waits for the next meeting.")
        yield Task(
            text=_("Note who was present at the meeting:") if planned else _("Finish the minutes of the meeting:"),
            link=f"{day_text(meeting.held_on)}, {meeting.body.name}",
            link_url=reverse("meetings:detail", args=[meeting.pk]),
            detail=detail,
            due=meeting.held_on,
            action=_("Enter"),
            action_url=reverse("meetings:detail", args=[meeting.pk]),
        )
    items = AgendaItem.objects.visible_to(actor).filter(organization=own)
    yield from _waiting(items)
    yield from _to_tell(items, own.charter.terms.get("after_decision_days", 10))


def _waiting(found: QuerySet[AgendaItem]) -> Iterator[Task]:
    waiting = found.waiting().aggregate(count=Count("pk"), since=Min("filed_on"))  # type: ignore[attr-defined]
    if waiting["count"]:
        text = ngettext("%(n)s matter waits for a meeting", "%(n)s matters wait for a meeting", waiting["count"])
        yield Task(
            text=text % {"n": waiting["count"]},
            detail=_("The oldest of them waits since %(day)s.") % {"day": day_text(waiting["since"])},
            action=_("Look"),
            action_url=reverse("meetings:queue"),
        )


def _to_tell(found: QuerySet[AgendaItem], days: int) -> Iterator[Task]:
    """Yield tasks for decisions without a notice: those about members, and those on appeals (V-A6)."""
    untold = found.decided().filter(notified_on__isnull=True)  # type: ignore[attr-defined]
    about, appeals = _untold(untold.filter(kind__in=ABOUT_A_MEMBER)), _untold(untold.filter(kind=ItemKind.APPEAL))
    if about["count"]:
        text = ngettext(
            "Tell %(n)s member the decision about them", "Tell %(n)s members the decisions about them", about["count"]
        )
        yield Task(
            text=text % {"n": about["count"]},
            detail=_("From the notice of an exclusion the month of the appeal runs."),
            due=about["decided"] + dt.timedelta(days=days),
            action=_("Note the notice"),
            action_url=about["page"],
        )
    if appeals["count"]:
        text = ngettext(
            "Tell %(n)s person the decision on the appeal",
            "Tell %(n)s persons the decisions on their appeals",
            appeals["count"],
        )
        yield Task(
            text=text % {"n": appeals["count"]},
            detail=_("Print the notice, hand it over or post it, and note the day."),
            due=appeals["decided"] + dt.timedelta(days=days),
            action=_("Note the notice"),
            action_url=appeals["page"],
        )


def _untold(untold: QuerySet[AgendaItem]) -> dict[str, Any]:
    """Return the number of decisions, the earliest day, and the page where the notice is recorded.

    The page is that of the item, or that of the earliest meeting if there are several.
    """
    counts = untold.aggregate(count=Count("pk"), decided=Min("meeting__held_on"), item=Min("pk"))
    if counts["count"] == 1:
        return {**counts, "page": reverse("meetings:notify", args=[counts["item"]])}
    if counts["count"]:
        first = untold.order_by("meeting__held_on", "pk").values_list("meeting", flat=True)[0]
        return {**counts, "page": reverse("meetings:detail", args=[first])}
    return counts
