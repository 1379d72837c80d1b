"""Who may give, block and end accounts and appointments, and when (U-2, N-H1, N-H2)."""

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

#: In one's own organisation only lower roles are given and taken; below it every role but that of an administrator.
RANKS = {
    Role.ADMINISTRATOR: 4,
    Role.CHAIR: 3,
    Role.DEPUTY: 2,
    Role.REGISTRAR: 1,
    Role.COLLECTOR: 1,
    Role.REVIEWER: 1,
}
#: No appointment begins further ahead; a wrong year of the date is the usual cause.
LATEST_START = dt.timedelta(days=366)
EARLIEST_START = dt.date(1950, 1, 1)


def is_above(actor: Actor, role: str, organization: Organization) -> bool:
    """Does the actor stand above this role in this organisation, so that he may give and take it (N-H2)?"""
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
    """Roles that the actor may give in the organisation, in the order of the menu."""
    return [role for role in Role if is_above(actor, role, organization)]


def check_grant(role: str, organization: Organization, *, account: Account | None, by: Actor) -> None:
    """Nobody raises his own rights or gives a role that is not below his own. Raises `NotAllowed`."""
    own = account is not None and by.account is not None and account.pk == by.account.pk
    if own or not is_above(by, role, organization):
        raise NotAllowed


def check_manages(account: Account, *, by: Actor) -> None:
    """An account is managed from above alone: its home and every role it still holds lie below the actor.

    Otherwise a deputy could take over his chair's account by a new password. Raises `NotAllowed`.
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
    """May the actor block this account, change it and give it a new password?"""
    return allowed(check_manages, account, by=by)


def check_ends(appointment: Appointment, *, by: Actor) -> None:
    """The chair is dismissed by the superior, others by the chair; nobody by himself. Raises `NotAllowed`."""
    check_grant(appointment.role, appointment.organization, account=appointment.account, by=by)


def can_end(appointment: Appointment, *, by: Actor) -> bool:
    """May the actor end this appointment?"""
    return allowed(check_ends, appointment, by=by)


def check_can_be_blocked(account: Account) -> None:
    """A blocked account is not blocked again."""
    if not account.is_active:
        raise RuleViolation("U-2", _("The account is blocked already."))


def check_can_be_unblocked(account: Account) -> None:
    """Only a blocked account is unblocked."""
    if account.is_active:
        raise RuleViolation("U-2", _("The account is not blocked."))


def check_can_get_password(account: Account) -> None:
    """A blocked account gets no new password, for it would not let anybody in."""
    if not account.is_active:
        raise RuleViolation("U-2", _("The account is blocked: unblock it first, then issue a one-time password."))


def given_at(account: Account) -> str:
    """When the one-time password was given, for the form that gives the next one."""
    return account.password_given_at.isoformat() if account.password_given_at else ""


def check_given_as_seen(account: Account, seen: str) -> None:
    """A second press would kill the slip that the first one shows; after it the person says so himself (U-2)."""
    if account.password_given_at and given_at(account) != seen:
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
    """The same person gets no second account by a form that was sent twice; a namesake is confirmed (U-2)."""
    found = Account.objects.filter(home=home, surname=surname, given_name=given_name, patronymic=patronymic).first()
    if found:
        raise RuleViolation(
            "U-2",
            _(
                "%(name)s already has the account %(login)s in this organisation. If the password is lost, issue a new one "
                "there. If this is another person of the same name, tick the box below."
            )
            % {"name": found.full_name, "login": found.login},
            field="namesake",
        )


def check_term(starts_on: dt.date, ends_on: dt.date | None) -> None:
    """Days of an appointment that make sense: begins within reason, ends after its beginning and not in the past."""
    today = timezone.localdate()
    if not EARLIEST_START <= starts_on <= today + LATEST_START:
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
    """A working organisation, a sound term, no second chair and no role held twice at a time (N-H2).

    The caller holds the lock of the organisation, so that two superiors do not appoint two chairs at once.
    """
    check_term(starts_on, ends_on)
    if account is not None and not account.is_active:
        raise RuleViolation("N-H2", _("The account is blocked: unblock it before you give it another role."))
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
    apart_from: Appointment | None = None,
    field: str = "starts_on",
) -> None:
    """No other chair and no such role of the same person within the term."""
    overlapping = Appointment.objects.filter(organization=organization, role=role).not_over(starts_on)
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if apart_from is not None:
        overlapping = overlapping.exclude(pk=apart_from.pk)
    if account is not None and overlapping.filter(account=account).exists():
        raise RuleViolation(
            "N-H2", _("This person holds the role in this organisation at that time already."), field=field
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
    """An appointment ends on a day of its own term, one that is over stays as it was, none grows into the next (N-H2).

    The caller holds the lock of the organisation.
    """
    today = timezone.localdate()
    if appointment.ends_on is not None and appointment.ends_on < today:
        raise RuleViolation("N-H2", _("This appointment is over already."))
    if last_day < appointment.starts_on:
        raise RuleViolation("N-H2", _("The last day is before the first one."), field="last_day")
    if last_day > today + LATEST_START * 6:
        raise RuleViolation("N-H2", _("Check the year of the last day."), field="last_day")
    _check_free(
        appointment.account,
        appointment.organization,
        appointment.role,
        appointment.starts_on,
        last_day,
        apart_from=appointment,
        field="last_day",
    )


def check_can_withdraw(appointment: Appointment) -> None:
    """An appointment made by mistake is withdrawn on its first day at the latest; later it is ended (N-H2)."""
    if appointment.starts_on < timezone.localdate():
        raise RuleViolation("N-H2", _("This appointment has been in force: end it by its last day."))


def can_withdraw(appointment: Appointment) -> bool:
    """May the appointment still be withdrawn?"""
    return allowed(check_can_withdraw, appointment)


def password_expired(account: Account) -> bool:
    """Is the one-time password older than the term allows (U-2)?"""
    if not account.must_change_password or account.password_given_at is None:
        return False
    return timezone.now() > account.password_given_at + dt.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)


def has_one_time_password(login: str) -> bool:
    """Does the account of the login still wait for its first password of its own? False where there is none."""
    return Account.objects.filter(login=login, must_change_password=True).exists()


def has_chair(organization: Organization) -> bool:
    """Does somebody lead the organisation now or from a later day on?"""
    return Appointment.objects.filter(organization=organization, role=Role.CHAIR).not_over().exists()


def check_one_time_password(account: Account) -> None:
    """A one-time password lets in for a number of days only (U-2)."""
    if password_expired(account):
        days = settings.ONE_TIME_PASSWORD_DAYS
        raise RuleViolation(
            "U-2",
            ngettext_lazy(
                "This one-time password has expired: it is valid for %(days)s day. Ask the superior organisation for a new one.",
                "This one-time password has expired: it is valid for %(days)s days. Ask the superior organisation for a new one.",
                days,
            )
            % {"days": days},
        )


def check_new_password(account: Account, password: str) -> None:
    """A password of one's own keeps the rules that the page shows, and is not the present one (U-2)."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise RuleViolation("U-2", " ".join(error.messages), field="password") from error
    if account.check_password(password):
        raise RuleViolation("U-2", _("This is the password you have now. Think of another one."), field="password")
