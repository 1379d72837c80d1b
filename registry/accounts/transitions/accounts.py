"""Transitions of accounts and appointments, by superiors and by the holder (U-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password

from registry.access import Actor
from registry.bounces.queries import refused_since
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.organizations.transitions.figures import note_chairs
from registry.transitions import Act, change, quietly

from ..models import Account, Appointment
from ..rules import accounts as rules
from .credentials import free_login, one_time_password
from .sessions import reset_attempts

#: Fields that superiors may change, and those that holders may change themselves.
SUPERIOR_FIELDS = ("surname", "given_name", "patronymic", "email", "phone")
OWN_FIELDS = ("email", "phone", "digest")
DISPLAY_FIELDS = ("large_type", "high_contrast", "language")


class Credentials(NamedTuple):
    """An account with its one-time password, which cannot be read again later."""

    account: Account
    password: str


def create_account(
    *,
    organization_id: int,
    person: Mapping[str, str],
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    basis: str = "",
    namesake: bool = False,
    by: Actor,
) -> Credentials:
    """Create a person's account with its first appointment (U-2, N-H2).

    `person` has the keys surname, given_name, patronymic, email, phone; `namesake` confirms that it is another person
    of the same name. Raises `NotAllowed`, `RuleViolation`.
    """
    password = one_time_password()
    # Hashing is slow by design, so it is done before any row is locked.
    secret = make_password(password)
    with change(by=by, rule="U-2", event="account.created") as act:
        home = act.lock(Organization.objects.visible_to(by), organization_id)
        act.at(home)
        rules.check_grant(role, home, account=None, by=by)
        rules.check_acts_alone(by)
        account = add_account(home, person, namesake=namesake)
        account.password, account.password_given_at = secret, act.now
        rules.check_appointment(None, home, role, starts_on, ends_on)
        act.save(account)
        appointment = add_appointment(act, account, home, role, starts_on, ends_on, basis)
        act.about(account, organization=home, role=role, appointment=appointment.pk)
    return Credentials(account, password)


def add_account(home: Organization, person: Mapping[str, str], *, namesake: bool) -> Account:
    """Return a new account of the person, not saved yet, with which nobody can sign in (U-2).

    Raises `RuleViolation` for a namesake that is not confirmed.
    """
    values = {name: person.get(name, "") for name in SUPERIOR_FIELDS}
    if not namesake:
        rules.check_no_namesake(home, values["surname"], values["given_name"], values["patronymic"])
    account = Account(login=free_login(values["surname"]), home=home, password=make_password(None), **values)
    account.set_keys()
    return account


def add_appointment(
    act: Act,
    account: Account,
    organization: Organization,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    basis: str,
) -> Appointment:
    """Appoint the account; the caller has locked the organisation and checked the rules (N-H2)."""
    appointment = Appointment(
        account=account, organization=organization, role=role, starts_on=starts_on, ends_on=ends_on, basis=basis
    )
    act.save(appointment)
    note_chairs(organization.pk)
    return appointment


def set_one_time_password(act: Act, account: Account, secret: str) -> None:
    """Give the account a one-time password with the hash `secret`, in place of the old password (U-2)."""
    account.password, account.must_change_password, account.password_given_at = secret, True, act.now
    act.save(account)
    reset_attempts(account)


def unblock(act: Act, account: Account) -> None:
    """Let the holder of the account sign in again (U-2)."""
    account.is_active, account.blocked_at, account.blocked_reason = True, None, ""
    act.save(account)


def edit_account(account_id: int, *, values: Mapping[str, str], by: Actor) -> Account:
    """Change names and contacts of a subordinate account (U-2)."""
    with change(by=by, rule="U-2", event="account.edited") as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        rules.check_manages(account, by=by)
        changed = _set_fields(account, values, SUPERIOR_FIELDS)
        account.set_keys()
        if changed:
            act.save(account)
        act.silent = not changed
        act.about(account, organization=account.home, fields=changed)
    return account


def reissue_password(account_id: int, *, by: Actor, seen: str | None = None) -> Credentials:
    """Issue a new one-time password; the old password and all sessions end at once (U-2).

    `seen` is the time of the last issue as the form showed it: pressing twice is refused.
    """
    password = one_time_password()
    secret = make_password(password)
    with change(by=by, rule="U-2", event="account.reissued") as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        rules.check_manages(account, by=by)
        rules.check_acts_alone(by)
        rules.check_can_get_password(account)
        if seen is not None:
            rules.check_not_reissued(account, seen)
        set_one_time_password(act, account, secret)
        act.about(account, organization=account.home)
    return Credentials(account, password)


def block_account(account_id: int, *, reason: str, by: Actor) -> Account:
    """Block a subordinate account; its sessions end at once (U-2)."""
    with change(by=by, rule="U-2", event="account.blocked") as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        rules.check_manages(account, by=by)
        rules.check_can_be_blocked(account)
        account.is_active, account.blocked_at, account.blocked_reason = False, act.now, reason
        account.sessions_ended_at = act.now
        act.save(account)
        act.about(account, organization=account.home)
    return account


def unblock_account(account_id: int, *, by: Actor) -> Account:
    """Unblock an account; its password is unchanged (U-2)."""
    with change(by=by, rule="U-2", event="account.unblocked") as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        rules.check_manages(account, by=by)
        rules.check_acts_alone(by)
        rules.check_can_be_unblocked(account)
        unblock(act, account)
        act.about(account, organization=account.home)
    return account


def change_own_password(*, password: str, by: Actor) -> Account:
    """Set the actor's own password; all other sessions end (U-2)."""
    if by.account is None:
        raise NotAllowed
    # Comparing and hashing are slow by design, so they are done before the row is locked.
    rules.check_new_password(by.account, password)
    compared, secret = by.account.password, make_password(password)
    with change(by=by, rule="U-2", event="account.password_changed") as act:
        account = _lock_own(act, by)
        if account.password != compared:
            rules.check_new_password(account, password)
        first = account.must_change_password
        account.password = secret
        account.must_change_password, account.password_given_at = False, None
        act.save(account)
        act.about(account, organization=by.organization or account.home, first=first)
    return account


