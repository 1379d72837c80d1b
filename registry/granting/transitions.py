"""Transitions of administrators' requests: created, confirmed, refused, withdrawn, expired (N-H2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.rules import accounts as of_accounts
from registry.accounts.rules.second_factor import check_has_factor, factor_of
from registry.accounts.transitions.accounts import (
    Credentials,
    add_account,
    add_appointment,
    set_one_time_password,
    unblock,
)
from registry.accounts.transitions.credentials import one_time_password
from registry.accounts.transitions.second_factor import take_away
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.transitions import Act, change, quietly

from . import rules
from .enums import GrantKind, GrantState
from .models import GrantRequest


class Confirmed(NamedTuple):
    """A confirmed request and its one-time password, which cannot be read again later."""

    request: GrantRequest
    credentials: Credentials | None


def ask_for_account(
    *,
    organization_id: int,
    person: Mapping[str, str],
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    basis: str = "",
    namesake: bool = False,
    by: Actor,
) -> GrantRequest:
    """Create a person's account without rights and password, and request its first role (U-2, N-H2).

    The person who confirms the role gets the password. Raises `NotAllowed`, `RuleViolation`.
    """
    with change(by=by, rule=rules.RULE, event="grant.asked") as act:
        home = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.MANAGE_ACCOUNTS, home)
        rules.check_asks(by)
        account = add_account(home, person, namesake=namesake)
        of_accounts.check_appointment(None, home, role, starts_on, ends_on)
        act.save(account)
        return _ask(act, GrantKind.ROLE, account, home, role, starts_on=starts_on, ends_on=ends_on, basis=basis)


def ask_for_role(
    account_id: int,
    *,
    organization_id: int,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    basis: str = "",
    by: Actor,
) -> GrantRequest:
    """Request one more role for an account in an organisation (N-H2). Raises `NotAllowed`, `RuleViolation`."""
    with change(by=by, rule=rules.RULE, event="grant.asked") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.MANAGE_ACCOUNTS, organization)
        rules.check_asks(by)
        account = act.lock(Account.objects.visible_to(by), account_id)
        of_accounts.check_grant(role, organization, account=account, by=by)
        rules.check_is_no_installation(account)
        of_accounts.check_appointment(account, organization, role, starts_on, ends_on)
        return _ask(act, GrantKind.ROLE, account, organization, role, starts_on=starts_on, ends_on=ends_on, basis=basis)


def ask_for_password(account_id: int, *, by: Actor) -> GrantRequest:
    """Request a new one-time password for an account; the present one works until it is confirmed (U-2, N-H2)."""
    with change(by=by, rule=rules.RULE, event="grant.asked") as act:
        account = _managed(act, account_id)
        of_accounts.check_can_get_password(account)
        return _ask(act, GrantKind.PASSWORD, account, *rules.widest_of(account))


def ask_for_unblocking(account_id: int, *, by: Actor) -> GrantRequest:
    """Request that a blocked account is unblocked (U-2, N-H2)."""
    with change(by=by, rule=rules.RULE, event="grant.asked") as act:
        account = _managed(act, account_id)
        of_accounts.check_can_be_unblocked(account)
        return _ask(act, GrantKind.UNBLOCKING, account, *rules.widest_of(account))


def ask_for_factor_reset(account_id: int, *, by: Actor) -> GrantRequest:
    """Request the reset of a second factor; until it is confirmed, sign-in still asks for a code (U-2, N-H2)."""
    with change(by=by, rule=rules.RULE, event="grant.asked") as act:
        account = _managed(act, account_id)
        check_has_factor(factor_of(account))
        return _ask(act, GrantKind.FACTOR, account, *rules.widest_of(account))


def confirm_grant(request_id: int, *, by: Actor) -> Confirmed:
    """Confirm an administrator's request and carry it out (N-H2).

    The one-time password of a new account, or the new one, is shown to the person who confirms. Raises `NotAllowed`,
    `RuleViolation`.
    """
    password = one_time_password()
    # Hashing is slow by design, so it is done before any row is locked.
    secret = make_password(password)
    with change(by=by, rule=rules.RULE, event="grant.confirmed") as act:
        asked, account = _locked(act, request_id)
        rules.check_may_confirm(asked, by)
        rules.check_can_confirm(asked, act.today)
        given = _give(act, asked, account, secret)
        asked.by_administrator = by.asks_others
        _settle(act, asked, GrantState.CONFIRMED)
    return Confirmed(asked, Credentials(account, password) if given else None)


def refuse_grant(request_id: int, *, reason: str, by: Actor) -> GrantRequest:
    """Refuse an administrator's request (N-H2)."""
    with change(by=by, rule=rules.RULE, event="grant.refused") as act:
        asked, _account = _locked(act, request_id)
        rules.check_may_refuse(asked, by)
        rules.check_can_refuse(asked)
        asked.reason = reason
        _settle(act, asked, GrantState.REFUSED)
    return asked


