"""Federations of both charters with an organisation that keeps cards, and complete people, for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.test import Client

from members.people.models import Member
from members.people.transitions.registration import register_person
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.registry import trees
from tests.worlds import world

#: СНИЛС with valid check digits.
SNILS = ("11223344595", "08765430300", "15560250850")

VOI_PERSON: dict[str, Any] = {
    "surname": "Константинопольская",
    "given_name": "Александра",
    "patronymic": "Владимировна",
    "sex": "female",
    "birth_date": dt.date(1968, 7, 4),
    "citizenship": "РФ",
    "category": "disabled",
    "marital_status": "widowed",
    "snils": SNILS[0],
    "city": "Тула",
    "street": "ул. Садовая",
    "house": "5",
    "phone_mobile": "+79105550117",
    "education": "vocational",
    "joined_on": dt.date(2019, 3, 12),
    "ticket_number": "0104512",
    "paper_kind": "passport",
    "paper_series": "7005",
    "paper_number": "123456",
    "paper_issued_on": dt.date(2013, 8, 1),
    "paper_issued_by": "ОУФМС России по Тульской области",
    "disability_group": "II",
    "disability_cause": "general",
}
UNION_PERSON: dict[str, Any] = {
    "surname": "Абрамова",
    "given_name": "Марфа",
    "patronymic": "Никифоровна",
    "sex": "female",
    "birth_date": dt.date(1978, 9, 22),
    "category": "employed",
    "workplace": "Школа № 15",
    "position": "педагог",
    "education": "specialist",
    "dues_form": "cashless",
    "dues_percent": Decimal("1.00"),
    "joined_on": dt.date(2001, 5, 7),
}


@dataclass
class Place:
    """A federation with the organisations and actors that the tests of cards need."""

    head: Organization
    region: Organization
    keeper: Organization
    cells: list[Organization]
    chair: Actor
    region_chair: Actor
    reviewer: Actor

    def put(self, *, ground: str = "учётная карточка", **values: Any) -> Member:
        """Register a complete person with these values changed."""
        whole = VOI_PERSON if self.keeper.level == Level.LOCAL else UNION_PERSON
        return register_person(organization=self.keeper, values={**whole, **values}, ground=ground, by=self.chair)


@world
def voi() -> Place:
    """Create a head, a region, a local organisation that keeps the cards, and two cells."""
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Тульская РО ВОИ")
    keeper = trees.below(region, Level.LOCAL, "Заречная МО ВОИ")
    cells = [trees.below(keeper, Level.PRIMARY, f"ПО № {number}") for number in (1, 2)]
    return _place(head, region, keeper, cells)


@world
def union() -> Place:
    """Create a head, a region, and a primary organisation right below it that keeps the cards."""
    head = trees.head("education_union")
    region = trees.below(head, Level.REGIONAL, "Тульская РО")
    return _place(head, region, trees.below(region, Level.PRIMARY, "ППО школы № 15"), [])


#: Charter → function that creates a federation with it.
WORLDS = {"voi": voi, "education_union": union}


def of(charter: str) -> Place:
    """Return a place of a federation with this charter."""
    return WORLDS[charter]()


def _place(head: Organization, region: Organization, keeper: Organization, cells: list[Organization]) -> Place:
    return Place(
        head=trees.again(head),
        region=trees.again(region),
        keeper=trees.again(keeper),
        cells=[trees.again(cell) for cell in cells],
        chair=trees.officer(keeper, Role.CHAIR, "Громов"),
        region_chair=trees.officer(region, Role.CHAIR, "Непомнящая"),
        reviewer=trees.officer(keeper, Role.REVIEWER, "Швец"),
    )


def signed_in(actor: Actor) -> Client:
    """Return a client signed in as the actor."""
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client
