"""Transitions of saved filters and selected columns; they concern only the account itself, so no event is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from registry.access import Actor
from registry.errors import NotAllowed
from registry.text import clean
from registry.transitions import quietly

from ..models import Account, SavedFilter
from ..rules.filters import check_filter


def _account(by: Actor) -> Account:
    if by.account is None:
        raise NotAllowed
    return by.account


@transaction.atomic
def keep_filter(screen: str, name: str, values: Mapping[str, str], *, by: Actor) -> SavedFilter:
    """Save a list's filter under a name, replacing one of the same name. Raises `RuleViolation` (N-S2)."""
    account, name = _account(by), clean(name, 60).strip()
    others = SavedFilter.objects.filter(account=account, screen=screen).exclude(name=name)
    check_filter(name, values, others.count())
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
    _prefer(f"{screen}.columns", lambda _before: list(columns), by)


def put_away(key: str, organization_id: int, *, by: Actor) -> None:
    """Save that the account has hidden a finished part of the start page for an organisation."""
    _prefer(key, lambda before: sorted({*(before or []), organization_id}), by)


def _prefer(key: str, change: Callable[[Any], Any], by: Actor) -> None:
    """Change one preference of the account, under its lock; preferences are not part of its history."""
    with quietly(by) as act:
        account = act.lock(Account, _account(by).pk)
        account.preferences = {**account.preferences, key: change(account.preferences.get(key))}
        Account.objects.filter(pk=account.pk).update(preferences=account.preferences)