def edit_own_contacts(*, values: Mapping[str, str], by: Actor) -> Account:
    """Change the actor's own telephone and e-mail; only superiors change names (U-2)."""
    with change(by=by, rule="U-2", event="account.edited") as act:
        account = _lock_own(act, by)
        changed = _set_fields(account, values, OWN_FIELDS)
        rules.check_digest_has_address(account)
        if changed:
            act.save(account)
        act.silent = not changed
        act.about(account, organization=by.organization or account.home, fields=changed)
    return account


def claim_digest(account_id: int, day: dt.date, *, by: Actor) -> bool:
    """Record that tasks are sent to the account on the day; return False if they were already sent.

    Raises `NotAllowed` for anybody but the registry itself.
    """
    if not by.is_system:
        raise NotAllowed
    with quietly(by) as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        if not account.digest or (account.digest_sent_on is not None and account.digest_sent_on >= day):
            return False
        account.digest_sent_on = day
        act.save(account)
    return True


def release_digest(account_id: int, before: dt.date | None, *, by: Actor) -> None:
    """Undo `claim_digest` after the mail server refused the e-mail; `before` is the day of the previous one.

    Raises `NotAllowed` for anybody but the registry itself.
    """
    if not by.is_system:
        raise NotAllowed
    with quietly(by) as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        account.digest_sent_on = before
        act.save(account)


def set_display(*, values: Mapping[str, Any], by: Actor) -> Account:
    """Change type size, contrast or language of the actor's pages, without an event."""
    with quietly(by) as act:
        account = _lock_own(act, by)
        if _set_fields(account, values, DISPLAY_FIELDS):
            act.save(account)
    return account


def end_own_sessions(*, by: Actor) -> Account:
    """End all sessions of the actor's account, such as one left open elsewhere (U-2)."""
    with change(by=by, rule="U-2", event="session.ended_all") as act:
        account = _lock_own(act, by)
        account.sessions_ended_at = act.now
        act.save(account)
        act.about(account, organization=by.organization or account.home)
    return account


def appoint(
    account_id: int,
    *,
    organization_id: int,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    basis: str = "",
    by: Actor,
) -> Appointment:
    """Give an account one more role in an organisation for a term (N-H2)."""
    with change(by=by, rule="N-H2", event="appointment.made") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.at(organization)
        account = act.lock(Account.objects.visible_to(by), account_id)
        rules.check_grant(role, organization, account=account, by=by)
        rules.check_acts_alone(by)
        rules.check_appointment(account, organization, role, starts_on, ends_on)
        appointment = add_appointment(act, account, organization, role, starts_on, ends_on, basis)
        act.about(appointment, organization=organization, role=role, account=account.pk)
    return appointment


def dismiss(appointment_id: int, *, last_day: dt.date, by: Actor) -> Appointment:
    """End an appointment on its last day; its rights end with it (N-H2)."""
    with change(by=by, rule="N-H2", event="appointment.ended") as act:
        appointment = _lock_appointment(act, appointment_id)
        rules.check_ends(appointment, by=by)
        rules.check_can_end(appointment, last_day)
        rules.check_not_lengthened(appointment, last_day, by=by)
        appointment.ends_on = last_day
        act.save(appointment)
        note_chairs(appointment.organization_id)
        act.about(
            appointment, organization=appointment.organization, role=appointment.role, account=appointment.account_id
        )
    return appointment


def withdraw_appointment(appointment_id: int, *, by: Actor) -> None:
    """Delete an appointment made by mistake, until its first day is over; the history keeps it (N-H2)."""
    with change(by=by, rule="N-H2", event="appointment.withdrawn") as act:
        appointment = _lock_appointment(act, appointment_id)
        rules.check_ends(appointment, by=by)
        rules.check_can_withdraw(appointment)
        act.about(None, organization=appointment.organization, role=appointment.role, account=appointment.account_id)
        act.delete(appointment)
        note_chairs(appointment.organization_id)


def _lock_appointment(act: Act, appointment_id: int) -> Appointment:
    """Return the appointment, locked after its organisation."""
    organization = Appointment.objects.visible_to(act.by).values_list("organization", flat=True).get(pk=appointment_id)
    act.at(act.lock(Organization.objects.visible_to(act.by), organization))
    return act.lock(Appointment.objects.visible_to(act.by), appointment_id)


def _lock_own(act: Act, by: Actor) -> Account:
    """Return the actor's own account, locked. Raises `NotAllowed` without an account."""
    if by.account is None:
        raise NotAllowed
    return act.lock(Account.objects.filter(pk=by.account.pk), by.account.pk)


def _set_fields(account: Account, values: Mapping[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Set the allowed values and return the names of changed fields."""
    changed = [name for name in allowed if name in values and values[name] != getattr(account, name)]
    for name in changed:
        setattr(account, name, values[name])
    if "email" in changed:
        account.email_refused_at = refused_since(account.email)
    return changed
