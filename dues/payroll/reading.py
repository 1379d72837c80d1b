"""Reading payroll lists: the meaning of columns of any spreadsheet, and the lines of its people (U-D1).

Values only, without the database. Sums are roubles.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from members.lists.reading.names import is_given_name, is_patronymic
from registry.spreadsheets.columns import MAX_LETTERS, Layout, Stored, cell_of, names_columns
from registry.text import name_letters

from .rules.files import NEEDED, check_columns, check_has_people, checked_sum

#: Fields of a line, with the words of their headings. The first match is used.
FIELDS: dict[str, tuple[str, ...]] = {
    "number": ("табельный номер", "табельный", "таб номер", "таб", "тн"),
    "name": ("сотрудник", "фио", "ф и о", "фамилия имя отчество", "работник", "физическое лицо", "фамилия"),
    "department": ("подразделение", "отдел", "структурное подразделение"),
    "percent": ("процент", "ставка", "размер"),
    "base": ("начислено", "база", "расчетная база", "сумма начислений", "заработная плата"),
    "amount": ("удержано", "сумма удержания", "взнос", "взносы", "профсоюзные взносы", "к перечислению", "сумма",
               "результат"),
}  # fmt: skip
_TOTAL = re.compile(r"(?:итого|итог|всего)\b", re.IGNORECASE)
_SUM = re.compile(r"([-−–]?)(\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)
_UNIT = re.compile(r"(?:руб(?:лей|\.)?|р\.|₽)$", re.IGNORECASE)
_INITIALS = re.compile(r"\b[А-ЯЁ]\.(?:\s*-?\s*[А-ЯЁ]\.)?", re.IGNORECASE)


@dataclass(frozen=True)
class ReadLine:
    """A person in the list; `position` is the number of the row in the file."""

    position: int
    full_name: str
    number: str
    amount: Decimal
    base: Decimal | None = None
    percent: Decimal | None = None

    @property
    def who(self) -> str:
        """Return a digest of the number and the name."""
        return hashlib.sha256(f"{self.number}|{name_letters(self.full_name)}".encode()).hexdigest()


@dataclass
class ReadList:
    """The people of a list, its total if it has one, and the omitted rows with their texts."""

    lines: list[ReadLine] = field(default_factory=list)
    stated_total: Decimal | None = None
    left_out: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def digest(self) -> str:
        """Return a digest that is equal for the same people and sums in another file."""
        rows = sorted(f"{line.who}|{line.amount}" for line in self.lines)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def parse_sum(text: str) -> Decimal | None:
    """Return a sum in roubles, such as «1 234,56» or «-100.5 руб.», or None for any other text."""
    joined = _UNIT.sub("", "".join(text.split())).strip()
    match = _SUM.fullmatch(joined)
    if match is None:
        return None
    amount = Decimal(f"{match[2]}.{(match[3] or '').ljust(2, '0')}")
    return -amount if match[1] else amount


def parse_percent(text: str) -> Decimal | None:
    """Return a percentage: «1», «1 %», or «0,01» in a percentage cell; None for any other text."""
    try:
        value = Decimal("".join(text.split()).rstrip("%").replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 < value <= 100:
        return None
    value = value * 100 if value < Decimal("0.1") else value
    return value.quantize(Decimal("0.01"))


def is_person(text: str) -> bool:
    """Return whether a text is the name of a person: a surname with initials, a given name or a patronymic."""
    words = text.split()
    if not 2 <= len(words) <= 5 or len(text) > MAX_LETTERS or any(char.isdigit() for char in text):
        return False
    return bool(_INITIALS.search(text)) or any(is_given_name(word) or is_patronymic(word) for word in words[1:])


#: The table of a payroll list.
LAYOUT = Layout(
    FIELDS,
    NEEDED,
    is_value=lambda cell: parse_sum(cell) is not None,
    is_record=lambda cells: any(map(is_person, cells)),
)


def read_lines(rows: Sequence[Stored], below: int, columns: Mapping[int, str]) -> ReadList:
    """Return the people below the heading under the meaning of the columns.

    Subtotals, names of departments, repeated headings and signatures are left out. Raises `RuleViolation` (U-D1) with
    the row of an invalid sum, or if the list has no people.
    """
    at = {name: index for index, name in columns.items()}
    check_columns(at.keys())
    found = ReadList()
    totals: list[Decimal] = []
    for number, cells in rows[below:]:
        name, text = cell_of(cells, at["name"]), cell_of(cells, at["amount"])
        code = cell_of(cells, at.get("number"))[:30]
        if any(_TOTAL.match(cell) for cell in cells):
            totals += [amount for amount in (parse_sum(text),) if amount is not None]
            continue
        if text and (is_person(name) or (code and _is_named(name))) and not names_columns(cells, LAYOUT):
            amount = checked_sum(number, text, parse_sum(text))
            if amount:
                base, percent = cell_of(cells, at.get("base")), cell_of(cells, at.get("percent"))
                line = ReadLine(number, name, code, amount, parse_sum(base), parse_percent(percent))
                found.lines.append(line)
                continue
        found.left_out.append((number, " ".join(filter(None, cells))[:MAX_LETTERS]))
    check_has_people(len(found.lines))
    found.stated_total = _stated(totals, found.total)
    return found


def _stated(totals: Sequence[Decimal], total: Decimal) -> Decimal | None:
    """Return the total of the list among its totals and subtotals: the matching one, or else the last."""
    if total in totals or (len(totals) > 1 and sum(totals) == total):
        return total
    return totals[-1] if totals else None


def _is_named(text: str) -> bool:
    return sum(char.isalpha() for char in text) > 1
