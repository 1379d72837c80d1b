"""Lines of bank statements as a file in the format 1CClientBankExchange 1.03 (docs/accounting.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Q, Sum

from dues.bank.models import BankLine
from dues.ledger.rules.standing import NOTHING
from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization

from ..queries.operations import counterparty

#: Program named as sender in the file.
SENDER = "Единый реестр"
_ENCODING = "cp1251"


def lines_of(organization: Organization, first: dt.date, last: dt.date, actor: Actor) -> list[BankLine]:
    """Return the lines of the organisation's bank statements in the period, by account and day."""
    found = BankLine.objects.visible_to(actor).filter(organization=organization, made_on__range=(first, last))
    return list(found.order_by("account", "made_on", "pk"))


def client_bank(
    organization: Organization, first: dt.date, last: dt.date, actor: Actor, lines: Sequence[BankLine] | None = None
) -> bytes:
    """Return the file, from the `lines` of the period if they are already read.

    Persons are not named, and purposes, which may name them, are replaced. Balances are computed from the loaded
    statements; before the first one the balance counts as zero.
    """
    lines = lines_of(organization, first, last, actor) if lines is None else lines
    known = BankLine.objects.visible_to(actor).filter(organization=organization, made_on__lte=last)
    accounts = list(known.order_by("account").values_list("account", flat=True).distinct())
    period = [f"ДатаНачала={day_text(first)}", f"ДатаКонца={day_text(last)}"]
    now = dt.datetime.now(organization.tz)
    rows = [
        "1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", f"Отправитель={SENDER}", "Получатель=",
        f"ДатаСоздания={day_text(now.date())}", f"ВремяСоздания={now:%H:%M:%S}", *period,
        *(f"РасчСчет={account}" for account in accounts),
    ]  # fmt: skip
    for account in accounts:
        opening = _balance_before(organization, account, first, actor)
        own = [line for line in lines if line.account == account]
        came, went = _total(own, incoming=True), _total(own, incoming=False)
        rows += [
            "СекцияРасчСчет", *period, f"РасчСчет={account}", f"НачальныйОстаток={opening}", f"ВсегоПоступило={came}",
            f"ВсегоСписано={went}", f"КонечныйОстаток={opening + came - went}", "КонецРасчСчет",
        ]  # fmt: skip
    for line in lines:
        rows += _document(line, organization)
    rows.append("КонецФайла")
    return "".join(f"{_in_one_line(row)}\r\n" for row in rows).encode(_ENCODING, "replace")


def _document(line: BankLine, organization: Organization) -> Iterable[str]:
    name, inn = counterparty(line)
    other = (name, inn, line.other_account)
    own = (organization.full_name or organization.short_name, organization.inn, line.account)
    payer, payee = (other, own) if line.incoming else (own, other)
    # 1C knows the kinds of documents in the spelling without «ё».
    yield f"СекцияДокумент={(line.kind or 'Платежное поручение').replace('ё', 'е')}"
    yield f"Номер={line.number}"
    yield f"Дата={day_text(line.made_on)}"
    yield f"Сумма={line.amount}"
    for word, (who, number, account) in (("Плательщик", payer), ("Получатель", payee)):
        yield f"{word}Счет={account}"
        yield f"{word}={who}"
        yield f"{word}ИНН={number}"
    yield f"{'ДатаПоступило' if line.incoming else 'ДатаСписано'}={day_text(line.made_on)}"
    yield f"НазначениеПлатежа={'Поступление' if line.incoming else 'Списание'} по выписке, строка VZ-{line.entry_id}"
    yield "КонецДокумента"


def _balance_before(organization: Organization, account: str, day: dt.date, actor: Actor) -> Decimal:
    earlier = BankLine.objects.visible_to(actor).filter(organization=organization, account=account, made_on__lt=day)
    sums = earlier.aggregate(came=Sum("amount", filter=Q(incoming=True)), went=Sum("amount", filter=Q(incoming=False)))
    return (sums["came"] or NOTHING) - (sums["went"] or NOTHING)


def _total(lines: Sequence[BankLine], *, incoming: bool) -> Decimal:
    return sum((line.amount for line in lines if line.incoming == incoming), NOTHING)


def _in_one_line(text: str) -> str:
    """Return the text without line breaks, with which a value could forge other lines of the file."""
    return " ".join(text.split())
