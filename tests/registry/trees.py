"""Federations, organisations and officers for tests, created with the registry's own transitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import found_federation, found_organization
from tests.worlds import Numbers

INSTALLATION = Actor.system("test")
_numbers: Iterator[int] = Numbers("trees")


#: Charter → name of its federation.
NAMES = {"voi": "ВОИ", "education_union": "Профсоюз"}


def head(charter: str = "education_union", name: str = "", code: str = "") -> Organization:
    """Create a federation and return its head."""
    name = name or NAMES[charter]
    return found_federation(
        code=code or f"federation-{next(_numbers)}",
        name=name,
        charter_key=charter,
        full_name=f"Общероссийский {name}",
        short_name=name,
        by=INSTALLATION,
        is_legal_entity=True,
        legal_address="119415, г. Москва, ул. Удальцова, д. 11",
    )


def below(parent: Organization, level: str = Level.PRIMARY, name: str = "", **values: Any) -> Organization:
    """Create an organisation right below the parent."""
    short = name or f"Организация № {next(_numbers)}"
    values = {"full_name": f"Полное имя: {short}", **values}
    return found_organization(parent=parent, level=level, short_name=short, by=INSTALLATION, **values)


def account(home: Organization | None, surname: str = "Орлова", **values: Any) -> Account:
    """Return an account that has completed the first steps."""
    row = Account(
        login=f"user{next(_numbers)}",
        surname=surname,
        given_name="Мария",
        home=home,
        must_change_password=False,
        **values,
    )
    row.set_keys()
    row.set_password("correct horse battery")
    row.save()
    return row


def officer(
    organization: Organization, role: str = Role.CHAIR, surname: str = "Орлова", since: dt.date | None = None
) -> Actor:
    """Return an actor with a current appointment in the organisation, whose name is marked as checked."""
    Organization.objects.filter(pk=organization.pk, name_checked_at=None).update(name_checked_at=timezone.now())
    appointment = Appointment.objects.create(
        account=account(organization, surname),
        organization=Organization.objects.select_related("federation").get(pk=organization.pk),
        role=role,
        starts_on=since or timezone.localdate() - dt.timedelta(days=30),
    )
    return Actor(account=appointment.account, appointment=appointment)


def again(organization: Organization) -> Organization:
    """Return the organisation as it is in the database."""
    return Organization.objects.select_related("federation", "parent", "successor").get(pk=organization.pk)


def members(
    organization: Organization, count: int = 1, cell: Organization | None = None, **values: Any
) -> list[Member]:
    """Register people as the installation; their names and dates differ."""
    people = []
    for _ in range(count):
        number = next(_numbers)
        word = "".join("абвгдежзик"[int(digit)] for digit in str(number))
        person = {
            "surname": f"Фамилия{word}",
            "given_name": "Пётр",
            "birth_date": dt.date(1980, 1, 1),
            "joined_on": dt.date(2010, 5, 1),
        }
        people.append({**person, **values})
    started = values.get("registered_on", dt.date(2020, 1, 10))
    return register_many(
        organization=again(organization), people=people, cell=cell, started_on=started, by=INSTALLATION
    )
