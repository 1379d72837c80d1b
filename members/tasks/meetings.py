"""Tasks about meetings: matters that wait for one, decisions not entered, minutes not closed, notices of decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tasks import Task, provider

from ..enums import ItemState, MeetingState
from ..models import AgendaItem, Meeting
from ..rules.meetings import ABOUT_A_MEMBER, DECIDED, has_quorum

#: So many meetings are named one by one.
_NAMED = 5


@provider
def meetings(actor: Actor, today: dt.date) -> Iterable[Task]:
    """What is to be done with the meetings of the actor's own organisation (V-A5, V-B1)."""
    own = actor.organization
    if own is None or not actor.may(Permission.RUN_MEETINGS, own):
        return
    open_meetings = Meeting.objects.visible_to(actor).filter(
        organization=own, state__in=[MeetingState.PLANNED, MeetingState.HELD], held_on__lte=today
    )
    named = open_meetings.select_related("body").annotate(present=Count("attendance")).order_by("held_on", "pk")
    for meeting in named[:_NAMED]:
        planned = meeting.state == MeetingState.PLANNED
        detail = _("Then the decisions are entered, and the minutes get their number.")
        if not planned and not has_quorum(meeting, meeting.present):
            detail = _("There was no quorum: note that, and its agenda waits for the next meeting.")
        yield Task(
            text=_("Note who was present at the meeting:") if planned else _("Finish the minutes of the meeting:"),
            link=f"{meeting.held_on:%d.%m.%Y}, {meeting.body.name}",
            link_url=reverse("meetings:detail", args=[meeting.pk]),
            detail=detail,
            due=meeting.held_on,
            action=_("Enter"),
            action_url=reverse("meetings:detail", args=[meeting.pk]),
        )
    found = AgendaItem.objects.visible_to(actor).filter(organization=own)
    counts = found.aggregate(
        waiting=Count("pk", filter=Q(state=ItemState.WAITING)),
        since=Min("filed_on", filter=Q(state=ItemState.WAITING)),
        notify=Count("pk", filter=_TO_NOTIFY),
        decided=Min("meeting__held_on", filter=_TO_NOTIFY),
        item=Min("pk", filter=_TO_NOTIFY),
    )
    if counts["waiting"]:
        text = ngettext("%(n)s matter waits for a meeting", "%(n)s matters wait for a meeting", counts["waiting"])
        yield Task(
            text=text % {"n": counts["waiting"]},
            detail=_("The oldest of them waits since %(day)s.") % {"day": counts["since"].strftime("%d.%m.%Y")},
            action=_("Look"),
            action_url=reverse("meetings:queue"),
        )
    if counts["notify"]:
        text = ngettext(
            "Tell %(n)s member the decision about him", "Tell %(n)s members the decisions about them", counts["notify"]
        )
        days = own.charter.terms.get("after_decision_days", 10)
        first = found.filter(_TO_NOTIFY).order_by("meeting__held_on", "pk").values_list("meeting", flat=True)[0]
        yield Task(
            text=text % {"n": counts["notify"]},
            detail=_("From the notice of an exclusion the month of the appeal runs."),
            due=counts["decided"] + dt.timedelta(days=days),
            action=_("Note the notice"),
            action_url=reverse("meetings:notify", args=[counts["item"]])
            if counts["notify"] == 1
            else reverse("meetings:detail", args=[first]),
        )


_TO_NOTIFY = Q(state__in=DECIDED, kind__in=ABOUT_A_MEMBER, notified_on__isnull=True)
