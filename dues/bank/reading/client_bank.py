"""The format 1CClientBankExchange 1.01 to 1.03, with the deviations of banks (anchors 1.1 to 1.4)."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dues.money import money
from registry.checks import MAX_UPLOAD_BYTES
from registry.spreadsheets.encodings import UnknownLetters, decode
from registry.text import clean

from .statement import (
    MAX_DOCUMENTS,
    MAX_FAULTS,
    MAX_TEXT,
    Document,
    Fault,
    Statement,
    StatementRefused,
    not_ours,
    numbered,
    parse_day,
    parse_sum,
)

_FIRST = "1cclientbankexchange"
#: The second one is a variant of some banks.
_LAST = {"конецфайла", "конецвыписки"}
#: Keys of the heading that may be repeated: several accounts, several kinds of documents.
_REPEATED = {"расчсчет", "документ"}
#: Maximum length of a text of a document, and of its raw lines that are kept.
_TEXT, _RAW = MAX_TEXT, 4_000
#: Maximum numbers of lines of a file, letters of a line, keys of a section, and sections with totals (one for each
#: account and day).
MAX_LINES, MAX_LINE, MAX_KEYS, MAX_SECTIONS = 600_000, 10_000, 200, 5_000
_KEY = 60
#: Maximum total in roubles of all documents of a statement; longer sums would not fit into the columns.
MAX_TOTAL = Decimal(10) ** 13
_NOTHING = Decimal("0.00")
_NO_INN = re.compile("0*", re.ASCII)


def read(data: bytes, own: Collection[str]) -> Statement:
    """Return the statement; `own` are the numbers of the organisation's accounts.

    Raises `StatementRefused` for a file that is truncated or forged, is about other accounts, or has wrong totals.
    """
    return _Reader(_text(data), own).statement()


def is_client_bank(data: bytes) -> bool:
    """Return whether the file begins like a statement in this format, in any encoding."""
    return _FIRST.encode() in data[:200].replace(b"\0", b"").lower()


def _text(data: bytes) -> str:
    if len(data) > MAX_UPLOAD_BYTES:
        raise StatementRefused([Fault(0, _("The file is too large for a statement."))])
    try:
        text = decode(data)
    except UnknownLetters:
        raise StatementRefused([_lost(0)]) from None
    place = text.find("\ufffd")
    if place >= 0:
        raise StatementRefused([_lost(len(re.findall(r"\r\n?|\n", text[:place])) + 1)])
    return text


def _lost(line: int) -> Fault:
    return Fault(line, _("The letters of the file cannot be read. Save the statement again in the client bank."))


def _filled(text: str) -> Iterator[tuple[int, str]]:
    """Yield the non-empty lines with their numbers, one by one: a file may have millions."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        if stripped := line.strip(" \t\r\n\0\ufeff"):
            yield number, stripped
        if number >= MAX_LINES:
            message = _("The file has more than %(count)s lines. Save the statement for fewer days.")
            raise StatementRefused([Fault(number, message % {"count": MAX_LINES})])


@dataclass
class _Section:
    """Keys and values between the start and the end of a section, with the line of each key."""

    line: int
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)
    count: int = 0

    def get(self, *keys: str) -> str:
        """Return the first value that is not empty."""
        return next((value for key in keys if (value := self.values.get(key, ""))), "")