def withdraw_grant(request_id: int, *, by: Actor) -> GrantRequest:
    """Withdraw the actor's own request (N-H2)."""
    with change(by=by, rule=rules.RULE, event="grant.withdrawn") as act:
        asked, _account = _locked(act, request_id)
        rules.check_may_withdraw(asked, by)
        rules.check_can_withdraw(asked)
        _settle(act, asked, GrantState.WITHDRAWN)
    return asked


def lapse_grant(request_id: int, *, by: Actor) -> GrantRequest:
    """Expire a request that nobody confirmed within its term (N-H2).

    Raises `NotAllowed` for anybody but the registry itself.
    """
    if not by.is_system or by.is_installation:
        raise NotAllowed
    with change(by=by, rule=rules.RULE, event="grant.lapsed") as act:
        asked, _account = _locked(act, request_id)
        rules.check_lapses(asked, act.today)
        _settle(act, asked, GrantState.LAPSED)
    return asked


def hand_on(request_id: int, *, by: Actor) -> GrantRequest:
    """Assign a waiting request to the present nearest chair (N-H2).

    Raises `NotAllowed` for anybody but the registry itself.
    """
    if not by.is_system or by.is_installation:
        raise NotAllowed
    with quietly(by) as act:
        asked = act.lock(GrantRequest.objects.waiting(), request_id)
        nearest = _nearest(asked)
        if nearest != asked.asked_of:
            asked.asked_of = nearest
            act.save(asked)
    return asked


def _managed(act: Act, account_id: int) -> Account:
    account = act.lock(Account.objects.visible_to(act.by), account_id)
    of_accounts.check_manages(account, by=act.by)
    rules.check_asks(act.by)
    return account


def _ask(
    act: Act,
    kind: str,
    account: Account,
    organization: Organization | None,
    role: str,
    *,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    basis: str = "",
) -> GrantRequest:
    asker = act.by.person_id
    assert asker is not None  # noqa: S101 - administrators ask, `check_asks`
    if organization is not None:
        act.at(organization)
    asked = GrantRequest(
        kind=kind,
        account=account,
        organization=organization,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        basis=basis,
        asked_by_id=asker,
        asked_at=act.now,
        until=act.today + dt.timedelta(days=rules.GRANT_DAYS),
    )
    rules.check_can_be_asked(asked)
    asked.asked_of = _nearest(asked)
    act.save(asked)
    act.about(asked, organization=organization, kind=str(kind), role=role, account=account.pk)
    return asked


def _nearest(asked: GrantRequest) -> Organization | None:
    chairs = rules.chairs_for(asked)
    return chairs[0].organization if chairs else None


def _locked(act: Act, request_id: int) -> tuple[GrantRequest, Account]:
    """Return the request and its account, locked after the organisation. Raises `NotAllowed`."""
    found = GrantRequest.objects.visible_to(act.by).get(pk=request_id)
    place = None
    if found.organization_id is not None:
        place = act.lock(Organization.objects.visible_to(act.by), found.organization_id)
    act.require(Permission.MANAGE_ACCOUNTS, place)
    account = act.lock(Account, found.account_id)
    asked = act.lock(GrantRequest.objects.visible_to(act.by), request_id)
    asked.account, asked.organization = account, place
    return asked, account


def _give(act: Act, asked: GrantRequest, account: Account, secret: str) -> bool:
    """Carry out the request; return whether the account got the one-time password."""
    if asked.kind == GrantKind.UNBLOCKING:
        of_accounts.check_can_be_unblocked(account)
        unblock(act, account)
        return False
    if asked.kind == GrantKind.FACTOR:
        take_away(act, account)
        return False
    if asked.kind == GrantKind.ROLE:
        starts_on, organization = asked.starts_on, asked.organization
        assert starts_on is not None and organization is not None  # noqa: S101 - a constraint of the table
        of_accounts.check_appointment(account, organization, asked.role, starts_on, asked.ends_on)
        add_appointment(act, account, organization, asked.role, starts_on, asked.ends_on, asked.basis)
        if account.has_usable_password():
            return False
    of_accounts.check_can_get_password(account)
    set_one_time_password(act, account, secret)
    return True


def _settle(act: Act, asked: GrantRequest, state: GrantState) -> None:
    asked.state, asked.decided_at, asked.decided_by_id = state, act.now, act.by.person_id
    act.save(asked)
    facts = {"second": asked.by_administrator} if state == GrantState.CONFIRMED else {}
    act.about(
        asked, organization=asked.organization, kind=asked.kind, role=asked.role, account=asked.account_id, **facts
    )
