"""The bank accounts of an organisation, and the remembered columns of its banks' tables."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from registry.organizations.models import Organization, OrganizationPassport

from ..models import OwnAccount, StatementColumns


def passport_with_account(organization: Organization) -> OrganizationPassport | None:
    """Return the passport if it has a settlement account, which is the organisation's first one."""
    return OrganizationPassport.objects.filter(organization=organization).exclude(account="").first()


def own_accounts(organization: Organization) -> list[str]:
    """Return the numbers of the account in the passport, of additional own accounts, and of those in the books."""
    passport = passport_with_account(organization)
    entered = OwnAccount.objects.filter(organization=organization).order_by("pk")
    before = BookAccount.objects.filter(organization=organization, kind=AccountKind.BANK).order_by("pk")
    numbers = [*entered.values_list("number", flat=True), *before.values_list("number", flat=True)]
    return list(dict.fromkeys([*([passport.account] if passport else []), *numbers]))


def account_days(organization: Organization) -> dict[str, list[tuple[dt.date, dt.date]]]:
    """Return the first and last days of the organisation's additional own accounts, by their number."""
    days: defaultdict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for number, since, until in OwnAccount.objects.filter(organization=organization).values_list(
        "number", "since", "until"
    ):
        days[number].append((since, until or dt.date.max))
    return dict(days)


def remembered_columns(organization: Organization, digest: str) -> StatementColumns | None:
    """Return the meaning of the columns of tables with these headings, as last confirmed.

    Return None if nobody has confirmed it, or the file read with it was undone.
    """
    found = StatementColumns.objects.filter(organization=organization, digest=digest).first()
    return found if found is not None and found.columns else None
