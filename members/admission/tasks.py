"""Tasks about applications: incomplete sets, the next meeting, notices of meetings and decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.meetings.enums import MeetingState
from members.meetings.models import Meeting
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.tasks import Task, provider

from .enums import DECIDED_APPLICATIONS, ApplicationState
from .models import Application
from .rules.applications import sets_of


@provider
def applications(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Tasks about applications of the actor's organisation (V-A4, V-A5)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not actor.may(Permission.FILE_APPLICATIONS, own):
        return
    mine = Application.objects.visible_to(actor).filter(organization=own)
    yield from _filed(mine.filter(state=ApplicationState.FILED), _agenda_page(actor, today))
    told = mine.aggregate(
        invite=Count("pk", filter=_TO_INVITE),
        meeting=Min("item__meeting__held_on", filter=_TO_INVITE),
        notify=Count("pk", filter=_TO_NOTIFY),
        decided=Min("decided_on", filter=_TO_NOTIFY),
    )
    if told["invite"]:
        text = ngettext(
            "Notify %(n)s applicant of the meeting", "Notify %(n)s applicants of the meeting", told["invite"]
        )
        yield Task(
            text=text % {"n": told["invite"]},
            detail=_("Date, time and place of the meeting."),
            due=told["meeting"],
            action=_("Note the notice"),
            action_url=reverse("applications:list") + "?queue=agenda",
        )
    if told["notify"]:
        text = ngettext(
            "Notify %(n)s applicant of the decision", "Notify %(n)s applicants of the decision", told["notify"]
        )
        days = own.charter.terms.get("after_decision_days", 10)
        yield Task(
            text=text % {"n": told["notify"]},
            detail=_("Admitted applicants are told when and where to receive the ticket; refused ones, how to appeal."),
            due=told["decided"] + dt.timedelta(days=days),
            action=_("Note the notice"),
            action_url=reverse("applications:list") + "?queue=notify",
        )


_TO_INVITE = Q(state=ApplicationState.SCHEDULED, invited_on__isnull=True)
_TO_NOTIFY = Q(state__in=DECIDED_APPLICATIONS, notified_on__isnull=True)


def _agenda_page(actor: Actor, today: dt.date) -> str:
    """Return the page where applications are put on an agenda: the next meeting, or planning one (V-A5)."""
    if not actor.may(Permission.RUN_MEETINGS, actor.organization):
        return reverse("applications:list")
    planned = Meeting.objects.visible_to(actor).filter(
        organization=actor.organization, state=MeetingState.PLANNED, held_on__gte=today
    )
    following = planned.order_by("held_on", "pk").values_list("pk", flat=True).first()
    return reverse("meetings:detail", args=[following]) if following else reverse("meetings:plan")


def _filed(filed: QuerySet[Application], agenda_page: str) -> Iterator[Task]:
    whole, lacking = sets_of(filed)
    if whole:
        text = ngettext(
            "%(n)s application is to be put on the agenda", "%(n)s applications are to be put on the agenda", len(whole)
        )
        yield Task(
            text=text % {"n": len(whole)},
            detail=_("The earliest waits since %(day)s.") % {"day": day_text(whole[0].filed_on)},
            action=_("Include"),
            action_url=agenda_page,
        )
    if incomplete := len(lacking):
        text = ngettext("%(n)s application is not complete yet", "%(n)s applications are not complete yet", incomplete)
        yield Task(
            text=text % {"n": incomplete},
            detail=_("Papers, the consent or the acquaintance with the statutes are missing."),
            action=_("Complete"),
            action_url=reverse("applications:list") + "?set=incomplete",
        )
