"""Tasks about refused addresses: one's own, and those of the accounts that the actor manages (N-S2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider


def _manages(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.MANAGE_ACCOUNTS, actor.organization)


def _refused(scope: Scope) -> QuerySet[Any, Any]:
    """Return the accounts here and directly below whose addresses are refused; others have a closer superior."""
    kept = Account.objects.visible_to(scope.actor).filter(Q(home=scope.own) | Q(home__parent=scope.own))
    # In a statement for many actors, the account is a placeholder for its id.
    own: Any = getattr(scope.actor.account, "pk", scope.actor.account)
    return tally(kept.filter(is_active=True, email_refused_at__isnull=False).exclude(pk=own))


@provider(lambda actor: actor.account is not None, never_late=True)
def own_address(actor: Actor, _waiting: Waiting) -> Iterable[Task]:
    """Yield a task for the holder of an account if no e-mail can be sent to it."""
    if actor.account is not None and actor.account.email_refused_at is not None:
        yield Task(
            text=_("Your e-mail is refused by its mail server"),
            detail=_("Nothing more is sent there until you change the address or confirm it."),
            action=_("Look"),
            action_url=reverse("profile"),
        )


@provider(_manages, refused=_refused, never_late=True)
def refused_addresses(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for accounts of the actor's organisation to which no e-mail can be sent."""
    if count := waiting["refused"].count:
        yield Task(
            text=ngettext(
                "The e-mail of %(n)s account is refused by its mail server",
                "The e-mails of %(n)s accounts are refused by their mail servers",
                count,
            )
            % {"n": count},
            detail=_("Nothing more is sent there until the address is changed, or confirmed by its holder."),
            action=_("Show"),
            action_url=reverse("accounts:list") + "?state=refused",
        )
