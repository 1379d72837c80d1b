"""What an account keeps about its lists: filters under a name, the choice of columns. His alone, so no event is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    """Keep a list's filter under a name; the same name again replaces it. Raises `RuleViolation`."""
    account, name = _account(by), clean(name, 60).strip()
    others = SavedFilter.objects.filter(account=account, screen=screen).exclude(name=name)
    check_filter(name, values, others.count())
    kept, _created = SavedFilter.objects.update_or_create(
        account=account, screen=screen, name=name, defaults={"values": dict(values)}
    )
    return kept


@transaction.atomic
def drop_filter(filter_id: int, *, by: Actor) -> None:
    """Forget one of his own filters; raises `SavedFilter.DoesNotExist` for anybody else's."""
    SavedFilter.objects.get(pk=filter_id, account=_account(by)).delete()


def choose_columns(screen: str, columns: Sequence[str], *, by: Actor) -> None:
    """Remember which columns of a list the account wants to see, in order."""
    with quietly(by) as act:
        account = act.lock(Account, _account(by).pk)
        account.preferences = {**account.preferences, f"{screen}.columns": list(columns)}
        # The preferences are no part of the account's history.
        Account.objects.filter(pk=account.pk).update(preferences=account.preferences)
