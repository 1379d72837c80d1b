"""A society whose region sets a property contribution, with members of two local organisations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.contributions.models import PropertyContribution
from dues.contributions.queries import organizations_to_charge
from dues.contributions.rules import Term
from dues.contributions.transitions import charge_contribution, set_contribution
from dues.payments.transitions import Recorded, record_payment
from members.people.models import Member
from members.people.transitions.registration import register_person
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
DECIDED_ON = TODAY - 10 * DAY
FIRST, SECOND = TODAY + 20 * DAY, TODAY + 50 * DAY


@dataclass
class Setting:
    """A local organisation with three members, its neighbour with one, and their chairs."""

    place: places.Place
    other: Organization
    other_chair: Actor
    members: list[Member]
    #: Registered in the neighbouring organisation.
    stranger: Member

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def keeper(self) -> Organization:
        return self.place.keeper

    def set(self, organization: Organization | None = None, *, by: Actor | None = None, **changed: Any) -> Any:
        """Record a contribution of 300 roubles in two instalments, by default of the local organisation."""
        values = {
            "title": "Ремонт актового зала", "spending": "По смете, утверждённой правлением",
            "terms": [Term(FIRST, Decimal(100)), Term(SECOND, Decimal(200))],
            "body": "conference", "number": "4", "decided_on": DECIDED_ON, "by": by or self.chair, **changed,
        }  # fmt: skip
        return set_contribution((organization or self.keeper).pk, **values)

    def charge(self, contribution: PropertyContribution, *, by: Actor | None = None) -> int:
        """Charge the contribution in every organisation; return the number of people."""
        places_ = organizations_to_charge(contribution)
        return sum(charge_contribution(contribution.pk, pk, by=by or self.chair) for pk in places_)

    def pay(self, contribution: PropertyContribution, amount: str, member: Member | None = None) -> Recorded:
        """Record a payment for the contribution, by default of the first member."""
        return record_payment(
            (member or self.members[0]).pk, fee="property", year=contribution.decided_on.year,
            contribution=contribution.pk, amount=Decimal(amount), made_on=TODAY, paper="Квитанция",
            key=f"{contribution.pk} {amount} {timezone.now()}", by=self.chair,
        )  # fmt: skip


def person(number: int, **values: Any) -> dict[str, Any]:
    joined = {"joined_on": dt.date(2005, 3, 1), "registered_on": dt.date(2005, 3, 1)}
    surname = "Иванова" + "абвгдежзиклмнопрстуфхцчшщ"[number % 24]
    return {**places.VOI_PERSON, "snils": "", "ticket_number": str(number), "surname": surname, **joined, **values}


@places.world
def setting() -> Setting:
    """Create the world."""
    place = places.voi()
    other = trees.below(place.region, Level.LOCAL, "Заокская МО ВОИ")
    other_chair = trees.officer(other, Role.CHAIR)
    members = [
        register_person(organization=place.keeper, values=person(at), ground="", by=place.chair) for at in (1, 2, 3)
    ]
    stranger = register_person(organization=other, values=person(4), ground="", by=other_chair)
    return Setting(place, other, other_chair, members, stranger)
