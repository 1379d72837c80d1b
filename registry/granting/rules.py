"""Rules of administrators' requests: who confirms, refuses and withdraws them, and until when (N-H2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from registry import states
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.rules.accounts import RANKS
from registry.days import day_text
from registry.enums import Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization

from .enums import GrantKind, GrantState
from .models import GrantRequest

RULE = "N-H2"
#: Days after its creation on which a request can still be confirmed.
GRANT_DAYS = 14


def asking_days(actor: Actor) -> int:
    """Return the days for confirming the actor's requests; 0 for actors who need no confirmation."""
    return GRANT_DAYS if actor.asks_others else 0


def ids_in_path(organization: Organization | None) -> list[int]:
    """Return the ids of the organisation and of all its superiors."""
    return [int(pk) for pk in organization.path.strip("/").split("/")] if organization is not None else []


def chairs_for_each(asked: Sequence[GrantRequest]) -> list[list[Appointment]]:
    """Return the chairs who may confirm each request, the nearest first, with one query.

    They are the chairs of the organisation and of its superiors; for the role of a chair, only those above, or at the
    head the present chair. Nobody confirms their own requests or what is for themselves.
    """
    places = {pk for one in asked for pk in ids_in_path(one.organization)}
    found = list(
        Appointment.objects.current()
        .filter(role=Role.CHAIR, organization__in=places, account__is_active=True)
        .select_related("account", "organization__federation")
    )
    found.sort(key=lambda chair: (-len(ids_in_path(chair.organization)), chair.pk))
    return [_chairs_among(found, one) for one in asked]


def _chairs_among(found: Sequence[Appointment], asked: GrantRequest) -> list[Appointment]:
    within = set(ids_in_path(asked.organization))
    apart = {asked.account_id, asked.asked_by_id}
    chairs = [one for one in found if one.organization_id in within and one.account_id not in apart]
    above = [one for one in chairs if one.organization_id != asked.organization_id]
    return above or chairs if asked.role == Role.CHAIR else chairs


def chairs_for(asked: GrantRequest) -> list[Appointment]:
    """Return the chairs who may confirm the request, the nearest first."""
    return chairs_for_each([asked])[0]


def has_second(asked: GrantRequest) -> bool:
    """Return whether another administrator, of the federation or of the installation, could confirm the request."""
    apart = [pk for pk in (asked.account_id, asked.asked_by_id) if pk is not None]
    held = Appointment.objects.current().filter(
        role=Role.ADMINISTRATOR, organization__in=ids_in_path(asked.organization), account__is_active=True
    )
    installation = Account.objects.filter(is_active=True, is_staff=True, is_superuser=True)
    return held.exclude(account__in=apart).exists() or installation.exclude(pk__in=apart).exists()


def may_confirm(asked: GrantRequest, chairs: Sequence[Appointment], by: Actor) -> bool:
    """Return whether the actor is one of the chairs or, if there is none, a second administrator."""
    if by.person_id in (None, asked.account_id, asked.asked_by_id):
        return False
    if chairs:
        return by.appointment is not None and by.appointment.pk in {one.pk for one in chairs}
    place = asked.organization
    return by.is_installation or (by.role == Role.ADMINISTRATOR and place is not None and by.reaches(place))


def check_may_confirm(asked: GrantRequest, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor may confirm the request."""
    if not may_confirm(asked, chairs_for(asked), by):
        raise NotAllowed


def check_can_confirm(asked: GrantRequest, today: dt.date) -> None:
    """Raise `RuleViolation` unless the request is waiting and its term is not over."""
    states.check(asked, GrantState.CONFIRMED, RULE)
    if today > asked.until:
        message = _("The term of this request ended on %(day)s. It has to be asked for again.")
        raise RuleViolation(RULE, message % {"day": day_text(asked.until)})


def check_may_refuse(asked: GrantRequest, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor may confirm the request or holds the account that it is about."""
    if by.person_id is None or by.person_id != asked.account_id:
        check_may_confirm(asked, by)


def check_can_refuse(asked: GrantRequest) -> None:
    """Raise `RuleViolation` unless the request is waiting."""
    states.check(asked, GrantState.REFUSED, RULE)


def check_may_withdraw(asked: GrantRequest, by: Actor) -> None:
    """Raise `NotAllowed` for anybody but the person who made the request."""
    if by.person_id != asked.asked_by_id:
        raise NotAllowed


def check_can_withdraw(asked: GrantRequest) -> None:
    """Raise `RuleViolation` unless the request is waiting."""
    states.check(asked, GrantState.WITHDRAWN, RULE)


def check_lapses(asked: GrantRequest, today: dt.date) -> None:
    """Raise `RuleViolation` unless the request is waiting and its term is over."""
    states.check(asked, GrantState.LAPSED, RULE)
    if today <= asked.until:
        raise RuleViolation(RULE, _("The term of this request is not over."))


def check_asks(by: Actor) -> None:
    """Raise `NotAllowed` for anybody but administrators: others grant directly."""
    if not by.asks_others:
        raise NotAllowed


def check_is_no_installation(account: Account) -> None:
    """Raise `RuleViolation` if a role is requested for an administrator of the installation, who may not see people."""
    if account.is_superuser or account.is_staff:
        raise RuleViolation(
            RULE, _("Administrators of the installation see no people, so they get no role."), field="account"
        )


def check_can_be_asked(asked: GrantRequest) -> None:
    """Raise `RuleViolation` if the same request is already waiting, or if nobody could confirm it."""
    same = GrantRequest.objects.waiting().filter(account=asked.account, kind=asked.kind)
    if asked.kind == GrantKind.ROLE:
        same = same.filter(organization=asked.organization, role=asked.role)
    if same.exists():
        raise RuleViolation(RULE, _("This is asked for already and waits for its confirmation."))
    if not chairs_for(asked) and not has_second(asked):
        raise RuleViolation(
            RULE,
            _(
                "Nobody could confirm this: there is neither a chair here or above nor a second administrator. The "
                "operator of the server makes one by the command create_administrator."
            ),
        )


def widest_of(account: Account) -> tuple[Organization | None, str]:
    """Return the organisation and role with the widest rights that the account has or will have.

    Without a role, return its own organisation and an empty role.
    """
    held = account.appointments.not_over().select_related("organization__federation")
    widest = min(
        held, key=lambda one: (len(ids_in_path(one.organization)), -RANKS[Role(one.role)], one.pk), default=None
    )
    return (widest.organization, widest.role) if widest is not None else (account.home, "")
