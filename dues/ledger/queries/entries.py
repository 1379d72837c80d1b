"""Entries of many personal accounts (N-D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dues.rates.models import Exemption
from registry.sizes import CHUNK_IDS

from ..enums import EntryKind
from ..models import DuesAccount, LedgerEntry


def entries_by_account(accounts: Iterable[DuesAccount], *, named: bool = False) -> defaultdict[int, list[LedgerEntry]]:
    """Return entries by account, queried in slices because databases limit the number of parameters.

    `named` also loads the property contributions, for their titles.
    """
    found: defaultdict[int, list[LedgerEntry]] = defaultdict(list)
    ids = [account.pk for account in accounts]
    for start in range(0, len(ids), CHUNK_IDS):
        entries = LedgerEntry.objects.filter(account__among=ids[start : start + CHUNK_IDS])
        for entry in entries.select_related("contribution") if named else entries:
            if entry.account_id is not None:
                found[entry.account_id].append(entry)
    return found


def exempted_from(accounts: Iterable[int]) -> set[tuple[int, str, int | None]]:
    """Return the fees that were not charged to the accounts because of an exemption: id of the account, kind, year."""
    ids = list(accounts)
    found: set[tuple[int, str, int | None]] = set()
    for start in range(0, len(ids), CHUNK_IDS):
        some = Exemption.objects.filter(account__among=ids[start : start + CHUNK_IDS])
        found |= set(some.values_list("account", "fee", "year"))
    return found


def charged_with(ids: Sequence[int], fee: str, year: int | None) -> set[int]:
    """Return the ids of those accounts that are charged with the fee of the year."""
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK_IDS):
        charges = LedgerEntry.objects.valid().filter(
            account__among=ids[start : start + CHUNK_IDS], kind=EntryKind.CHARGE, fee=fee, year=year
        )
        found |= set(charges.values_list("account", flat=True))
    return found
