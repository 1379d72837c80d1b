"""Transitions of the second factor: its holder sets it up, renews and removes it, superiors reset it (U-2)."""

from __future__ import annotations

import secrets

from registry.access import Actor
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..models import Account
from ..rules import accounts as account_rules
from ..rules import second_factor as rules
from ..tokens import SecondFactor


def begin(*, by: Actor) -> SecondFactor:
    """Make a new secret for a telephone. The present one stays valid until a code of the new one is confirmed."""
    with change(by=by, rule="U-2", event="second_factor.begun") as act:
        account = _lock_own(act, by)
        pending = _locked(act, account, confirmed=False) or SecondFactor(user=account, confirmed=False)
        pending.key, pending.last_t = SecondFactor.new_key(), -1
        pending.throttle_reset(commit=False)
        act.save(pending)
        act.about(account, organization=_place(by, account))
    return pending


def confirm(*, code: str, by: Actor) -> tuple[rules.Checked, list[str]]:
    """Confirm the telephone by a code that it shows; return the recovery codes, which cannot be read again later.

    The previous telephone stops working, and all other sessions end. A wrong code is counted.
    """
    code = rules.check_code_is_whole(code)
    with change(by=by, rule="U-2", event="second_factor.confirmed") as act:
        account = _lock_own(act, by)
        both = {factor.confirmed: factor for factor in act.lock_many(SecondFactor.objects.filter(user=account))}
        former, factor = both.get(True), rules.check_pending(both.get(False))
        checked = _check(act, factor, code, account, by, recovery=False)
        if not checked.accepted:
            return checked, []
        if former is not None:
            act.delete(former)
        codes = _new_codes()
        factor.confirmed = True
        factor.set_recovery(codes)
        act.save(factor)
        account.sessions_ended_at = act.now
        act.save(account)
        act.about(account, organization=_place(by, account), replaced=former is not None)
    return checked, codes


def check_code(*, code: str, by: Actor) -> rules.Checked:
    """Check a code of the actor's telephone or a recovery code, and count a wrong one; no code is accepted twice.

    An accepted code of the telephone writes no event, because the sign-in writes its own.
    """
    code = rules.check_code_is_whole(code)
    with change(by=by, rule="U-2", event="second_factor.recovery_used") as act:
        account = _lock_own(act, by)
        factor = rules.check_has_factor(_locked(act, account, confirmed=True))
        checked = _check(act, factor, code, account, by, recovery=True)
        if checked.accepted:
            act.silent = not checked.recovery
            act.about(account, organization=_place(by, account), left=checked.left)
    return checked


def renew_codes(*, by: Actor) -> list[str]:
    """Make new recovery codes, which cannot be read again later; the old ones stop working."""
    with change(by=by, rule="U-2", event="second_factor.codes_renewed") as act:
        account = _lock_own(act, by)
        factor = rules.check_has_factor(_locked(act, account, confirmed=True))
        codes = _new_codes()
        factor.set_recovery(codes)
        act.save(factor)
        act.about(account, organization=_place(by, account))
    return codes


def remove(*, by: Actor) -> Account:
    """Remove the actor's own second factor, unless their role must have one; all other sessions end."""
    with change(by=by, rule="U-2", event="second_factor.removed") as act:
        account = _lock_own(act, by)
        rules.check_may_remove(account, account.current_appointments())
        take_away(act, account)
        act.about(account, organization=_place(by, account))
    return account


def reset(account_id: int, *, by: Actor) -> Account:
    """Reset the second factor of a subordinate who has lost the telephone; their sessions end at once (U-2).

    Administrators request it, as they do a password, and somebody else confirms it (N-H2).
    """
    with change(by=by, rule="U-2", event="second_factor.reset") as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        account_rules.check_manages(account, by=by)
        account_rules.check_acts_alone(by)
        take_away(act, account)
        act.about(account, organization=account.home)
    return account


def take_away(act: Act, account: Account) -> None:
    """Delete the second factor of the account, which the caller has locked; its sessions end.

    Raises `RuleViolation` (U-2).
    """
    rules.check_has_factor(_locked(act, account, confirmed=True))
    _delete_all(act, account)


def _check(act: Act, factor: SecondFactor, code: str, account: Account, by: Actor, *, recovery: bool) -> rules.Checked:
    """Check the code against the locked factor; a wrong one is counted and becomes the event of the change.

    While codes are refused nothing is counted or recorded, so that nobody can flood the journal.
    """
    until = factor.closed_until
    if until is not None:
        act.silent = True
        return rules.Checked(accepted=False, closed_until=until)
    used = recovery and rules.is_recovery(code)
    if factor.verify_recovery(code) if used else factor.verify_token(code):
        factor.throttle_reset(commit=False)
        factor.set_last_used_timestamp(commit=False)
        act.save(factor)
        return rules.Checked(accepted=True, recovery=used, left=factor.codes_left)
    factor.throttle_increment(commit=False)
    act.save(factor)
    act.event = "second_factor.refused"
    until = factor.closed_until
    act.about(
        account,
        organization=_place(by, account),
        failures=factor.throttling_failure_count,
        closed=until is not None,
    )
    return rules.Checked(accepted=False, closed_until=until)


def _delete_all(act: Act, account: Account) -> None:
    for factor in act.lock_many(SecondFactor.objects.filter(user=account)):
        act.delete(factor)
    account.sessions_ended_at = act.now
    act.save(account)


def _new_codes() -> list[str]:
    size = rules.RECOVERY_DIGITS
    return [f"{secrets.randbelow(10**size):0{size}}" for _ in range(rules.RECOVERY_CODES)]


def _locked(act: Act, account: Account, *, confirmed: bool) -> SecondFactor | None:
    found = act.lock_many(SecondFactor.objects.filter(user=account, confirmed=confirmed))
    return found[0] if found else None


def _lock_own(act: Act, by: Actor) -> Account:
    """Return the actor's own account, locked. Raises `NotAllowed` without an account."""
    if by.account is None:
        raise NotAllowed
    return act.lock(Account, by.account.pk)


def _place(by: Actor, account: Account) -> Organization | None:
    return by.organization or account.home
