"""Bank statements as tables: CSV files and workbooks of any bank, read by the meaning of their columns (anchors 1.2).

Values only; amounts are roubles. Faults refuse the whole file, remarks flag a line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dues.money import money
from registry.spreadsheets.columns import Heading, Layout, Stored, cell_of, heading_of, names_columns, recognised

from .notation import direction, parse_day, parse_sum
from .statement import MAX_DOCUMENTS, MAX_FAULTS, MAX_TEXT, Document, Fault, Statement, StatementRefused, numbered

#: Fields of a payment, with the words of their headings. The first match is used.
FIELDS: dict[str, tuple[str, ...]] = {
    "purpose": ("назначение платежа", "назначение", "основание платежа", "описание операции", "содержание операции",
                "описание"),
    "payer_account": ("счет плательщика", "расчетный счет плательщика", "р с плательщика", "плательщик счет",
                      "счет дебет", "счет по дебету", "дебет счет", "счет дебета"),
    "payee_account": ("счет получателя", "расчетный счет получателя", "р с получателя", "получатель счет",
                      "счет кредит", "счет по кредиту", "кредит счет", "счет кредита"),
    "payer_inn": ("инн плательщика", "плательщик инн"),
    "payee_inn": ("инн получателя", "получатель инн"),
    "account": ("счет контрагента", "счет корреспондента", "р с контрагента", "контрагент счет", "корреспондент счет"),
    "inn": ("инн контрагента", "инн корреспондента", "контрагент инн", "корреспондент инн", "инн"),
    "sign": ("дебет кредит", "приход расход", "д к", "направление", "тип операции", "вид операции"),
    "name": ("контрагент", "наименование контрагента", "корреспондент", "наименование корреспондента",
             "плательщик получатель", "получатель плательщик"),
    "payer": ("плательщик", "наименование плательщика"),
    "payee": ("получатель", "наименование получателя"),
    "received": ("сумма по кредиту", "оборот по кредиту", "обороты по кредиту", "поступление", "поступления",
                 "поступило", "зачислено", "зачисление", "приход", "кредит"),
    "paid": ("сумма по дебету", "оборот по дебету", "обороты по дебету", "списание", "списания", "списано", "расход",
             "дебет"),
    "amount": ("сумма операции", "сумма платежа", "сумма документа", "сумма в валюте счета", "сумма"),
    "balance": ("остаток", "исходящий остаток", "баланс"),
    "number": ("номер документа", "номер платежного документа", "номер п п", "документа", "номер", "документ"),
    "day": ("дата проводки", "дата операции", "дата поступления", "дата зачисления", "дата"),
    "own": ("номер счета", "расчетный счет", "мой счет", "счета", "счет"),
}  # fmt: skip
#: Fields of which a table needs at least one.
_SUMS = {"received", "paid", "amount"}

_ACCOUNT = re.compile(r"(?<!\d)\d{20}(?!\d)", re.ASCII)
_LOST = re.compile(r"\d[.,]\d+e\+?\d+", re.IGNORECASE)
_NO_INN = re.compile("0*", re.ASCII)

#: Words of rows that are not payments → the meaning of the sum beside them. The first match is used.
_STATED = (
    ("opening", re.compile(r"(?:входящ\w+ (?:остаток|сальдо)|(?:остаток|сальдо) (?:на )?начал)", re.IGNORECASE)),
    ("closing", re.compile(r"(?:исходящ\w+ (?:остаток|сальдо)|(?:остаток|сальдо) (?:на )?кон)", re.IGNORECASE)),
    ("received", re.compile(r"(?:итого|всего|оборот\w*|сумма).{0,20}(?:кредит|поступ|приход|зачисл)", re.IGNORECASE)),
    ("paid", re.compile(r"(?:итого|всего|оборот\w*|сумма).{0,20}(?:дебет|списа|расход)", re.IGNORECASE)),
    ("total", re.compile(r"(?:итого|всего|обороты?)\b", re.IGNORECASE)),
)
_PERIOD = re.compile(r"период|выписк|\bс\b.+\bпо\b", re.IGNORECASE)
_NOTHING = Decimal("0.00")


def _is_payment(cells: Sequence[str]) -> bool:
    """Return whether a row has a day and, in another cell, a sum."""
    return any(map(parse_day, cells)) and any(parse_sum(cell) for cell in cells)


LAYOUT = Layout(
    FIELDS,
    ("day", "purpose"),
    is_value=lambda cell: parse_day(cell) is not None or parse_sum(cell) is not None,
    is_record=_is_payment,
)


def columns_of(rows: Sequence[Stored], remembered: Mapping[str, str] | None = None) -> tuple[Heading, dict[int, str]]:
    """Return the heading of the table, and the remembered or recognised meaning of its columns."""
    heading = heading_of(rows, LAYOUT)
    found = recognised(heading.texts, LAYOUT, remembered)
    if remembered is None:
        at = {name: index for index, name in found.items()}
        under = [cells for _number, cells in rows[heading.rows :] if _is_payment(cells)]
        if "sign" in at and any(direction(cell_of(cells, at["sign"])) is None for cells in under):
            del found[at["sign"]]
        if {"received", "paid"} <= at.keys():
            found = {index: name for index, name in found.items() if name not in {"amount", "sign"}}
    return heading, found


def is_enough(fields: Collection[str]) -> bool:
    """Return whether a table with these fields can be read."""
    return "day" in fields and bool(_SUMS & set(fields))


def accounts_named(rows: Iterable[Stored]) -> list[str]:
    """Return the account numbers in the rows, such as those above the heading."""
    return list(dict.fromkeys(number for _row, cells in rows for cell in cells for number in _ACCOUNT.findall(cell)))


@dataclass
class Table:
    """The payments of a table, and the other rows with their texts."""

    statement: Statement
    left_out: list[tuple[int, str]] = field(default_factory=list)


def read_table(
    rows: Sequence[Stored], heading: Heading, columns: Mapping[int, str], *, own: Collection[str], account: str = ""
) -> Table:
    """Return the statement in the rows below the heading under this meaning of the columns.

    `own` are the numbers of the organisation's accounts, `account` is for rows that name none. Raises
    `StatementRefused` for a row with an unreadable sum, and for wrong totals or balances.
    """
    return _Reader(rows, heading, columns, own, account).table()


class _Reader:
    """Reads the rows below a heading, collects their faults, and compares their totals."""

    def __init__(
        self, rows: Sequence[Stored], heading: Heading, columns: Mapping[int, str], own: Collection[str], account: str
    ) -> None:
        self.rows, self.heading = rows, heading
        self.at = {name: index for index, name in columns.items()}
        self.own, self.account = set(own), account
        self.faults: list[Fault] = []
        self.left_out: list[tuple[int, str]] = []
        self.stated: list[tuple[str, int, Decimal]] = []
        self.balances: list[tuple[Document, Decimal]] = []
        #: A bank that writes «+» for received money writes no sign for paid money.
        self.plus = any(self._cell(cells, "amount").startswith("+") for _number, cells in rows)

        #: Some banks write paid money as a negative number in a separate column.
        self.minus = all((parse_sum(self._cell(cells, "paid")) or _NOTHING) <= 0 for _number, cells in rows)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return cell_of(cells, self.at.get(name))

    def _fault(self, line: int, text: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(line, text))

    def _refuse(self) -> None:
        if self.faults:
            raise StatementRefused(sorted(self.faults, key=lambda fault: fault.line))

    def table(self) -> Table:
        """Return the payments. Raises `StatementRefused` with all faults."""
        if not is_enough(self.at):
            self._fault(0, _("Choose the columns with the day and with the sum, or with received and paid."))
            self._refuse()
        for number, cells in self.rows[: self.heading.rows]:
            self._take_words(number, cells)
        found = [one for number, cells in self.rows[self.heading.rows :] if (one := self._row(number, cells))]
        if len(found) > MAX_DOCUMENTS:
            self._fault(0, _("The statement has more than %(count)s documents.") % {"count": MAX_DOCUMENTS})
        if not found and not self.faults:
            self._fault(0, _("No row of the file has a day and a sum. Check the columns."))
        self._refuse()
        self._check_stated(found)
        self._check_balances()
        self._refuse()
        first, last = self._period(found)
        documents = [replace(one, remarks=tuple(self._remarks(one, first, last))) for one in found]
        closing: dict[str, Decimal | None] = {one.own_account: None for one in found}
        return Table(Statement(first, last, closing, list(numbered(documents))), self.left_out)

    def _row(self, number: int, cells: list[str]) -> Document | None:
        """Return the payment of a row; None for totals, repeated headings and notes."""
        sums = {name: self._cell(cells, name) for name in ("received", "paid", "amount")}
        if not self._holds_payment(number, cells, sums):
            self._leave_out(number, cells)
            return None
        moved = self._moved(number, cells, sums)
        if moved is None:
            return None
        amount, incoming = moved
        if not amount:
            self._leave_out(number, cells)
            return None
        return self._document(number, cells, parse_day(self._cell(cells, "day")), amount, incoming=incoming)

    def _holds_payment(self, number: int, cells: list[str], sums: Mapping[str, str]) -> bool:
        texts = [self._cell(cells, name) for name in ("purpose", "name", "number")]
        day_text = self._cell(cells, "day")
        if names_columns(cells, LAYOUT) or not (day_text or any(texts)):
            return False
        if self._take_words(number, cells, below=True):
            return False
        day = parse_day(day_text)
        if any(sums.values()):
            return day is not None or any(parse_sum(text) for text in sums.values())
        if day is not None and any(texts):
            self._fault(number, _("The row has a day and no sum."))
        return False

    def _leave_out(self, number: int, cells: Sequence[str]) -> None:
        self.left_out.append((number, " ".join(filter(None, cells))[:MAX_TEXT]))

    def _moved(self, number: int, cells: Sequence[str], sums: Mapping[str, str]) -> tuple[Decimal, bool] | None:
        """Return the sum without its sign, and whether it was received; None after a fault."""
        read = {name: parse_sum(text) for name, text in sums.items() if text}
        for name, amount in read.items():
            if amount is None:
                message = _("«%(text)s» is not a sum of roubles and kopecks.")
                self._fault(number, message % {"text": sums[name][:40]})
                return None
        received, paid, amount = (read.get(name) or _NOTHING for name in ("received", "paid", "amount"))
        if received and paid:
            self._fault(number, _("The row has both a sum received and a sum paid."))
            return None
        if received < 0 or (paid < 0 and not self.minus):
            self._fault(number, _("The sum is below zero. Ask the bank what the row means."))
            return None
        if received or paid:
            return (received, True) if received else (abs(paid), False)
        incoming = self._incoming(cells, amount)
        if amount and incoming is None:
            self._fault(number, _("The row does not say whether the money was received or paid."))
            return None
        return abs(amount), bool(incoming)

    def _incoming(self, cells: Sequence[str], amount: Decimal) -> bool | None:
        if "sign" in self.at:
            return direction(self._cell(cells, "sign"))
        mine = [self._number(cells, f"{side}_account") in self.own for side in ("payer", "payee")]
        if mine[0] != mine[1]:
            return mine[1]
        if self.plus:
            return self._cell(cells, "amount").startswith("+")
        return amount > 0

    def _number(self, cells: Sequence[str], name: str) -> str:
        """Return the account in a cell, without what the bank writes around it."""
        text = self._cell(cells, name)
        found = _ACCOUNT.search(re.sub(r"[\s.]", "", text)) or _ACCOUNT.search(text)
        return found[0] if found else re.sub(r"\s", "", text)[:40]

    def _document(
        self, number: int, cells: list[str], day: dt.date | None, amount: Decimal, *, incoming: bool
    ) -> Document | None:
        mine, side = ("payee", "payer") if incoming else ("payer", "payee")
        named = self._number(cells, "own") or self._number(cells, f"{mine}_account")
        account = named or self.account
        if account not in self.own:
            message = _("The account %(account)s is not an account of your organisation.")
            self._fault(number, message % {"account": account} if account else _("The row does not name your account."))
            return None
        inn = re.sub(r"\D", "", self._cell(cells, f"{side}_inn") or self._cell(cells, "inn"))
        name = self._cell(cells, side) or self._cell(cells, "name")
        return self._with_balance(
            cells,
            Document(
                line=number,
                kind="",
                number=self._cell(cells, "number")[:40],
                day=day,
                amount=amount,
                incoming=incoming,
                own_account=account,
                other_account=self._number(cells, f"{side}_account") or self._number(cells, "account"),
                other_name=re.sub(r"\s+", " ", name.split("//")[0]).strip()[:MAX_TEXT],
                other_inn="" if _NO_INN.fullmatch(inn) else inn[:12],
                purpose=self._cell(cells, "purpose")[:MAX_TEXT],
                raw="; ".join(cells)[:4_000],
            ),
        )

    def _with_balance(self, cells: Sequence[str], document: Document) -> Document:
        text = self._cell(cells, "balance")
        balance = parse_sum(text)
        if text and balance is None:
            self._fault(document.line, _("The balance cannot be read."))
        elif balance is not None:
            self.balances.append((document, balance))
        return document

    def _remarks(self, document: Document, first: dt.date | None, last: dt.date | None) -> Iterator[str]:
        if document.day is None:
            yield _("The day cannot be read.")
        elif (first and document.day < first) or (last and document.day > last):
            yield _("The day is outside of the days of the statement.")
        if _LOST.fullmatch(document.other_account):
            yield _("The account of the payer or payee was lost when the file was saved in a spreadsheet program.")
        if document.other_account in self.own:
            yield _("Money was moved between accounts of your organisation.")

    def _period(self, found: Sequence[Document]) -> tuple[dt.date | None, dt.date | None]:
        """Return the period stated above the heading, or else that of the payments."""
        for _number, cells in self.rows[: self.heading.rows]:
            text = " ".join(cells)
            days = [day for word in re.split(r"[\s;,–]+", text) if (day := parse_day(word.strip("().")))]
            if _PERIOD.search(text) and len(days) == 2 and days[0] <= days[1]:
                return days[0], days[1]
        days = [one.day for one in found if one.day is not None]
        return min(days, default=None), max(days, default=None)

    def _take_words(self, number: int, cells: Sequence[str], *, below: bool = False) -> bool:
        """Record the totals and balances in a row without a payment; return whether it has any."""
        first = next((cell for cell in cells if cell), "")
        kind = next((kind for kind, words in _STATED if words.match(first)), "")
        if not kind:
            return False
        if below and kind in {"total", "received", "paid"}:
            before = len(self.stated)
            for name in ("received", "paid"):
                amount = parse_sum(self._cell(cells, name))
                if amount is not None:
                    self.stated.append((name, number, abs(amount)))
            if len(self.stated) > before or kind == "total":
                return True
        rest = [cell for cell in cells[cells.index(first) + 1 :] if cell]
        sums = [amount for cell in rest if (amount := parse_sum(cell)) is not None]
        if not sums:
            after = re.sub(r"\d{1,2}\.\d{1,2}\.\d{2,4}", "", first)
            found = re.search(r"[-−]?\d[\d\s]*(?:[.,]\d{1,2})?(?=\D*$)", after, re.ASCII)
            sums = [amount for amount in (parse_sum(found[0]) if found else None,) if amount is not None]
        if sums and kind != "total":
            self.stated.append((kind, number, sums[0] if kind in {"opening", "closing"} else abs(sums[0])))
        return True

    def _check_stated(self, found: Sequence[Document]) -> None:
        """Compare the totals and balances stated in the file with its payments."""
        sums = {"received": _NOTHING, "paid": _NOTHING}
        for one in found:
            sums["received" if one.incoming else "paid"] += one.amount
        said = {"received": pgettext("on a bank account", "received"), "paid": pgettext("on a bank account", "paid")}
        for name, total in sums.items():
            stated = [(line, amount) for kind, line, amount in self.stated if kind == name]
            if not stated or total in [amount for _line, amount in stated] or total == sum(a for _l, a in stated):
                continue
            line, amount = stated[-1]
            message = _("Totals disagree, %(what)s: %(total)s stated, %(sum)s by the documents.")
            self._fault(line, message % {"what": said[name], "total": money(amount), "sum": money(total)})
        opening, closing = (
            [(line, a) for kind, line, a in self.stated if kind == end] for end in ("opening", "closing")
        )
        if not opening or not closing or len({one.own_account for one in found}) > 1:
            return
        change = sums["received"] - sums["paid"]
        # Statements are sorted from the first day or from the last one.
        if opening[0][1] + change != closing[-1][1] and opening[-1][1] + change != closing[0][1]:
            self._fault(
                closing[-1][0], _("The closing balance does not follow from the opening balance and the payments.")
            )

    def _check_balances(self) -> None:
        """Compare the balance after each payment with the previous one, in either order of the rows."""
        for account in {one.own_account for one, _balance in self.balances}:
            rows = [(one, balance) for one, balance in self.balances if one.own_account == account]
            pairs = list(pairwise(rows))
            down = [one for (_b, before), (one, after) in pairs if before + _signed(one) != after]
            up = [one for (one, after), (_b, before) in pairs if before + _signed(one) != after]
            wrong = min(down, up, key=len)
            if wrong:
                self._fault(wrong[0].line, _("The balance does not follow from the one before and the sum."))


def _signed(document: Document) -> Decimal:
    return document.amount if document.incoming else -document.amount
