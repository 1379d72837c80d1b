"""A local organisation with a bank account and members who owe this year's fee, and its bank statements."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.transitions.loading import Loaded
from dues.ledger.transitions import charge_new_year
from dues.numbers import payer_number
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization, OrganizationPassport
from tests.members import places

TODAY = timezone.localdate()
YEAR = TODAY.year
FEE = Decimal(50)
OWN, SECOND = "40703810900000000017", "40703810400000000025"
PAYER, OTHER_PAYER = "40817810000000000201", "40817810300000000202"


@dataclass(frozen=True)
class Doc:
    """A document of a statement; by default a payment of the annual fee received today from a person's account."""

    name: str = "НИКТО НЕИЗВЕСТНЫЙ"
    purpose: str = "Членский взнос"
    amount: str = "50.00"
    number: str = "1"
    payer: str = PAYER
    payee: str = OWN
    day: dt.date = TODAY
    inn: str = ""

    @property
    def text(self) -> str:
        day = f"{self.day:%d.%m.%Y}"
        return (
            f"СекцияДокумент=Платежное поручение\nНомер={self.number}\nДата={day}\nСумма={self.amount}\n"
            f"ПлательщикСчет={self.payer}\nПлательщик1={self.name}\nПлательщикИНН={self.inn}\n"
            f"ПолучательСчет={self.payee}\nДатаПоступило={day}\nНазначениеПлатежа={self.purpose}\nКонецДокумента\n"
        )


def paid_out(amount: str = "120.00", number: str = "9", purpose: str = "Оплата связи") -> Doc:
    """Return a document of a payment by the organisation."""
    return Doc("ООО СВЯЗЬ", purpose, amount, number, payer=OWN, payee="40702810000000000099")


def statement(*docs: Doc, account: str = OWN, received: Decimal | None = None) -> bytes:
    """Return a file with these documents and their totals; `received` overrides the total received."""
    came = sum((Decimal(doc.amount) for doc in docs if doc.payee == account), Decimal("0.00"))
    went = sum((Decimal(doc.amount) for doc in docs if doc.payer == account), Decimal("0.00"))
    came = came if received is None else received
    days = [doc.day for doc in docs] or [TODAY]
    period = f"ДатаНачала={min(days):%d.%m.%Y}\nДатаКонца={max(days):%d.%m.%Y}\n"
    totals = (
        f"СекцияРасчСчет\n{period}РасчСчет={account}\nНачальныйОстаток=1000.00\nВсегоПоступило={came}\n"
        f"ВсегоСписано={went}\nКонечныйОстаток={1000 + came - went}\nКонецРасчСчет\n"
    )
    body = "".join(doc.text for doc in docs)
    return f"1CClientBankExchange\nВерсияФормата=1.03\n{period}РасчСчет={account}\n{totals}{body}КонецФайла\n".encode()


@dataclass
class Bank:
    """The organisation with three members, all charged for this year: Алексеева, Борисова, Викторова."""

    place: places.Place
    members: list[Member]

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def keeper(self) -> Organization:
        return self.place.keeper

    def load(self, *docs: Doc, **changed: Any) -> Loaded:
        values = {"by": self.chair, **changed}
        return load_file(self.keeper, statement(*docs), **values)

    def line(self, **changed: Any) -> BankLine:
        """Load a statement with one document and return its line."""
        (line,) = self.load(replace(Doc(), **changed)).lines
        return BankLine.objects.get(pk=line.pk)

    def number(self, at: int = 0) -> str:
        return payer_number(self.members[at].pk)

    def named(self, at: int = 0) -> Doc:
        """Return a document with the number and the name of a member, whose match is certain."""
        member = self.members[at]
        return Doc(member.full_name.upper(), f"Взнос ЛС {self.number(at)}", number=str(at + 1))


@places.world
def bank() -> Bank:
    """Create the world."""
    place = places.voi()
    names = (("Алексеева", "Анна", "Петровна"), ("Борисова", "Алёна", "Юрьевна"), ("Викторова", "Вера", ""))
    members = [
        place.put(
            snils="", ticket_number=f"00{at + 41}", surname=surname, given_name=given, patronymic=patronymic,
            cell=place.cells[0].pk, joined_on=dt.date(2005, 3, 1),
        )
        for at, (surname, given, patronymic) in enumerate(names)
    ]  # fmt: skip
    OrganizationPassport.objects.update_or_create(
        organization=place.keeper, defaults={"account": OWN, "bank": "Банк", "bik": "044525225"}
    )
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    return Bank(place, members)
