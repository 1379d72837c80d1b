"""A bank statement in the demonstration: payments that are sure, likely, open, split and not dues (V-D4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.transitions.posting import mark_not_dues, post_line
from dues.bank.transitions.settling import Share
from dues.numbers import payer_number
from members.people.models import Member
from registry.organizations.models import Organization, OrganizationPassport

from ..access import Actor
from ..days import day_text

_ACCOUNT = "40703810900000000017"
#: Beginning of the accounts of payers.
_PAYERS = "408178109000000"


def state(keeper: Organization, today: dt.date, by: Actor) -> None:
    """Load a statement of the last days, with some payments posted and others waiting."""
    passport, _made = OrganizationPassport.objects.get_or_create(organization=keeper)
    account = passport.account or _ACCOUNT
    if not passport.account:
        OrganizationPassport.objects.filter(pk=passport.pk).update(account=account)
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
    ]
    data = _file(account, today - dt.timedelta(days=3), rows)
    lines = list(load_file(keeper, data, by=by).lines)
    shared = next(line for line in lines if line.amount == 150)
    for member in members[9:11]:
        post_line(shared.pk, [Share(member.pk, Decimal(50))], by=by)
    post_line(lines[4].pk, [Share(members[4].pk, lines[4].amount)], by=by)
    mark_not_dues(BankLine.objects.get(pk=lines[8].pk).pk, reason="Возврат от поставщика", by=by)


def _short(member: Member) -> str:
    initials = " ".join(f"{part[0]}." for part in (member.given_name, member.patronymic) if part)
    return f"{member.surname} {initials}"


def _file(account: str, day: dt.date, rows: list[tuple[str, str, Decimal]]) -> bytes:
    """Return a statement in the format of client banks; the oldest payments are of ten days before."""
    first = day - dt.timedelta(days=10)
    period = f"ДатаНачала={day_text(first)}\nДатаКонца={day_text(day)}\n"
    received, paid = sum((amount for _name, _purpose, amount in rows), Decimal("0.00")), Decimal("240.00")
    totals = (
        f"СекцияРасчСчет\n{period}РасчСчет={account}\nНачальныйОстаток=18250.00\nВсегоПоступило={received}\n"
        f"ВсегоСписано={paid}\nКонечныйОстаток={18250 + received - paid}\nКонецРасчСчет\n"
    )
    documents = [
        _document(at, first + dt.timedelta(days=at), name, purpose, amount, f"{_PAYERS}{at:05}", account)
        for at, (name, purpose, amount) in enumerate(rows, start=1)
    ]
    documents.append(_document(11, day, "ООО «СВЯЗЬ»", "Оплата связи", paid, account, "40702810000000000099"))
    heading = f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\n{period}РасчСчет={account}\n"
    return f"{heading}{totals}{''.join(documents)}КонецФайла\n".encode("cp1251")


def _document(number: int, day: dt.date, name: str, purpose: str, amount: Decimal, payer: str, payee: str) -> str:
    return (
        f"СекцияДокумент=Платёжное поручение\nНомер={100 + number}\nДата={day_text(day)}\nСумма={amount}\n"
        f"ПлательщикСчет={payer}\nПлательщик1={name}\nПолучательСчет={payee}\nПолучатель1={name}\n"
        f"ДатаПоступило={day_text(day)}\nДатаСписано={day_text(day)}\nНазначениеПлатежа={purpose}\nКонецДокумента\n"
    )
