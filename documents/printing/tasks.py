"""Tasks for cards to print again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.tasks import Task, provider


@provider
def cards_to_print_again(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Yield a task for paper cards that are outdated: the electronic record prevails (V-B2)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not actor.may(Permission.EDIT_MEMBERS, own):
        return
    count = Member.objects.visible_to(actor).on_account().filter(organization=own, reprint=True).count()
    if count:
        yield Task(
            text=ngettext("Print %(n)s card again", "Print %(n)s cards again", count) % {"n": count},
            detail=_("They were changed after their printing."),
            action=_("Show"),
            action_url=reverse("members:list") + "?reprint=yes",
        )
