"""Bank statements in the demonstration: certain, likely, open and split payments, and other income (V-D4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from dues.bank.enums import Band, LineState
from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.transitions.posting import mark_deposit, mark_not_dues, post_line, post_sure, put_back
from dues.bank.transitions.settling import Share, money_of
from dues.numbers import payer_number
from members.people.models import Member
from registry.organizations.models import Organization, OrganizationPassport

from ..access import Actor
from ..days import day_text
from .people import People

#: Requisites of organisations whose passports have no account; the last three digits are those of the organisation.
_REQUISITES = {
    "bank": "Тульское отделение",
    "bik": "047003999",
    "correspondent_account": "30101810200000000999",
}
_ACCOUNT = "40703810900000000{:03}"
#: First digits of the payers' accounts.
_PAYERS = "408178109"
#: Account of the bank's own cash desk, and of the companies that the organisation pays.
_CASH, _COMPANY = "20202810000000000001", "40702810000000000099"
#: Balance before the first statement.
_BEGIN = Decimal("18250.00")
#: Headings of the table that the bank's site exports, and what they mean.
_HEADINGS = ("Дата", "№ документа", "Списание", "Зачисление", "Контрагент", "Счёт контрагента", "Назначение")
_MEANT = dict(enumerate(("day", "number", "paid", "received", "name", "account", "purpose")))
CASH_PAID_IN = "Взнос наличных по объявлению"


@dataclass(frozen=True)
class Document:
    """A payment order of a statement: date, the other party and its account, purpose, sum."""

    day: dt.date
    name: str
    purpose: str
    amount: Decimal
    account: str = _COMPANY
    incoming: bool = True


def of_member(member: Member, day: dt.date, amount: Decimal, purpose: str) -> Document:
    """Return a payment from the member's own account, with the member's number in its purpose."""
    name = " ".join(member.full_name.upper().split())
    return Document(day, name, f"{purpose} ЛС {payer_number(member.pk)}", amount, f"{_PAYERS}{member.pk:011}")


def paid_in(day: dt.date, amount: Decimal) -> Document:
    """Return a deposit of the organisation's cash by its cashier."""
    return Document(day, "Тульское отделение", f"{CASH_PAID_IN} № {day:%d%m}", amount, _CASH)


class BankAccount:
    """The account of an organisation with consecutive statements."""

    def __init__(self, keeper: Organization, by: Actor) -> None:
        self.keeper, self.by, self.today = keeper, by, timezone.localdate()
        passport, _made = OrganizationPassport.objects.get_or_create(organization=keeper)
        if not passport.account:
            requisites = _REQUISITES | {"account": _ACCOUNT.format(keeper.pk % 1000)}
            OrganizationPassport.objects.filter(pk=passport.pk).update(**requisites)
            keeper.refresh_from_db()
        self.number: str = passport.account or _ACCOUNT.format(keeper.pk % 1000)
        lines = BankLine.objects.filter(organization=keeper)
        moved = sum((line.amount if line.incoming else -line.amount for line in lines), Decimal(0))
        self.balance = _BEGIN + moved
        self.documents = lines.count()

    def load(self, first: dt.date, last: dt.date, documents: Iterable[Document]) -> list[BankLine]:
        """Load the statement of the period; return its lines by date."""
        found = sorted(documents, key=lambda document: document.day)
        return list(load_file(self.keeper, self._file(first, last, found), by=self.by).lines) if found else []

    def load_table(self, documents: Iterable[Document], *, named: Mapping[int, str] | None = None) -> list[BankLine]:
        """Load a table in the format of the bank's site; `named` are its columns, unless they are remembered."""
        found = sorted(documents, key=lambda document: document.day)
        return list(load_file(self.keeper, self._table(found), columns=named, by=self.by).lines)

    def _table(self, documents: Sequence[Document]) -> bytes:
        rows = [f"Выписка по счёту {self.number}", ";".join(_HEADINGS)]
        for one in documents:
            self.documents += 1
            self.balance += one.amount if one.incoming else -one.amount
            amount = str(one.amount).replace(".", ",")
            sums = ["", amount] if one.incoming else [amount, ""]
            rows.append(
                ";".join([day_text(one.day), str(100 + self.documents), *sums, one.name, one.account, one.purpose])
            )
        return "\n".join(rows).encode("cp1251")

    def settle(self, lines: Sequence[BankLine]) -> None:
        """Post the certain lines, and mark the cash that the organisation paid in."""
        sure = [line for line in lines if line.state == LineState.OPEN and line.band == Band.SURE]
        if sure:
            post_sure(self.keeper.pk, seen=(len(sure), money_of(sure)), by=self.by)
        for line in lines:
            if line.purpose.startswith(CASH_PAID_IN):
                mark_deposit(line.pk, by=self.by)

    def _file(self, first: dt.date, last: dt.date, documents: Sequence[Document]) -> bytes:
        """Return the statement as a file in the 1C client bank format."""
        period = f"ДатаНачала={day_text(first)}\nДатаКонца={day_text(last)}\n"
        received = sum((one.amount for one in documents if one.incoming), Decimal("0.00"))
        paid = sum((one.amount for one in documents if not one.incoming), Decimal("0.00"))
        begin, self.balance = self.balance, self.balance + received - paid
        totals = (
            f"СекцияРасчСчет\n{period}РасчСчет={self.number}\nНачальныйОстаток={begin}\nВсегоПоступило={received}\n"
            f"ВсегоСписано={paid}\nКонечныйОстаток={self.balance}\nКонецРасчСчет\n"
        )
        heading = f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\n{period}РасчСчет={self.number}\n"
        texts = "".join(self._document(document) for document in documents)
        return f"{heading}{totals}{texts}КонецФайла\n".encode("cp1251")

    def _document(self, document: Document) -> str:
        self.documents += 1
        sides = (document.account, self.number) if document.incoming else (self.number, document.account)
        day = day_text(document.day)
        return (
            f"СекцияДокумент=Платёжное поручение\nНомер={100 + self.documents}\nДата={day}\nСумма={document.amount}\n"
            f"ПлательщикСчет={sides[0]}\nПлательщик1={document.name}\nПолучательСчет={sides[1]}\n"
            f"Получатель1={document.name}\nДатаПоступило={day}\nДатаСписано={day}\n"
            f"НазначениеПлатежа={document.purpose}\nКонецДокумента\n"
        )


