"""Requests of the demonstration's administrator, one in each state (N-H2)."""

from __future__ import annotations

import datetime as dt

from ..access import Actor
from ..accounts.models import Account
from ..enums import Role
from ..granting import transitions
from ..granting.models import GrantRequest
from ..organizations.models import Organization
from .people import People


def ask(keeper: Organization, people: People) -> None:
    """Request rights for people of the keeper of cards, and passwords; the keeper's chair settles some requests."""
    administrator, chair = (_actor(login) for login in ("voi-admin", "voi-local"))

    def new(role: Role) -> GrantRequest:
        person = people.person(city="", region="", postcode="")
        return transitions.ask_for_account(
            organization_id=keeper.pk,
            person={name: person[name] for name in ("surname", "given_name", "patronymic")},
            role=role,
            starts_on=people.today,
            basis="Протокол № 4",
            namesake=True,
            by=administrator,
        )

    transitions.confirm_grant(new(Role.REVIEWER).pk, by=chair)
    transitions.refuse_grant(new(Role.DEPUTY).pk, reason="Заместителя мы не избирали.", by=chair)
    transitions.withdraw_grant(new(Role.COLLECTOR).pk, by=administrator)
    late = new(Role.COLLECTOR)
    GrantRequest.objects.filter(pk=late.pk).update(
        asked_at=late.asked_at - dt.timedelta(days=20), until=late.until - dt.timedelta(days=20)
    )
    transitions.lapse_grant(late.pk, by=Actor.system("demonstration"))
    new(Role.REGISTRAR)
    # Nobody is above the head's chair, so a second administrator confirms; the chair can refuse it.
    transitions.ask_for_password(_account("voi-federal").pk, by=administrator)
    transitions.ask_for_factor_reset(_account("voi-code").pk, by=administrator)


def _actor(login: str) -> Actor:
    return Actor.of(_account(login))


def _account(login: str) -> Account:
    return Account.objects.get(login=login)
