"""The contents of a bank statement in any format. Amounts are roubles."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

#: Maximum number of documents of a statement.
MAX_DOCUMENTS = 20_000
#: Maximum number of faults in a refusal, and maximum length of a text of a document.
MAX_FAULTS, MAX_TEXT = 50, 500

_SUM = re.compile(r"(\d{1,13})(?:[.,](\d{0,2}))?", re.ASCII)
_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_BLANKS = re.compile(r"[ \u00a0\u202f]")
#: Years of documents; others are typing errors or forged.
_YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Fault:
    """A fault of a line of the file, as a sentence for the user; line 0 is the whole file."""

    line: int
    text: str


def not_ours(named: Iterable[str]) -> Fault:
    """Return the fault of a file about other accounts, with the first of them and what to do."""
    accounts = [account for account in dict.fromkeys(named) if re.fullmatch(r"[0-9]{20}", account)]
    if not accounts:
        return Fault(
            0, _("The statement does not name an account of your organisation. Save it in the bank's program again.")
        )
    message = _(
        "The statement is about the account %(account)s, which is not one of your organisation. If it is yours, "
        "add it to “Our accounts”; if not, choose another file."
    )
    return Fault(0, message % {"account": accounts[0]})


class StatementRefused(Exception):
    """Raised if the whole statement is refused and nothing is posted. `faults` has every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.line}: {fault.text}" for fault in faults))


@dataclass(frozen=True)
class Document:
    """A payment from or to an account of the organisation; `remarks` say what has to be checked before it is posted.

    `ordinal` counts equal documents of a day from 1, so that two equal payments remain two, and the same document in an
    overlapping statement is recognised.
    """

    line: int
    kind: str
    number: str
    #: Day on the account; None if it cannot be read.
    day: dt.date | None
    amount: Decimal
    incoming: bool
    own_account: str
    other_account: str
    other_name: str
    other_inn: str
    purpose: str
    raw: str
    ordinal: int = 1
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A statement whose totals match its documents."""

    first_day: dt.date | None
    last_day: dt.date | None
    #: Accounts of the organisation in the file, with the closing balance if the file has it.
    closing: dict[str, Decimal | None]
    documents: list[Document] = field(default_factory=list)


def parse_sum(text: str) -> Decimal | None:
    """Return the amount of «1 200,50», «49» or «1000.», exact to the kopeck; None for anything else."""
    found = _SUM.fullmatch(_BLANKS.sub("", text.strip()))
    if found is None:
        return None
    whole, part = found.groups()
    return Decimal(f"{whole}.{(part or '').ljust(2, '0')}")


def parse_day(text: str) -> dt.date | None:
    """Return the day written as ДД.ММ.ГГГГ, or None for anything else."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    try:
        return dt.date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def numbered(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents, each with its number among equal ones of its day."""
    seen: Counter[tuple[object, ...]] = Counter()
    for document in documents:
        key = fingerprint(document)
        seen[key] += 1
        yield replace(document, ordinal=seen[key])


def fingerprint(document: Document) -> tuple[object, ...]:
    """Return the values that are equal in equal documents (anchors 1.3)."""
    purpose = re.sub(r"[\W_]", "", document.purpose.lower().replace("ё", "е"))
    return (
        document.own_account, document.incoming, document.day, document.number, document.amount,
        document.other_account, purpose,
    )  # fmt: skip
