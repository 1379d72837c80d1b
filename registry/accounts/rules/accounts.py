"""Rules for creating, blocking and ending accounts and appointments (U-2, N-H1, N-H2)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission, Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.states import allowed

from ..models import Account, Appointment

#: Ranks of roles. In their own organisation actors grant only lower roles; below it, all but the administrator's.
RANKS = {
    Role.ADMINISTRATOR: 4,
    Role.CHAIR: 3,
    Role.DEPUTY: 2,
    Role.REGISTRAR: 1,
    Role.COLLECTOR: 1,
    Role.REVIEWER: 1,
}
#: Maximum time until an appointment begins; later dates are usually a wrong year.
MAX_LEAD_TIME = dt.timedelta(days=366)
EARLIEST_START = dt.date(1950, 1, 1)


def is_above(actor: Actor, role: str, organization: Organization) -> bool:
    """Return whether the actor may grant and end this role in this organisation (N-H2)."""
    if actor.is_system:
        return True
    if actor.role is None or not actor.may(Permission.MANAGE_ACCOUNTS, organization):
        return False
    if actor.role == Role.ADMINISTRATOR:
        return True
    if role == Role.ADMINISTRATOR:
        return False
    return organization != actor.organization or RANKS[Role(role)] < RANKS[actor.role]


def grantable_roles(actor: Actor, organization: Organization) -> list[Role]:
    """Return the roles that the actor may grant in the organisation, in menu order."""
    return [role for role in Role if is_above(actor, role, organization)]


def check_grant(role: str, organization: Organization, *, account: Account | None, by: Actor) -> None:
    """Raise `NotAllowed` if actors change their own rights or grant a role that is not below theirs (N-H2)."""
    own = account is not None and by.account is not None and account.pk == by.account.pk
    if own or not is_above(by, role, organization):
        raise NotAllowed


def check_acts_alone(by: Actor) -> None:
    """Raise `RuleViolation` for administrators, because somebody else confirms what they grant or take over (N-H2)."""
    if by.asks_others:
        raise RuleViolation("N-H2", _("Administrators see no people: ask for this, somebody else confirms it."))


def check_manages(account: Account, *, by: Actor) -> None:
    """Raise `NotAllowed` unless the account's home and all its roles are below the actor (U-2).

    Otherwise a deputy could take over the chair's account by issuing a new password.
    """
    if by.is_system:
        return
    if by.account is None or account.pk == by.account.pk or account.home is None:
        raise NotAllowed
    if not by.may(Permission.MANAGE_ACCOUNTS, account.home):
        raise NotAllowed
    if account.is_superuser > by.account.is_superuser or account.is_staff > by.account.is_staff:
        raise NotAllowed
    held = account.appointments.not_over().select_related("organization__federation")
    if not all(is_above(by, appointment.role, appointment.organization) for appointment in held):
        raise NotAllowed


def can_manage(account: Account, *, by: Actor) -> bool:
    """Return whether the actor may edit and block this account and reissue its password."""
    return allowed(check_manages, account, by=by)


def check_digest_has_address(account: Account) -> None:
    """Raise `RuleViolation` (N-S2) if tasks are to be sent by e-mail but the account has no address."""
    if account.digest and not account.email:
        raise RuleViolation("N-S2", _("Enter your e-mail, or choose that tasks are not sent."), field="email")


def check_ends(appointment: Appointment, *, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor may end the appointment: superiors dismiss chairs, and nobody ends their
    own.
    """
    check_grant(appointment.role, appointment.organization, account=appointment.account, by=by)


def can_end(appointment: Appointment, *, by: Actor) -> bool:
    """Return whether the actor may end this appointment."""
    return allowed(check_ends, appointment, by=by)


def check_can_be_blocked(account: Account) -> None:
    """Raise `RuleViolation` if the account is blocked already (U-2)."""
    if not account.is_active:
        raise RuleViolation("U-2", _("The account is blocked already."))


def check_can_be_unblocked(account: Account) -> None:
    """Raise `RuleViolation` unless the account is blocked (U-2)."""
    if account.is_active:
        raise RuleViolation("U-2", _("The account is not blocked."))


def check_can_get_password(account: Account) -> None:
    """Raise `RuleViolation` if the account is blocked: a new password would be useless (U-2)."""
    if not account.is_active:
        raise RuleViolation("U-2", _("The account is blocked: unblock it first, then issue a one-time password."))


def issued_at(account: Account) -> str:
    """Return the time of the last one-time password, as the form for the next one sends it."""
    return account.password_given_at.isoformat() if account.password_given_at else ""


def check_not_reissued(account: Account, seen: str) -> None:
    """Raise `RuleViolation` if a password was issued after the form was opened: a second click would void its slip
    (U-2).
    """
    if account.password_given_at and issued_at(account) != seen:
        given = timezone.localtime(account.password_given_at)
        raise RuleViolation(
            "U-2",
            _(
                "A one-time password was issued at %(time)s already, this time nothing was done. If its slip was not "
                "printed, issue a new one: the one before it stops working."
            )
            % {"time": f"{given:%H:%M}"},
        )


def check_no_namesake(home: Organization, surname: str, given_name: str, patronymic: str) -> None:
    """Raise `RuleViolation` if a person of this name has an account here, unless confirmed as a namesake (U-2)."""
    found = Account.objects.filter(home=home, surname=surname, given_name=given_name, patronymic=patronymic).first()
    if found:
        raise RuleViolation(
            "U-2",
            _(
                "%(name)s already has the account %(login)s in this organisation. If the password is lost, issue a "
                "new one "
                "there. If this is another person of the same name, tick the box below."
            )
            % {"name": found.full_name, "login": found.login},
            field="namesake",
        )


