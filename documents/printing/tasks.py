"""Tasks for cards to print again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, keeps, provider


def _to_reprint(scope: Scope) -> QuerySet[Any, Any]:
    return tally(Member.objects.visible_to(scope.actor).registered().filter(organization=scope.own, reprint=True))


@provider(keeps(Permission.EDIT_MEMBERS), reprint=_to_reprint, never_late=True)
def cards_to_print_again(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for paper cards that are outdated: the electronic record prevails (V-B2)."""
    if count := waiting["reprint"].count:
        yield Task(
            text=ngettext("Print %(n)s card again", "Print %(n)s cards again", count) % {"n": count},
            detail=_("They were changed after they were printed."),
            action=_("Show"),
            action_url=reverse("members:list") + "?reprint=yes",
        )