class _Reader:
    """Reads the sections of a file, collects its faults, and compares its totals.

    It stops at the first line beyond a limit, and at the last fault that is reported.
    """

    def __init__(self, text: str, own: Collection[str]) -> None:
        self.faults: list[Fault] = []
        self.own = set(own)
        self.heading = _Section(1, "")
        self.stated: list[str] = []
        self.accounts: list[_Section] = []
        self.documents: list[_Section] = []
        self._divide(text)

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text))
        if len(self.faults) == MAX_FAULTS:
            self._refuse()

    def _end(self, line: int, text: str) -> None:
        """Refuse the file for a line beyond a limit, with the earlier faults."""
        self._fault(line, text)
        self._refuse()

    def _refuse(self) -> None:
        if self.faults:
            raise StatementRefused(sorted(self.faults, key=lambda fault: fault.line))

    def _divide(self, text: str) -> None:
        """Split the file into its sections."""
        filled = _filled(text)
        last = next(filled, (1, ""))
        if last[1].lower() != _FIRST:
            self._end(1, _("This is not a statement of the client bank: it does not begin with 1CClientBankExchange."))
        section, before = self.heading, None
        for last in filled:
            # The last line is known only when no other follows.
            if before is not None:
                section = self._take(section, *before)
            before = last
        if last[1].lower() not in _LAST:
            if before is not None:
                section = self._take(section, *before)
            self._fault(last[0], _("The file is cut off: its last line is missing. Save the statement again."))
        if section is not self.heading:
            self._fault(section.line, _("The section that begins here has no end."))
        self._refuse()

    def _take(self, section: _Section, number: int, line: str) -> _Section:
        """Add a line to the section; return the section of the next line."""
        if len(line) > MAX_LINE:
            message = _("The line has more than %(count)s letters, so this is not a statement as banks save it.")
            self._end(number, message % {"count": MAX_LINE})
        key, divider, value = line.partition("=")
        key = re.sub(r"\s", "", clean(key, _KEY)).lower().replace("ё", "е")
        inside = section is not self.heading
        if key in {"секциярасчсчет", "секциядокумент"}:
            if inside or bool(divider) != (key == "секциядокумент"):
                self._fault(number, _("A section begins where none can begin."))
                return section
            begun = _Section(number, clean(value.strip(), 60))
            (self.documents if divider else self.accounts).append(begun)
            self._check_count(number)
            return begun
        if key in {"конецрасчсчет", "конецдокумента"}:
            ends = self.documents if key == "конецдокумента" else self.accounts
            if not inside or not ends or ends[-1] is not section:
                self._fault(number, _("A section ends that has not begun."))
            return self.heading
        if not divider or not key:
            self._fault(number, _("The line has no key and value."))
            return section
        value = clean(value, _RAW).strip()
        section.count += 1
        if section.count > MAX_KEYS:
            message = _("The section has more than %(count)s lines. Save the statement again in the client bank.")
            self._end(number, message % {"count": MAX_KEYS})
        if inside:
            section.raw.append(f"{key}={value}")
        elif key == "расчсчет":
            self.stated.append(value)
        if key in section.values and not (not inside and key in _REPEATED):
            self._fault(number, _("The key «%(key)s» stands twice in a section.") % {"key": clean(key, 40)})
        section.values[key], section.lines[key] = value, number
        return section

    def _check_count(self, number: int) -> None:
        if len(self.documents) > MAX_DOCUMENTS:
            message = _("The statement has more than %(count)s documents. Save the statement for fewer days.")
            self._end(number, message % {"count": MAX_DOCUMENTS})
        if len(self.accounts) > MAX_SECTIONS:
            message = _("The statement has totals for more than %(count)s days. Save the statement for fewer days.")
            self._end(number, message % {"count": MAX_SECTIONS})

    def statement(self) -> Statement:
        """Return the statement. Raises `StatementRefused` with all faults."""
        named = [*self.stated, *(section.get("расчсчет") for section in self.accounts)]
        mine = [account for account in dict.fromkeys(named) if account in self.own]
        if not mine:
            self.faults.append(not_ours(filter(None, named)))
            self._refuse()
        documents = [document for section in self.documents if (document := self._document(section, mine))]
        # Totals cannot match if documents are unreadable.
        self._refuse()
        if sum((document.amount for document in documents), _NOTHING) > MAX_TOTAL:
            self._end(0, _("The sums of the documents make more than ten trillion roubles. Save the statement again."))
        closing = {account: self._check_totals(account, documents) for account in mine}
        self._refuse()
        first, last = (parse_day(self.heading.get(key)) for key in ("датаначала", "датаконца"))
        both = [side for document in documents for side in _sides(document, mine)]
        return Statement(first, last, closing, list(numbered(both)))

    def _document(self, section: _Section, mine: list[str]) -> Document | None:
        amount = parse_sum(section.get("сумма"))
        if not amount:
            line = section.lines.get("сумма", section.line)
            self._fault(line, _("The sum of the document cannot be read: roubles and kopecks above zero are needed."))
            return None
        payer = section.get("плательщиксчет", "плательщикрасчсчет", "плательщик2")
        payee = section.get("получательсчет", "получательрасчсчет", "получатель2")
        incoming = payee in mine
        if not incoming and payer not in mine:
            self._fault(section.line, _("Neither the payer's nor the payee's account is an account of the statement."))
            return None
        side, other = ("плательщик", payer) if incoming else ("получатель", payee)
        purpose = section.get("назначениеплатежа") or " ".join(
            value for number in range(1, 7) if (value := section.get(f"назначениеплатежа{number}"))
        )
        days = ("датапоступило", "датасписано") if incoming else ("датасписано", "датапоступило")
        day = next((found for key in (*days, "дата") if (found := parse_day(section.get(key)))), None)
        inn = section.get(f"{side}инн")
        document = Document(
            line=section.line,
            kind=section.kind,
            number=section.get("номер")[:40],
            day=day,
            amount=amount,
            incoming=incoming,
            own_account=payee if incoming else payer,
            other_account=other[:40],
            other_name=_name(section, side),
            other_inn="" if _NO_INN.fullmatch(inn) else inn[:12],
            purpose=re.sub(r"\s+", " ", purpose)[:_TEXT].strip(),
            raw="\n".join(section.raw)[:_RAW],
        )
        return replace(document, remarks=tuple(self._remarks(document, mine)))

    def _remarks(self, document: Document, mine: list[str]) -> Iterator[str]:
        if document.day is None:
            yield _("The day cannot be read.")
        else:
            first, last = (parse_day(self.heading.get(key)) for key in ("датаначала", "датаконца"))
            if (first and document.day < first) or (last and document.day > last):
                yield _("The day is outside of the days of the statement.")
        if document.other_account in self.own | set(mine):
            yield _("Money was moved between accounts of your organisation.")

    def _check_totals(self, account: str, documents: list[Document]) -> Decimal | None:
        """Compare the totals of the account's sections with each other and with the documents; return the last balance.

        Banks write one section for the whole statement, or one for each day.
        """
        sections = [section for section in self.accounts if section.get("расчсчет") == account]
        if not sections:
            return None
        sections.sort(key=lambda section: parse_day(section.get("датаначала")) or dt.date.min)
        totals = {"всегопоступило": _NOTHING, "всегосписано": _NOTHING}
        before: Decimal | None = None
        for section in sections:
            opening, *sums, closing = (
                self._sum(section, key)
                for key in ("начальныйостаток", "всегопоступило", "всегосписано", "конечныйостаток")
            )
            received, paid = (amount or _NOTHING for amount in sums)
            totals["всегопоступило"] += received
            totals["всегосписано"] += paid
            if opening is None:
                continue
            if closing is not None and opening + received - paid != closing:
                self._fault(section.line, _("The closing balance does not follow from the opening balance and totals."))
            if before is not None and opening != before:
                self._fault(section.line, _("The opening balance is not the closing balance of the day before."))
            before = closing if closing is not None else opening + received - paid
        own: defaultdict[str, Decimal] = defaultdict(lambda: _NOTHING)
        for document in documents:
            if document.own_account == account:
                own["всегопоступило" if document.incoming else "всегосписано"] += document.amount
            if not document.incoming and document.other_account == account:
                own["всегопоступило"] += document.amount
            if document.incoming and document.other_account == account:
                own["всегосписано"] += document.amount
        for key, said in (
            ("всегопоступило", pgettext("on a bank account", "received")),
            ("всегосписано", pgettext("on a bank account", "paid")),
        ):
            if totals[key] != own[key]:
                message = _("Totals disagree, %(what)s: %(total)s stated, %(sum)s by the documents.")
                values = {"what": said, "total": money(totals[key]), "sum": money(own[key])}
                self._fault(sections[0].line, message % values)
        return before

    def _sum(self, section: _Section, key: str) -> Decimal | None:
        text = section.get(key)
        if not text:
            return None
        negative = text.startswith("-")
        amount = parse_sum(text.removeprefix("-"))
        if amount is None:
            self._fault(section.lines[key], _("The sum cannot be read."))
            return None
        return -amount if negative else amount


def _sides(document: Document, mine: list[str]) -> Iterator[Document]:
    """Yield the document, and its other side if money was moved between two accounts of the statement."""
    yield document
    if document.other_account in mine and document.other_account != document.own_account:
        own, other = document.own_account, document.other_account
        yield replace(document, incoming=not document.incoming, own_account=other, other_account=own, other_name="")


def _name(section: _Section, side: str) -> str:
    """Return the name without «ИНН 123…» before it and an address after it."""
    whole = section.get(f"{side}1", side)
    named = re.sub(r"^\s*ИНН\s*\d*[\s,]*", "", whole, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", named.split("//")[0]).strip()[:_TEXT]
