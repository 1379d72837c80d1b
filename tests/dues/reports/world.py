"""A society whose local organisation has charged, collected, reversed, recorded opening balances and lost members."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.opening.transitions import record_openings
from dues.payments.transitions import record_payment, reverse_payment
from dues.reports.queries.asked import Asked
from members.people.models import Member
from members.people.transitions.registration import register_person
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.dues.collecting.world import FEE, TODAY, YEAR, Collecting, collecting
from tests.members.places import VOI_PERSON, world
from tests.registry import trees

NEW_YEAR = dt.date(YEAR, 1, 1)
END = dt.date(YEAR, 12, 31)


@dataclass
class Reported:
    """The world of collecting with more people and payments, and a second local organisation in the region."""

    collecting: Collecting
    head_chair: Actor
    other: Organization
    #: Members: without a cell; who left; blocked; of the second organisation.
    alone: Member
    gone: Member
    blocked: Member
    stranger: Member

    @property
    def keeper(self) -> Organization:
        return self.collecting.keeper

    @property
    def region(self) -> Organization:
        return self.collecting.place.region

    @property
    def head(self) -> Organization:
        return self.collecting.place.head

    @property
    def cells(self) -> list[Organization]:
        return self.collecting.place.cells

    @property
    def chair(self) -> Actor:
        return self.collecting.chair

    @property
    def region_chair(self) -> Actor:
        return self.collecting.place.region_chair

    def year(self, place: Organization | None = None) -> Asked:
        """Return the query for this year."""
        return Asked(place or self.keeper, NEW_YEAR, END)


def pay(member: Member, amount: str, by: Actor, **changed: Any) -> LedgerEntry:
    """Record a payment of the member."""
    values: dict[str, Any] = {
        "fee": "annual", "year": YEAR, "made_on": TODAY, "paper": "Квитанция", "key": f"{member.pk} {amount}",
        **changed,
    }  # fmt: skip
    values["key"] += f" {values['fee']} {values['year']} {values['made_on']}"
    record_payment(member.pk, amount=Decimal(amount), by=by, **values)
    return LedgerEntry.objects.latest("pk")


@world
def reported() -> Reported:
    """Create the world."""
    w = collecting()
    place = w.place
    w.closed(FEE, FEE / 2)
    common = {"snils": "", "joined_on": dt.date(2005, 3, 1)}
    alone, gone, blocked = (
        place.put(surname=surname, ticket_number=str(90 + at), **common)
        for at, surname in enumerate(("Одинцова", "Ушедшая", "Закрытова"))
    )
    Member.objects.filter(pk=blocked.pk).update(unit=w.cell, cell=w.cell)
    other = trees.below(place.region, Level.LOCAL, "Веневская МО ВОИ")
    other_chair = trees.officer(other, Role.CHAIR, "Веневский")
    values = {**VOI_PERSON, **common, "surname": "Чужая", "ticket_number": "99"}
    stranger = register_person(organization=other, values=values, ground="учётная карточка", by=other_chair)
    for organization, by in ((place.keeper, w.chair), (other, other_chair)):
        charge_new_year(organization.pk, YEAR - 1, by=by)
        charge_new_year(organization.pk, YEAR, by=by)
    record_openings(place.keeper.pk, {w.elsewhere.pk: YEAR - 1}, paper="Книга взносов", by=w.chair)
    pay(alone, "60.01", w.chair)
    pay(alone, "10.00", w.chair, fee="entrance", year=None)
    pay(gone, "50.00", w.chair, year=YEAR - 1)
    pay(blocked, "30.00", w.chair)
    pay(w.elsewhere, "500.00", w.chair, fee="voluntary", year=None)
    pay(w.elsewhere, "7.00", w.chair, made_on=dt.date(YEAR - 1, 12, 31))
    pay(stranger, "20.00", other_chair)
    wrong = pay(w.members[2], "40.00", w.chair)
    reverse_payment(wrong.pk, reason="ошибка", by=w.chair)
    Member.objects.filter(pk=gone.pk).update(unit=None, cell=None, organization=None, state="left")
    Member.objects.filter(pk=blocked.pk).update(blocked_on=TODAY)
    return Reported(w, trees.officer(place.head, Role.CHAIR, "Главная"), other, alone, gone, blocked, stranger)
