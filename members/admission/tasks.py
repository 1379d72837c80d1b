"""Tasks about applications: incomplete sets, the next meeting, notices of meetings and decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.meetings.enums import MeetingState
from members.meetings.models import Meeting
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.tallies import Tally, tally
from registry.tasks import Task, Waiting, keeps, provider

from .enums import DECIDED_APPLICATIONS, ApplicationState
from .models import Application
from .rules.applications import sets_of


def _of(actor: Actor, own: Organization) -> QuerySet[Application]:
    return Application.objects.visible_to(actor).filter(organization=own)


_FILED = Q(state=ApplicationState.FILED)
_TO_INVITE = Q(state=ApplicationState.SCHEDULED, invited_on__isnull=True)
_TO_NOTIFY = Q(state__in=DECIDED_APPLICATIONS, notified_on__isnull=True)


@provider(
    keeps(Permission.FILE_APPLICATIONS),
    filed=lambda scope: tally(_of(scope.actor, scope.own).filter(_FILED)),
    invite=lambda scope: tally(
        _of(scope.actor, scope.own).filter(_TO_INVITE), first=Min("item__meeting__held_on"), one=Min("pk")
    ),
    notify=lambda scope: tally(_of(scope.actor, scope.own).filter(_TO_NOTIFY), first=Min("decided_on"), one=Min("pk")),
)
def applications(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks about applications of the actor's organisation (V-A4, V-A5)."""
    own = actor.organization
    if own is None:
        return
    if waiting.may_have("filed"):
        yield from _filed(_of(actor, own).filter(_FILED), own, _agenda_page(actor, waiting.today))
    invite, notify = waiting["invite"], waiting["notify"]
    if invite.count:
        text = ngettext("Notify %(n)s applicant of the meeting", "Notify %(n)s applicants of the meeting", invite.count)
        yield Task(
            text=_("Notify of the meeting:") if invite.count == 1 else text % {"n": invite.count},
            **_only(invite, _of(actor, own)),
            detail=_("Date, time and place of the meeting."),
            due=invite.first,
            action=_("Record the notice"),
            action_url=reverse("applications:list") + "?queue=agenda",
        )
    if notify.first is not None:
        text = ngettext(
            "Notify %(n)s applicant of the decision", "Notify %(n)s applicants of the decision", notify.count
        )
        days = own.charter.terms.get("after_decision_days", 10)
        yield Task(
            text=_("Notify the applicant of the decision:") if notify.count == 1 else text % {"n": notify.count},
            **_only(notify, _of(actor, own)),
            detail=_("Admitted applicants are told when and where to collect the ticket; refused ones, how to appeal."),
            due=notify.first + dt.timedelta(days=days),
            action=_("Record the notice"),
            action_url=reverse("applications:list") + "?queue=notify",
        )


def _only(tally: Tally, applications: QuerySet[Application]) -> dict[str, str]:
    """Return name and page of the applicant if there is only one."""
    if tally.count != 1:
        return {}
    application = applications.only("surname", "given_name", "patronymic").get(pk=tally.one or 0)
    return {"link": application.full_name, "link_url": reverse("applications:detail", args=[application.pk])}


def _agenda_page(actor: Actor, today: dt.date) -> str:
    """Return the page where applications are put on an agenda: the next meeting, or planning one (V-A5)."""
    if not actor.may(Permission.RUN_MEETINGS, actor.organization):
        return reverse("applications:list")
    planned = Meeting.objects.visible_to(actor).filter(
        organization=actor.organization, state=MeetingState.PLANNED, held_on__gte=today
    )
    following = planned.order_by("held_on", "pk").values_list("pk", flat=True).first()
    return reverse("meetings:detail", args=[following]) if following else reverse("meetings:plan")


def _filed(filed: QuerySet[Application], own: Organization, agenda_page: str) -> Iterator[Task]:
    whole, lacking = sets_of(filed, own)
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
