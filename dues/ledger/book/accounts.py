"""Personal accounts of members and their stored standing (V-D1, N-D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, transaction

from members.people.models import Member
from registry.sizes import CHUNK, CHUNK_IDS

from ..models import DuesAccount
from ..queries.entries import entries_by_account
from ..rules.standing import standing

if TYPE_CHECKING:
    from registry.transitions import Act

#: Fields of `DuesAccount` that store the standing.
STANDING_FIELDS = ("unpaid", "unpaid_since", "paid_to", "advance", "entrance_paid_on")


def open_accounts(act: Act, members: Sequence[Member]) -> dict[int, DuesAccount]:
    """Return the members' personal accounts by the member's id, created if missing, locked until the end of the
    change.
    """
    rows = _locked(act, [member.pk for member in members], DuesAccount.objects.all())
    return {account.member_id: account for account in rows}


def open_first_accounts(members: Sequence[Member]) -> None:
    """Create the personal accounts of members whose cards this change has created, so that no lock is needed."""
    DuesAccount.objects.bulk_create([DuesAccount(member_id=member.pk) for member in members], batch_size=CHUNK)


class LockedAccount(NamedTuple):
    """Values of a locked account for a mass charge: a hundred thousand model instances would take seconds."""

    pk: int
    member_id: int
    advance: Decimal
    paid_to: int | None


def lock_accounts(act: Act, member_ids: Collection[int]) -> dict[int, LockedAccount]:
    """Return the personal accounts by the member's id, created if missing, locked until the end of the change."""
    rows = _locked(act, member_ids, DuesAccount.objects.values_list("pk", "member", "advance", "paid_to", named=True))
    return {row.member: LockedAccount(*row) for row in rows}


def _locked(act: Act, member_ids: Collection[int], rows: Any) -> Iterator[Any]:
    """Lock and return the rows of the members' accounts, which are created if missing."""
    ids = list(member_ids)
    accounts: list[int] = []
    for start in range(0, len(ids), CHUNK_IDS):
        some = ids[start : start + CHUNK_IDS]
        accounts += _opened(some).values()
    # Always locked in the same order, to avoid deadlocks.
    accounts.sort()
    parts = range(0, len(accounts), CHUNK_IDS)
    for at in parts:
        yield from act.lock_many(rows.filter(pk__among=accounts[at : at + CHUNK_IDS]))


def _opened(member_ids: Collection[int]) -> dict[int, int]:
    """Return the ids of the members' accounts by the member's id; missing ones are created."""
    own = DuesAccount.objects.filter(member__among=member_ids).order_by()
    known: dict[int, int] = dict(own.values_list("member", "pk"))
    while missing := sorted(set(member_ids) - known.keys()):
        try:
            with transaction.atomic():
                made = DuesAccount.objects.bulk_create([DuesAccount(member_id=pk) for pk in missing], batch_size=CHUNK)
        except IntegrityError:
            # Another process may have opened one of them at the same time.
            before, known = known, dict(own.values_list("member", "pk"))
            if known.keys() == before.keys():
                raise
        else:
            known |= {pk: account.pk for pk, account in zip(missing, made, strict=True)}
    return known


def update_standing(accounts: Sequence[DuesAccount]) -> None:
    """Store the accounts' present standing; accounts with equal values are updated together."""
    entries = entries_by_account(accounts)
    by_values: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for account in accounts:
        now = standing(entries[account.pk])
        values = tuple(getattr(now, name) for name in STANDING_FIELDS)
        if values != tuple(getattr(account, name) for name in STANDING_FIELDS):
            by_values[values].append(account.pk)
            for name, value in zip(STANDING_FIELDS, values, strict=True):
                setattr(account, name, value)
    for values, ids in by_values.items():
        DuesAccount.objects.filter(pk__in=ids).update(**dict(zip(STANDING_FIELDS, values, strict=True)))
