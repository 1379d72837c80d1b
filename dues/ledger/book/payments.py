"""Payments of members (V-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from registry.organizations.models import Organization

from ..enums import EntryKind
from ..models import DuesAccount, LedgerEntry
from .accounts import update_standing
from .entries import RECEIVED, AccountKey, insert

if TYPE_CHECKING:
    from registry.transitions import Act


@dataclass(frozen=True)
class Payment:
    """A payment to be posted; `key` makes it unique (N-D2)."""

    account: DuesAccount
    fee: str
    year: int | None
    amount: Decimal
    made_on: dt.date
    paper: str
    key: str
    #: Id of the property contribution that is paid.
    contribution: int | None = None


def post_payments(
    act: Act,
    payments: Sequence[Payment],
    *,
    organization: Organization,
    money: AccountKey = RECEIVED,
    rule: str = "V-D1",
) -> list[LedgerEntry]:
    """Post payments to accounts locked by the caller, and update the accounts; they debit the account `money`."""
    posted = insert(
        [
            LedgerEntry(
                account=payment.account,
                organization=organization,
                kind=EntryKind.PAYMENT,
                fee=payment.fee,
                year=payment.year,
                contribution_id=payment.contribution,
                amount=payment.amount,
                made_on=payment.made_on,
                paper=payment.paper,
                key=payment.key,
                posted_at=act.now,
                posted_by=act.by.account,
                rule=rule,
            )
            for payment in payments
        ],
        organization,
        money=money,
    )
    update_standing(list({payment.account.pk: payment.account for payment in payments}.values()))
    return posted