def check_term(starts_on: dt.date, ends_on: dt.date | None) -> None:
    """Raise `RuleViolation` for a term that is over, ends before it begins, or begins at an unlikely date (N-H2)."""
    today = timezone.localdate()
    if not EARLIEST_START <= starts_on <= today + MAX_LEAD_TIME:
        raise RuleViolation("N-H2", _("Check the year of the first day."), field="starts_on")
    if ends_on is None:
        return
    if ends_on < starts_on:
        raise RuleViolation("N-H2", _("The last day is before the first one."), field="ends_on")
    if ends_on < today:
        raise RuleViolation(
            "N-H2", _("The last day has passed already, so the appointment would give no rights."), field="ends_on"
        )


def check_appointment(
    account: Account | None, organization: Organization, role: str, starts_on: dt.date, ends_on: dt.date | None
) -> None:
    """Raise `RuleViolation` for an invalid term, an ended organisation, a second chair or a role held twice (N-H2).

    The caller holds the organisation's lock, so that two superiors cannot appoint two chairs at once.
    """
    check_term(starts_on, ends_on)
    if account is not None and not account.is_active:
        raise RuleViolation("N-H2", _("The account is blocked: unblock it before giving it another role."))
    if organization.status == OrganizationStatus.ENDED:
        raise RuleViolation("N-H2", _("This organisation has ended: nobody is appointed there."))
    _check_free(account, organization, role, starts_on, ends_on)


def _check_free(
    account: Account | None,
    organization: Organization,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    *,
    excluding: Appointment | None = None,
    field: str = "starts_on",
) -> None:
    """Raise `RuleViolation` if within the term there is another chair, or the person has this role already (N-H2)."""
    overlapping = Appointment.objects.filter(organization=organization, role=role).not_over(starts_on)
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if excluding is not None:
        overlapping = overlapping.exclude(pk=excluding.pk)
    if account is not None and overlapping.filter(account=account).exists():
        raise RuleViolation(
            "N-H2", _("This person already has the role in this organisation at that time."), field=field
        )
    chair = overlapping.select_related("account").first() if role == Role.CHAIR else None
    if chair is not None:
        raise RuleViolation(
            "N-H2",
            _(
                "An organisation has one chair at a time, and %(name)s is its chair from %(day)s. End that appointment "
                "first, or choose days when there is no other chair."
            )
            % {"name": chair.account.full_name, "day": day_text(chair.starts_on)},
            field=field,
        )


def check_can_end(appointment: Appointment, last_day: dt.date) -> None:
    """Raise `RuleViolation` unless the appointment may end on this day (N-H2).

    The day must be within the term. An appointment that is over is not changed, so it cannot overlap with the next.

    The caller holds the organisation's lock.
    """
    today = appointment.organization.today
    if appointment.ends_on is not None and appointment.ends_on < today:
        raise RuleViolation("N-H2", _("This appointment is over already."))
    if last_day < appointment.starts_on:
        raise RuleViolation("N-H2", _("The last day is before the first one."), field="last_day")
    if last_day > today + MAX_LEAD_TIME * 6:
        raise RuleViolation("N-H2", _("Check the year of the last day."), field="last_day")
    _check_free(
        appointment.account,
        appointment.organization,
        appointment.role,
        appointment.starts_on,
        last_day,
        excluding=appointment,
        field="last_day",
    )


def check_not_lengthened(appointment: Appointment, last_day: dt.date, *, by: Actor) -> None:
    """Raise `RuleViolation` if an administrator would lengthen the appointment, because that is a grant (N-H2)."""
    if by.asks_others and appointment.ends_on is not None and last_day > appointment.ends_on:
        raise RuleViolation(
            "N-H2",
            _("Administrators only shorten a term. Ask for a new appointment that begins after this one."),
            field="last_day",
        )


def check_can_withdraw(appointment: Appointment) -> None:
    """Raise `RuleViolation` after the first day of the appointment: it can then only be ended, not withdrawn (N-H2)."""
    if appointment.starts_on < appointment.organization.today:
        raise RuleViolation("N-H2", _("This appointment has been in force: end it by its last day."))


def can_withdraw(appointment: Appointment) -> bool:
    """Return whether the appointment may still be withdrawn."""
    return allowed(check_can_withdraw, appointment)


def password_expired(account: Account) -> bool:
    """Return whether the one-time password has expired (U-2)."""
    if not account.must_change_password or account.password_given_at is None:
        return False
    return timezone.now() > account.password_given_at + dt.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)


def has_one_time_password(login: str) -> bool:
    """Return whether an account with this login has a one-time password."""
    return Account.objects.filter(login=login, must_change_password=True).exists()


def has_chair(organization: Organization) -> bool:
    """Return whether the organisation has a chair now or from a later day."""
    return Appointment.objects.filter(organization=organization, role=Role.CHAIR).not_over().exists()


def check_one_time_password(account: Account) -> None:
    """Raise `RuleViolation` if the one-time password has expired (U-2)."""
    if password_expired(account):
        days = settings.ONE_TIME_PASSWORD_DAYS
        raise RuleViolation(
            "U-2",
            ngettext_lazy(
                "This one-time password has expired: it is valid for %(days)s day. Ask the superior organisation "
                "for a new one.",
                "This one-time password has expired: it is valid for %(days)s days. Ask the superior organisation "
                "for a new one.",
                days,
            )
            % {"days": days},
        )


def check_new_password(account: Account, password: str) -> None:
    """Raise `RuleViolation` if the password breaks the rules shown on the page or is the present one (U-2)."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise RuleViolation("U-2", " ".join(error.messages), field="password") from error
    if account.check_password(password):
        raise RuleViolation("U-2", _("This is the password you have now. Think of another one."), field="password")
