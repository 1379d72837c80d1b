"""Rules for an organisation's own bank accounts besides the one in its passport (V-D4)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry import checks
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import OrganizationPassport

from ..models import OwnAccount

#: Maximum number of accounts of an organisation, and years before today in which one can have been opened.
MAX_ACCOUNTS, YEARS_BACK = 20, 50


def checked_account(account: OwnAccount, today: dt.date) -> OwnAccount:
    """Return the new account with normalised values.

    Raises `RuleViolation` (V-D4) for a number that does not belong to the bank, a known account, or an impossible day.
    """
    try:
        account.bik = checks.parse_bik(account.bik)
        account.number = checks.parse_account(account.number, account.bik)
    except checks.CheckFailed as failed:
        field = "bik" if failed.code.startswith("bik") else "number"
        raise RuleViolation("V-D4", failed.message, field=field) from None
    account.bank = " ".join(account.bank.split())
    if not account.bank:
        raise RuleViolation("V-D4", _("Enter the name of the bank."), field="bank")
    if not today.year - YEARS_BACK <= account.since.year or account.since > today:
        raise RuleViolation(
            "V-D4", _("Enter the day on which the account was opened, not in the future."), field="since"
        )
    _check_is_new(account)
    return account


def _check_is_new(account: OwnAccount) -> None:
    """Raise `RuleViolation` (V-D4) if the account is already the organisation's, or the maximum number is reached."""
    organization = account.organization
    if OrganizationPassport.objects.filter(organization=organization, account=account.number).exists():
        message = _("This account is in the passport of the organisation: its statements are loaded already.")
        raise RuleViolation("V-D4", message, field="number")
    known = list(OwnAccount.objects.filter(organization=organization).order_by("pk"))
    if len(known) >= MAX_ACCOUNTS:
        message = _("An organisation can have up to %(most)s accounts here.")
        raise RuleViolation("V-D4", message % {"most": MAX_ACCOUNTS})
    for one in known:
        if one.number != account.number:
            continue
        if one.until is None:
            raise RuleViolation("V-D4", _("This account is in the list already."), field="number")
        if account.since <= one.until:
            message = _("This account was yours until %(day)s; enter a later day.")
            raise RuleViolation("V-D4", message % {"day": day_text(one.until)}, field="since")


def check_not_ended(account: OwnAccount) -> None:
    """Raise `RuleViolation` (V-D4) if the account is already closed."""
    if account.until is not None:
        message = _("The account was closed on %(day)s.")
        raise RuleViolation("V-D4", message % {"day": day_text(account.until)})


def check_until(account: OwnAccount, until: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D4) if the last day is before the first one, or in the future."""
    check_not_ended(account)
    if until < account.since:
        message = _("The account is yours since %(day)s; enter that day or a later one.")
        raise RuleViolation("V-D4", message % {"day": day_text(account.since)}, field="until")
    if until > today:
        raise RuleViolation("V-D4", _("The date cannot be in the future."), field="until")
