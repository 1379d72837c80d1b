"""The bank accounts of an organisation, and what is remembered of its banks' tables."""

from __future__ import annotations

from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from registry.organizations.models import Organization, OrganizationPassport

from ..models import StatementColumns


def own_accounts(organization: Organization) -> list[str]:
    """Return the numbers of the account in the passport, and of those with entries in the books."""
    now = OrganizationPassport.objects.filter(organization=organization).exclude(account="")
    before = BookAccount.objects.filter(organization=organization, kind=AccountKind.BANK).order_by("pk")
    return list(dict.fromkeys([*now.values_list("account", flat=True), *before.values_list("number", flat=True)]))


def remembered_columns(organization: Organization, digest: str) -> StatementColumns | None:
    """Return the meaning of the columns of tables with these headings, as last confirmed."""
    return StatementColumns.objects.filter(organization=organization, digest=digest).first()
