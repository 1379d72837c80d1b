"""Rows of the table: the actors, the expected results in their order, and the arguments of a transition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from members.admission.models import Application
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Organization
from tests.members import applicants, places
from tests.registry import trees

TODAY = timezone.localdate
#: The society has cells and cards that are transferred with a code; the union has questionnaires with entries.
BOTH = ("society", "union")
SOCIETY = ("society",)
UNION = ("union",)

#: Actors in the order of the results: roles of the organisation that keeps the card, the chair of its cell, roles of
#: the superior and of the head, actors without any business there, and the installation itself.
ACTORS = (
    "chair", "deputy", "registrar", "collector", "reviewer",
    "cell",
    "superior", "superior's registrar", "superior's reviewer",
    "head", "administrator",
    "neighbour", "former officer", "other federation",
    "installation",
)  # fmt: skip

# Results in a row: «+» done, «-» not allowed, «0» not found for the actor, or nothing to do, «!» refused by a rule, «.»
# not tried.

#: Steps of the organisation with its cards, which its cell sees too.
CARD = "+++0- - --- -0 000 +"
#: The same with records that no cell sees: applications, meetings.
KEPT = "+++0- 0 --- -0 000 +"
#: Steps within the organisation: registration, planning, filling in the passport.
PLACE = "+++-- 0 --- -- 000 +"
#: Steps with a list, which only the organisation sees.
LIST = "+++-- 0 000 00 000 +"
#: Steps that the cell may take too.
CELL = "+++0- + --- -0 000 +"
#: Steps of the superior with an organisation below.
SUPERIOR = "----- 0 +-- ++ 000 +"
#: Steps of any actor with their own data; the installation has none.
OWN = "+++++ + +++ ++ +++ -"
#: Notes that a record loaded within the scope was opened.
NOTED = "+++++ + +++ ++ +++ +"
#: The same for pages with the identity paper or health data.
NOTED_BY_READERS = "+++-- + ++- +- +-+ +"
#: Steps of the installation alone.
INSTALLATION = "----- - --- -- --- +"


@dataclass
class Scene:
    """A federation with every kind of actor and a registered member."""

    place: places.Place
    other: Organization
    actors: dict[str, Actor]
    member: Member
    stranger: places.Place

    @property
    def keeper(self) -> Organization:
        return self.place.keeper

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def superior(self) -> Actor:
        return self.place.region_chair

    @property
    def neighbour(self) -> Actor:
        return self.actors["neighbour"]

    @property
    def society(self) -> bool:
        """Return whether this is the society, which has cells and people who represent others."""
        return bool(self.place.cells)

    def apply(self, **values: Any) -> Application:
        return applicants.apply(self.place, **values)

    def put(self, **values: Any) -> Member:
        """Register another member in the cell."""
        cell = self.place.cells[0].pk if self.society else None
        return self.place.put(snils="", ticket_number="", confirmed_duplicate=True, cell=cell, **values)


def scene(place: places.Place, stranger: places.Place) -> Scene:
    """Create a scene with every actor for the place."""
    other = trees.below(place.region, place.keeper.level, "Соседняя организация")
    actors = {
        "chair": place.chair,
        "deputy": trees.officer(place.keeper, Role.DEPUTY, "Замова"),
        "registrar": trees.officer(place.keeper, Role.REGISTRAR, "Учётова"),
        "collector": trees.officer(place.keeper, Role.COLLECTOR, "Сборова"),
        "reviewer": place.reviewer,
        "superior": place.region_chair,
        "superior's registrar": trees.officer(place.region, Role.REGISTRAR, "Учётова"),
        "superior's reviewer": trees.officer(place.region, Role.REVIEWER, "Ревизорова"),
        "head": trees.officer(place.head, Role.CHAIR, "Главная"),
        "administrator": trees.officer(place.head, Role.ADMINISTRATOR, "Наладова"),
        "neighbour": trees.officer(other, Role.CHAIR, "Соседова"),
        "former officer": _former(place.keeper),
        "other federation": stranger.chair,
        "installation": Actor.system("sweep"),
    }
    if place.cells:
        actors["cell"] = trees.officer(place.cells[0], Role.CHAIR, "Ячейкина")
    found = Scene(place, trees.again(other), actors, Member(), stranger)
    found.member = place.put(cell=place.cells[0].pk if place.cells else None)
    return found


def _former(organization: Organization) -> Actor:
    account = trees.account(organization, "Бывшая")
    today = TODAY()
    account.appointments.create(
        organization=organization,
        role=Role.CHAIR,
        starts_on=today.replace(year=today.year - 2, day=1),
        ends_on=today.replace(year=today.year - 1, day=1),
    )
    return Actor.of(account)


@dataclass(frozen=True)
class Asked:
    """A transition's row: the results in the order of `ACTORS`, and its arguments, made in a scene.

    `locks` are the models whose rows it locks, in their order; the head of the journal is always locked last and
    omitted. `charters` are those that have the transition, `why` is the reason why nobody is refused.
    """

    answers: str
    locks: str
    arguments: Callable[[Scene], Mapping[str, Any]]
    charters: tuple[str, ...] = BOTH
    why: str = ""


Table = dict[Callable[..., Any], Asked]
