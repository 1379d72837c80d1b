"""Transitions of saved filters and selected columns; they concern only the account itself, so no event is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.errors import NotAllowed, RuleViolation
from registry.text import clean
from registry.transitions import quietly

from ..models import Account, SavedFilter

#: Maximum number of saved filters per list.
MAX_FILTERS = 30


def _account(by: Actor) -> Account:
    if by.account is None:
        raise NotAllowed
    return by.account


@transaction.atomic
def keep_filter(screen: str, name: str, values: Mapping[str, str], *, by: Actor) -> SavedFilter:
    """Save a list's filter under a name, replacing one of the same name. Raises `RuleViolation` (N-S2)."""
    account, name = _account(by), clean(name, 60).strip()
    if not name:
        raise RuleViolation("N-S2", _("Give the filter a name."), field="name")
    if not values:
        raise RuleViolation("N-S2", _("Choose at least one filter first; the search text is not kept."), field="name")
    others = SavedFilter.objects.filter(account=account, screen=screen).exclude(name=name)
    if others.count() >= MAX_FILTERS:
        message = _("You have %(count)d saved filters already. Delete one of them first.") % {"count": MAX_FILTERS}
        raise RuleViolation("N-S2", message, field="name")
    kept, _created = SavedFilter.objects.update_or_create(
        account=account, screen=screen, name=name, defaults={"values": dict(values)}
    )
    return kept


@transaction.atomic
def drop_filter(filter_id: int, *, by: Actor) -> None:
    """Delete one of the actor's own filters. Raises `SavedFilter.DoesNotExist` for anybody else's."""
    SavedFilter.objects.get(pk=filter_id, account=_account(by)).delete()


def choose_columns(screen: str, columns: Sequence[str], *, by: Actor) -> None:
    """Save which columns of a list the account shows, in order."""
    with quietly(by) as act:
        account = act.lock(Account, _account(by).pk)
        account.preferences = {**account.preferences, f"{screen}.columns": list(columns)}
        # Preferences are not part of the account's history.
        Account.objects.filter(pk=account.pk).update(preferences=account.preferences)
