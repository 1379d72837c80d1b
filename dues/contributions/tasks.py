"""Tasks about property contributions that a body has adopted and nobody has recorded (V-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.meetings.models import AgendaItem
from registry.access import Actor
from registry.enums import Permission
from registry.states import allowed
from registry.tallies import Scope, tally
from registry.tasks import Matter, Task, Waiting, matters, provider

from .queries import items_to_record
from .rules import check_sets_contributions


def _sets(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and actor.may(Permission.RECORD_DUES, own) and allowed(check_sets_contributions, own)


def _adopted(scope: Scope) -> QuerySet[Any, Any]:
    return tally(items_to_record(scope.own, scope.actor), count=Count("pk"), first=Min("due_on"))


@provider(_sets, adopted=_adopted)
def contributions_to_record(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for adopted property contributions, due on the first term named in a decision (V-D2)."""
    if count := waiting["adopted"].count:
        text = ngettext(
            "Record %(n)s decision on a property contribution",
            "Record %(n)s decisions on property contributions",
            count,
        )
        yield Task(
            text=text % {"n": count},
            detail=_("Adopted by the body; members are charged when it is recorded."),
            due=waiting["adopted"].first,
            action=_("Look"),
            action_url=reverse("dues:contributions"),
        )


def _to_record(actor: Actor, _today: dt.date) -> QuerySet[AgendaItem]:
    found = items_to_record(actor.organization, actor)  # type: ignore[arg-type]
    return found.select_related("organization", "meeting")


@matters("contributions", gettext_lazy("Property contributions"), _sets, _to_record, day="due_on")
def contribution_to_record(item: AgendaItem) -> Matter:
    """Return an adopted item as an item that waits until it is recorded and charged (V-D2)."""
    return Matter(
        place=item.organization,
        came_on=item.meeting.held_on if item.meeting is not None else item.filed_on,
        url=f"{reverse('dues:add_contribution')}?item={item.pk}",
        detail=item.title,
        due=item.due_on,
    )
