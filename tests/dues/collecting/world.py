"""A society whose local organisation has appointed a collector for its first cell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.collecting.models import CollectorOrder, PaymentRegister
from dues.collecting.transitions import appoint_collector, begin_collecting, close_register, enter_sums, open_register
from dues.ledger.transitions import charge_new_year
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees

TODAY = timezone.localdate()
YEAR = TODAY.year
FEE = Decimal(50)


@dataclass
class Collecting:
    """The organisation with three members in the first cell and one in the second, all charged for this year."""

    place: places.Place
    order: CollectorOrder
    collector: Actor
    members: list[Member]
    elsewhere: Member

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def keeper(self) -> Organization:
        return self.place.keeper

    @property
    def cell(self) -> Organization:
        return self.place.cells[0]

    def open(self, **changed: Any) -> PaymentRegister:
        values = {"cell_id": self.cell.pk, "fee": "annual", "year": YEAR, "by": self.collector, **changed}
        return open_register(self.order.pk, **values)

    def begun(self, **changed: Any) -> PaymentRegister:
        register = self.open(**changed)
        return begin_collecting(register.pk, by=self.collector)

    def fill(self, register: PaymentRegister, *amounts: Decimal | None) -> int:
        lines = register.lines.order_by("position")
        sums = {line.pk: (amount, TODAY if amount else None) for line, amount in zip(lines, amounts, strict=False)}
        return enter_sums(register.pk, sums, by=self.collector)

    def closed(self, *amounts: Decimal | None) -> PaymentRegister:
        register = self.begun()
        self.fill(register, *(amounts or (FEE, FEE)))
        return close_register(register.pk, by=self.collector)


@places.world
def collecting() -> Collecting:
    """Create the world."""
    place = places.voi()
    names = ("Алексеева", "Борисова", "Викторова", "Григорьева")
    members = [
        place.put(
            snils="",
            ticket_number=str(at),
            surname=surname,
            cell=place.cells[at == 3].pk,
            joined_on=dt.date(2005, 3, 1),
        )
        for at, surname in enumerate(names)
    ]
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    collector = trees.officer(place.keeper, Role.COLLECTOR)
    order = appoint_collector(
        place.keeper.pk,
        number="3",
        issued_on=TODAY,
        full_name="Смирнова Ольга Петровна",
        collector_id=collector.account.pk if collector.account else None,
        cells=[place.cells[0].pk],
        by=place.chair,
    )
    return Collecting(place, order, collector, members[:3], members[3])
