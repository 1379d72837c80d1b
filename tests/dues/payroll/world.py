"""A primary organisation of the union with an employer and three employees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.payroll.models import Deduction, Employer
from dues.payroll.transitions.employers import add_employer, hand_over, prepare_statements
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization
from tests.members import places

TODAY = timezone.localdate()
#: First day of this month.
MONTH = TODAY.replace(day=1)
ONE = Decimal("1.00")
NAMES = (
    ("Абрамова", "Марфа", "Никифоровна"),
    ("Белов", "Иван", "Иванович"),
    ("Королёва", "Анна", "Сергеевна"),
)


@dataclass
class Payroll:
    """The organisation, its employer, and members who pay through it; nobody has a statement yet."""

    place: places.Place
    employer: Employer
    members: list[Member]

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def keeper(self) -> Organization:
        return self.place.keeper

    def prepare(self, *members: Member, **changed: Any) -> list[Deduction]:
        ids = [member.pk for member in members or self.members]
        values = {"percent": ONE, "begins_on": MONTH, "by": self.chair, **changed}
        return prepare_statements(self.employer.pk, ids, **values)

    def hand(self, found: Sequence[Deduction], **changed: Any) -> int:
        ids = [deduction.pk for deduction in found]
        return hand_over(self.employer.pk, ids, **{"handed_over_on": TODAY, "by": self.chair, **changed})


@places.world
def payroll() -> Payroll:
    """Make the world."""
    place = places.union()
    members = [
        place.put(
            surname=surname, given_name=name, patronymic=patronymic, sex="male" if name == "Иван" else "female",
            dues_form="cash", dues_percent=None,
        )
        for surname, name, patronymic in NAMES
    ]  # fmt: skip
    employer = add_employer(
        place.keeper.pk,
        name="МБОУ «Школа № 15»",
        inn="7107012347",
        addressee="Директору Сидоровой А. П.",
        by=place.chair,
    )
    return Payroll(place, employer, members)
