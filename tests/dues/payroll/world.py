"""A primary organisation of the union with an employer and three employees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.payroll import loading
from dues.payroll.models import Deduction, Employer, PayrollList
from dues.payroll.transitions.employers import add_employer, hand_over, prepare_statements
from dues.payroll.transitions.posting import post_list
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization, OrganizationPassport
from tests.dues.bank.world import OWN, Doc, statement
from tests.members import places
from tests.worlds import world

#: INN and account of the employer.
INN, EMPLOYER = "7107012347", "40702810900000000315"
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

    def load(self, *rows: str, months_ago: int = 0, head: str = "Таб. №;Сотрудник;Удержано") -> PayrollList:
        """Load a list whose rows contain number, name and sum."""
        data = "\n".join([head, *rows]).encode()
        return loading.store_file_as_list(data, employer_id=self.employer.pk, month=month(months_ago), by=self.chair)

    def compare(self, *rows: str, **options: Any) -> PayrollList:
        found = self.load(*rows, **options)
        return loading.compare(found, loading.columns_of(found)[1], by=self.chair)

    def post(self, found: PayrollList, **changed: Any) -> PayrollList:
        """Post a list by bank lines or, by default, by a payment order with its total."""
        order = {} if "lines" in changed else {"paper": "17", "paid_on": TODAY, "paid": found.total}
        return post_list(found.pk, **{**order, "by": self.chair, **changed})

    def bank(self, *amounts: str) -> list[BankLine]:
        """Load a bank statement with payments of these sums by the employer, and return its lines."""
        docs = [
            Doc("МБОУ «Школа № 15»", "Профсоюзные взносы", amount, f"{at}", payer=EMPLOYER, inn=INN)
            for at, amount in enumerate(amounts, 51)
        ]
        return list(load_file(self.keeper, statement(*docs), by=self.chair).lines)


def month(ago: int) -> dt.date:
    """Return the first day of the month that is `ago` months before the current one."""
    count = MONTH.year * 12 + MONTH.month - 1 - ago
    return dt.date(count // 12, count % 12 + 1, 1)


@world
def deducted() -> Payroll:
    """The world of `payroll` with statements of all three, which the employer has had for a year."""
    w = payroll()
    w.hand(w.prepare(begins_on=month(12)), handed_over_on=month(12))
    return w


@world
def payroll() -> Payroll:
    """Create the world."""
    place = places.union()
    members = [
        place.put(
            surname=surname, given_name=name, patronymic=patronymic, sex="male" if name == "Иван" else "female",
            dues_form="cash", dues_percent=None,
        )
        for surname, name, patronymic in NAMES
    ]  # fmt: skip
    OrganizationPassport.objects.filter(organization=place.keeper).update(account=OWN, bank="Банк", bik="044525225")
    employer = add_employer(
        place.keeper.pk,
        name="МБОУ «Школа № 15»",
        inn=INN,
        addressee="Директору Сидоровой А. П.",
        by=place.chair,
    )
    return Payroll(place, employer, members)
