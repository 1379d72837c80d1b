"""How people and superiors are named to whom: beside and above only organisations have names (N-H1)."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.accounts.models import Account

from ..models import Organization


class Step(NamedTuple):
    """One step of the way down to an organisation; without an address only its name is shown."""

    name: str
    url: str


def way_to(organization: Organization, actor: Actor, url_name: str = "organizations:detail") -> list[Step]:
    """The superiors from the top; those above the actor by name only."""
    return [
        Step(above.short_name, reverse(url_name, args=[above.pk]) if actor.reaches(above) else "")
        for above in organization.ancestors()
    ]


def who(account: Account | None, actor: Actor) -> str:
    """The person in the actor's scope by name, anybody above by his organisation (N-H1)."""
    if account is None:
        return _("the registry itself")
    home = account.home
    if account == actor.account or (home is not None and actor.reaches(home)):
        return account.full_name
    return home.short_name if home is not None else _("administrator")