def state(keeper: Organization, people: People, by: Actor, *, brought: tuple[dt.date, Decimal] | None = None) -> None:
    """Load a statement of the last days, with some payments posted and others waiting.

    `brought` is the day and the sum of the cash deposit.
    """
    today = people.today
    account = BankAccount(keeper, by)
    settled = Member.objects.registered().filter(organization=keeper, joined_on__lt=today - dt.timedelta(days=90))
    members = list(settled.select_related("dues").order_by("-dues__unpaid", "pk")[:12])
    names = [member.full_name.upper() for member in members]
    surnames = [_short(member) for member in members]
    numbers = [payer_number(member.pk) for member in members]
    sums = [max(member.dues.unpaid, Decimal(50)) for member in members]
    rows = [
        (names[0], f"ЧЛЕНСКИЙ ВЗНОС ЛС {numbers[0]}", sums[0]),
        (names[1], f"Взносы ЛС {numbers[1]} НДС не облагается", sums[1]),
        (f"{names[2]}//125000 МОСКВА УЛ САДОВАЯ 1//", f"ЧЛЕНСКИЙ ВЗНОС, ЛС {numbers[2]}", sums[2]),
        ("ЕГОРОВА ЗОЯ ПАВЛОВНА", f"За маму, ЛС {numbers[3]}", sums[3]),
        (names[4], "Членский взнос", sums[4]),
        ("ПАО БАНК ПРИЕМ ПЛАТЕЖЕЙ", f"Взнос {surnames[5]}", Decimal(50)),
        ("ЛУКИНА МАЙЯ СЕРГЕЕВНА", "Взносы за соседей по списку", Decimal(150)),
        ("ОРЛОВ ГЛЕБ ТИМУРОВИЧ", "Добровольное пожертвование на ремонт", Decimal(1000)),
        ("ООО «СПЕЦСНАБ»", "Возврат излишне уплаченного по счёту № 18", Decimal("312.40")),
        (names[6], f"Взнос за {names[7].title()}, ЛС {numbers[8]}", Decimal(50)),
        (names[9], f"Взнос ЛС {numbers[9]}", Decimal(50)),
    ]
    day = today - dt.timedelta(days=3)
    first = day - dt.timedelta(days=len(rows))
    documents = [
        Document(first + dt.timedelta(days=at), name, purpose, amount, f"{_PAYERS}{at:011}")
        for at, (name, purpose, amount) in enumerate(rows, start=1)
    ]
    documents.append(Document(day, "ООО «СВЯЗЬ»", "Оплата связи", Decimal("240.00"), incoming=False))
    if brought:
        documents.append(paid_in(max(first, brought[0]), brought[1]))
    lines = account.load(first, day, documents)
    of_name = {line.other_name: line for line in lines}
    shared = of_name["ЛУКИНА МАЙЯ СЕРГЕЕВНА"]
    for member in members[9:11]:
        post_line(shared.pk, [Share(member.pk, Decimal(50))], by=by)
    post_line(of_name[names[4]].pk, [Share(members[4].pk, sums[4])], by=by)
    mark_not_dues(of_name["ООО «СПЕЦСНАБ»"].pk, reason="Возврат от поставщика", by=by)
    wrong = of_name[names[9]]
    post_line(wrong.pk, [Share(members[10].pk, wrong.amount)], by=by)
    put_back(wrong.pk, reason="Плательщик указан неверно", by=by)


def tables(keeper: Organization, people: People, by: Actor) -> None:
    """Load tables of the last two days: the second uses the remembered columns of the first, and none of it is
    posted.
    """
    yesterday = people.today - dt.timedelta(days=1)
    before = yesterday - dt.timedelta(days=1)
    usable = Member.objects.registered().filter(organization=keeper, blocked_on__isnull=True)
    members = list(usable.order_by("-pk")[:3])
    account = BankAccount(keeper, by)
    documents = [of_member(member, before, Decimal(50), "Членский взнос") for member in members[:2]]
    documents.append(
        Document(before, "ЗАВЬЯЛОВА РАИСА ИЛЬИНИЧНА", "Взнос за сына", Decimal(50), f"{_PAYERS}99999999901")
    )
    first = account.load_table(documents, named=_MEANT)[0]
    post_line(first.pk, [Share(members[0].pk, first.amount)], by=by)
    waiting = [
        Document(yesterday, member.full_name.upper(), "Взнос", Decimal(50), f"{_PAYERS}{member.pk:011}")
        for member in members[2:]
    ]
    waiting.append(Document(yesterday, "ООО «СВЯЗЬ»", "Оплата связи", Decimal("180.00"), incoming=False))
    account.load_table(waiting)


def _short(member: Member) -> str:
    initials = " ".join(f"{part[0]}." for part in (member.given_name, member.patronymic) if part)
    return f"{member.surname} {initials}"
