"""Names shown to an actor: for people outside the actor's scope only their organisations (N-H1)."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.accounts.models import Account

from ..models import Organization


class Breadcrumb(NamedTuple):
    """A breadcrumb; without a URL only the name is shown."""

    name: str
    url: str


def breadcrumbs_to(
    organization: Organization, actor: Actor, url_name: str = "organizations:detail"
) -> list[Breadcrumb]:
    """Return the breadcrumbs of the superiors, from the top; those above the actor are not linked."""
    return [
        Breadcrumb(above.short_name, reverse(url_name, args=[above.pk]) if actor.reaches(above) else "")
        for above in organization.ancestors()
    ]


def visible_name_of(account: Account | None, actor: Actor) -> str:
    """Return the person's name within the actor's scope, otherwise the name of their organisation (N-H1)."""
    if account is None:
        return _("the registry itself")
    home = account.home
    if account == actor.account or (home is not None and actor.reaches(home)):
        return account.full_name
    return home.short_name if home is not None else _("administrator")
