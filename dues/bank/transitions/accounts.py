"""Transitions of an organisation's own bank accounts (V-D4)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from ..models import OwnAccount
from ..rules import accounts as rules
from ..rules.lines import check_keeps_bank


def add_account(organization_id: int, *, number: str, bik: str, bank: str, since: dt.date, by: Actor) -> OwnAccount:
    """Enter a settlement account as the organisation's own, so that its statements can be loaded (V-D4).

    Raises `RuleViolation`, `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule="V-D4", event="dues.bank_account_added") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        check_keeps_bank(organization)
        account = OwnAccount(organization=organization, number=number, bik=bik, bank=bank, since=since)
        rules.checked_account(account, act.today)
        act.save(account)
        act.about(account, organization=organization)
    return account


def end_account(account_id: int, *, until: dt.date, by: Actor) -> OwnAccount:
    """Record that an account was closed; later payments on it are flagged (V-D4).

    Raises `RuleViolation`, `NotAllowed`, `OwnAccount.DoesNotExist`.
    """
    with change(by=by, rule="V-D4", event="dues.bank_account_ended") as act:
        found = OwnAccount.objects.visible_to(by).get(pk=account_id)
        organization = act.lock(Organization, found.organization_id)
        account = act.lock(OwnAccount.objects.visible_to(by), account_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_until(account, until, act.today)
        account.until = until
        act.save(account)
        act.about(account, organization=organization)
    return account
