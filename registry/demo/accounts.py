"""Accounts of the demonstration: one for each role at each level, and chairs before their first sign-in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from registry.accounts.models import Account
from registry.accounts.queries import code_at
from registry.accounts.tokens import STEP_SECONDS
from registry.accounts.transitions import second_factor
from registry.accounts.transitions.accounts import create_account
from registry.organizations.models import Organization

from ..access import Actor
from ..enums import Role
from . import consents
from .people import People

#: Password of all demonstration accounts; production settings refuse the demonstration's secrets.
PASSWORD = "demo-reestr-2026"
ONE_TIME = "demo-pervyj-vhod"


#: Roles at every level besides the chair; the login ends with the role.
BESIDE_THE_CHAIR = (Role.DEPUTY, Role.REGISTRAR, Role.COLLECTOR, Role.REVIEWER, Role.ADMINISTRATOR)


@cache
def _hashed(password: str) -> str:
    # Cached, so that the slow hash is computed once instead of thirty times.
    return make_password(password)


@dataclass(frozen=True)
class Shown:
    """An account as the command prints it."""

    login: str
    password: str
    who: str


def give(
    login: str,
    organization: Organization,
    role: Role,
    people: People,
    by: Actor,
    *,
    first_time: bool = False,
    person: dict[str, str] | None = None,
) -> Shown:
    """Create an account by the transition and set the demonstration's login and password."""
    values = people.person(city="", region="", postcode="") | (person or {})
    since = people.today - dt.timedelta(days=200)
    account = create_account(
        organization_id=organization.pk,
        person={name: values[name] for name in ("surname", "given_name", "patronymic")},
        role=role,
        starts_on=since,
        basis="Протокол № 3",
        namesake=True,
        by=by,
    ).account
    account.login = login
    account.password = _hashed(ONE_TIME if first_time else PASSWORD)
    account.must_change_password = first_time
    account.save()
    if role == Role.CHAIR:
        consents.take_over(account, organization, since)
    if not first_time and organization.name_checked_at is None:
        Organization.objects.filter(pk=organization.pk).update(name_checked_at=timezone.now())
    return Shown(login, ONE_TIME if first_time else PASSWORD, f"{Role(role).label}, {organization.short_name}")


def connect_telephone(login: str) -> None:
    """Give the account a second factor with a public secret; the sign-in page shows its present code."""
    by = Actor.of(Account.objects.get(login=login))
    pending = second_factor.begin(by=by)
    pending.key = settings.DEMO_SECOND_FACTOR
    pending.save()
    # Use the previous code, so that the present one remains valid for an immediate sign-in.
    second_factor.confirm(code=code_at(pending.key, timezone.now().timestamp() - STEP_SECONDS), by=by)


def chair_person(organization: Organization) -> dict[str, str]:
    """Return the chair's name from the passport."""
    surname, given_name, *rest = organization.chair_name.split(" ", 2)
    return {"surname": surname, "given_name": given_name, "patronymic": rest[0] if rest else ""}


def administrator() -> Shown:
    """Create the administrator of the installation, who sees no members."""
    account = Account(
        login="admin", surname="Админов", given_name="Андрей", patronymic="Андреевич", is_staff=True, is_superuser=True,
        must_change_password=False,
    )  # fmt: skip
    account.password = _hashed(PASSWORD)
    account.set_keys()
    account.save()
    return Shown("admin", PASSWORD, str(Role.ADMINISTRATOR.label))
