"""Trees of organisations of the demonstration, at all four levels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from registry.organizations.models import Organization
from registry.organizations.transitions.founding import found_organization

from ..access import Actor
from ..enums import Level
from . import numbers
from .people import People

#: Region in the genitive case, its capital, first digits of its postcodes, towns of the local organisations.
REGIONS = (
    ("Тульская", "Тульской", "Тула", "300", ("Тула", "Новомосковск", "Узловая")),
    ("Владимирская", "Владимирской", "Владимир", "600", ("Владимир", "Ковров", "Муром")),
    ("Калужская", "Калужской", "Калуга", "248", ("Калуга", "Обнинск")),
)


@dataclass
class Place:
    """The location of an organisation and its members."""

    region: str
    city: str
    postcode: str
    kind: str = "область"

    @property
    def region_name(self) -> str:
        """The region as written in addresses."""
        return f"{self.region} {self.kind}"


@dataclass
class Tree:
    """The founded organisations by level, with their locations."""

    head: Organization
    regions: list[Organization] = field(default_factory=list)
    locals: list[Organization] = field(default_factory=list)
    primaries: list[Organization] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)


class Founder:
    """Founds the organisations of one federation by the registry's transitions."""

    def __init__(self, head: Organization, people: People, by: Actor, *, number: int = 100) -> None:
        self.tree = Tree(head)
        self.people = people
        self.by = by
        # Requisites are derived from it, so that all organisations have different ones.
        self._number = number

    def found(
        self, parent: Organization, level: Level, short: str, full: str, place: Place, **values: Any
    ) -> Organization:
        """Found one organisation with the requisites of its kind."""
        self._number += 1
        chair = self.people.person(city=place.city, region=place.region, postcode=place.postcode)
        common: dict[str, Any] = {
            "postal_address": (
                f"{place.postcode}0{self._number % 90 + 10}, {place.region_name}, г. {place.city}, "
                f"ул. Садовая, д. {self._number % 90 + 1}"
            ),
            "phone": f"+7 4872 {30 + self._number % 60}-{self._number % 90 + 10}-15",
            "founded_on": dt.date(1989 + self._number % 30, 1 + self._number % 12, 1 + self._number % 27),
            "chair_name": " ".join(
                part for part in (chair["surname"], chair["given_name"], chair["patronymic"]) if part
            ),
            "chair_sex": chair["sex"],
            "chair_elected_on": dt.date(2024, 1 + self._number % 9, 1 + self._number % 27),
            "chair_basis": f"Протокол № {self._number % 12 + 1}",
        }
        if values.pop("legal", False):
            common |= {
                "is_legal_entity": True,
                "inn": numbers.inn(710_000_000 + self._number * 37),
                "kpp": "710601001",
                "ogrn": numbers.ogrn(103_710_000_000 + self._number * 41),
                "legal_address": common["postal_address"],
            }
        organization = found_organization(
            parent=parent, level=level, short_name=short, full_name=full, by=self.by, **{**common, **values}
        )
        self.tree.places[organization.pk] = place
        {Level.REGIONAL: self.tree.regions, Level.LOCAL: self.tree.locals, Level.PRIMARY: self.tree.primaries}[
            level
        ].append(organization)
        return organization

    def society(self) -> Tree:
        """Found the society of disabled people: local organisations with four to six cells each."""
        society = "Общероссийской общественной организации «Всероссийское общество инвалидов»"
        for name, genitive, chief, post, towns in REGIONS:
            region = self.found(
                self.tree.head,
                Level.REGIONAL,
                f"{name} областная организация ВОИ",
                f"{name} областная организация {society}",
                Place(name, chief, post),
                genitive_name=f"{genitive} областной организации ВОИ",
                legal=True,
            )
            for town in towns:
                place = Place(name, town, post)
                local = self.found(
                    region,
                    Level.LOCAL,
                    f"{_adjective(town)} МО ВОИ",
                    f"{_adjective(town)} городская местная организация {society}",
                    place,
                    genitive_name=f"{_adjective(town, genitive=True)} городской",
                    legal=True,
                    territory=f"г. {town}\n{_adjective(town, genitive=True)} район".replace("ой район", "ий район"),
                )
                for number in range(1, self.people.chance.randint(4, 6) + 1):
                    self.found(
                        local,
                        Level.PRIMARY,
                        f"ПО № {number}",
                        f"Первичная ячейка № {number} ({local.short_name})",
                        place,
                    )
        return self.tree

    def far_east(self) -> Organization:
        """Found a region of the society in another time zone, and return its local organisation."""
        society = "Общероссийской общественной организации «Всероссийское общество инвалидов»"
        place = Place("Приморский", "Владивосток", "690", "край")
        region = self.found(
            self.tree.head,
            Level.REGIONAL,
            "Приморская краевая организация ВОИ",
            f"Приморская краевая организация {society}",
            place,
            legal=True,
        )
        local = self.found(
            region,
            Level.LOCAL,
            "Владивостокская МО ВОИ",
            f"Владивостокская городская местная организация {society}",
            place,
            legal=True,
            territory="г. Владивосток",
        )
        self.found(local, Level.PRIMARY, "ПО № 1", f"Первичная ячейка № 1 ({local.short_name})", place)
        return local

    def union(self) -> Tree:
        """Found the education union: territorial organisations with schools, and colleges directly below the region."""
        union = "Профессионального союза работников народного образования и науки Российской Федерации"
        for name, genitive, chief, post, towns in REGIONS:
            region = self.found(
                self.tree.head,
                Level.REGIONAL,
                f"{name} областная организация Профсоюза",
                f"{name} областная организация {union}",
                Place(name, chief, post),
                genitive_name=f"{genitive} областной организации Профсоюза",
                legal=True,
                email=f"obkom{len(self.tree.regions) + 1}@example.ru",
            )
            for town in towns:
                place = Place(name, town, post)
                local = self.found(
                    region,
                    Level.LOCAL,
                    f"{_adjective(town)} ГО Профсоюза",
                    f"{_adjective(town)} городская организация {union}",
                    place,
                    legal=len(self.tree.locals) % 2 == 0,
                )
                for _ in range(self.people.chance.randint(4, 6)):
                    self._school(local, place, "школы", "school", f"МБОУ СОШ № {self.people.chance.randint(1, 80)}")
            self._school(region, Place(name, chief, post), "колледжа", "college", "ГПОУ «Педагогический колледж»")
        return self.tree

    def _school(self, parent: Organization, place: Place, word: str, kind: str, employer: str) -> None:
        taken = {o.short_name for o in self.tree.primaries if o.parent_id == parent.pk}
        while (short := f"ППО {employer.removeprefix('МБОУ ').removeprefix('ГПОУ ')}") in taken:
            employer = f"МБОУ СОШ № {self.people.chance.randint(1, 80)}"
        self._number += 1
        full = self._number % 5 != 0
        self.found(
            parent,
            Level.PRIMARY,
            short,
            f"Первичная профсоюзная организация {employer} г. {place.city}",
            place,
            kind="workers",
            employer_name=employer,
            employer_inn=numbers.inn(712_000_000 + self._number * 53),
            employer_kind=kind,
            ownership="municipal" if kind == "school" else "regional",
            email=f"ppo{self._number}@example.ru" if full else "",
            chair_position="учитель" if full else "",
            chair_phone="+7 910 555-01-17" if full else "",
            chair_email=f"chair{self._number}@example.ru" if full else "",
            chair_released=False,
            employees=self.people.chance.randint(48, 90),
            counted_on=dt.date(self.people.today.year, 1, 1),
        )


def _adjective(town: str, *, genitive: bool = False) -> str:
    """Return «Тульская» for «Тула», as in the names of organisations."""
    stems = {
        "Тула": "Тульск", "Новомосковск": "Новомосковск", "Узловая": "Узловск", "Владимир": "Владимирск",
        "Ковров": "Ковровск", "Муром": "Муромск", "Калуга": "Калужск", "Обнинск": "Обнинск",
    }  # fmt: skip
    return stems[town] + ("ой" if genitive else "ая")
