"""Reading of payroll lists: the rows of any spreadsheet, the meaning of its columns, the lines of its people (U-D1).

Values only; nothing is read from the database. Sums are roubles.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from members.lists.reading.names import is_given_name, is_patronymic
from registry.spreadsheets.files import Cell, Sheet, check_sheet, read_sheets, visible
from registry.text import clean, name_letters, search_key

from .rules.files import NEEDED, check_columns, check_has_people, checked_sum

#: Fields of a line, with the words of the headings that name them. The first that fits is taken.
FIELDS: dict[str, tuple[str, ...]] = {
    "number": ("табельный номер", "табельный", "таб номер", "таб", "тн"),
    "name": ("сотрудник", "фио", "ф и о", "фамилия имя отчество", "работник", "физическое лицо", "фамилия"),
    "department": ("подразделение", "отдел", "структурное подразделение"),
    "percent": ("процент", "ставка", "размер"),
    "base": ("начислено", "база", "расчетная база", "сумма начислений", "заработная плата"),
    "amount": ("удержано", "сумма удержания", "взнос", "взносы", "профсоюзные взносы", "к перечислению", "сумма",
               "результат"),
}  # fmt: skip
#: Rows in which the heading stands, and columns and letters of a cell that are kept.
MAX_HEADING_ROW, MAX_COLUMNS, MAX_LETTERS = 30, 40, 200
_TOTAL = re.compile(r"(?:итого|итог|всего)\b", re.IGNORECASE)
_SUM = re.compile(r"([-−–]?)(\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)
_UNIT = re.compile(r"(?:руб(?:лей|\.)?|р\.|₽)$", re.IGNORECASE)
_INITIALS = re.compile(r"\b[А-ЯЁ]\.(?:\s*-?\s*[А-ЯЁ]\.)?", re.IGNORECASE)

#: A row of the file as it is stored: its number and its cells as text.
Stored = tuple[int, list[str]]


@dataclass(frozen=True)
class ReadLine:
    """A person of the list; `position` is the number of the row in the file."""

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
    """The people of a list, its total if it has one, and the rows left out with their texts."""

    lines: list[ReadLine] = field(default_factory=list)
    stated_total: Decimal | None = None
    left_out: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def digest(self) -> str:
        """Return a digest that is the same for the same people and sums in another file."""
        rows = sorted(f"{line.who}|{line.amount}" for line in self.lines)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def read_rows(data: bytes) -> list[Stored]:
    """Return the rows of the sheet with the most cells, as text. Raises `Unreadable`."""
    sheets = visible(read_sheets(data))
    sheet = check_sheet(max(sheets, key=_filled))
    rows = [(row.number, [as_text(cell) for cell in row.cells[:MAX_COLUMNS]]) for row in sheet.rows]
    return [(number, cells) for number, cells in rows if any(cells)]


def _filled(sheet: Sheet) -> int:
    return sum(cell is not None for row in sheet.rows for cell in row.cells)


def as_text(cell: Cell) -> str:
    """Return a cell as text: numbers with a point, without an exponent."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float):
        # The shortest text of a number that is not exact, such as 12.3 for 12.300000000000001.
        text = f"{cell:.6f}".rstrip("0").rstrip(".")
        return text if abs(cell) < 1e13 else ""
    return " ".join(clean(cell, MAX_LETTERS).split())


def digest_of(rows: Sequence[Stored]) -> str:
    """Return a digest of the rows as they are in the file."""
    return hashlib.sha256("\n".join("\t".join(cells) for _number, cells in rows).encode()).hexdigest()


def plain(heading: str) -> str:
    """Return a heading as it is compared and remembered: its words in lower case."""
    return search_key(heading.replace("%", " процент ")).strip()


@dataclass(frozen=True)
class Heading:
    """The headings by column, joined over merged rows, and the number of rows up to the last of them."""

    texts: list[str]
    rows: int


def heading_of(rows: Sequence[Stored]) -> Heading:
    """Return the heading of the list: the row, or two rows below each other, that name most fields."""
    best, most = _above_people(rows), 0
    for at, (_number, cells) in enumerate(rows[:MAX_HEADING_ROW]):
        if any(parse_sum(cell) is not None for cell in cells if cell) and not _names_columns(cells):
            continue
        under = rows[at + 1][1] if at + 1 < len(rows) else []
        both = [" ".join(filter(None, pair)) for pair in _together(cells, under)]
        for texts, count in ((cells, 1), (both, 2)):
            words = [*recognised(texts).values()]
            score = len(words) * 2 - count if set(NEEDED) <= set(words) else len(words)
            if score > most and (count == 1 or not _holds_person(under)):
                best, most = Heading(list(texts), at + count), score
    return best


def _above_people(rows: Sequence[Stored]) -> Heading:
    """Return the row above the first person, whatever its words are."""
    first = next((at for at, (_number, cells) in enumerate(rows) if any(map(is_person, cells))), 0)
    width = max((len(cells) for _number, cells in rows), default=0)
    above = rows[first - 1][1] if first else []
    return Heading([*above, *[""] * (width - len(above))], first)


def _together(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, str]]:
    width = max(len(upper), len(lower))
    return list(zip([*upper, *[""] * (width - len(upper))], [*lower, *[""] * (width - len(lower))], strict=True))


def _names_columns(cells: Sequence[str]) -> bool:
    return len(recognised(cells)) >= len(NEEDED)


def _holds_person(cells: Sequence[str]) -> bool:
    return any(is_person(cell) for cell in cells) or any(parse_sum(cell) is not None for cell in cells if cell)


def recognised(headings: Sequence[str], remembered: Mapping[str, str] | None = None) -> dict[int, str]:
    """Return the field of each column whose heading is remembered or known; a field has one column."""
    found: dict[int, str] = {}
    texts = [plain(heading) for heading in headings]
    for index, text in enumerate(texts):
        name = (remembered or {}).get(text, "")
        if text and name in FIELDS and name not in found.values():
            found[index] = name
    for name, words in FIELDS.items():
        for word in words:
            index = next((at for at, text in enumerate(texts) if _begins(text, word) and at not in found), -1)
            if index >= 0 and name not in found.values():
                found[index] = name
    return found


def _begins(text: str, word: str) -> bool:
    return text == word or text.startswith(f"{word} ") or (len(word) > 4 and f" {word}" in text)


def parse_sum(text: str) -> Decimal | None:
    """Return a sum in roubles, such as «1 234,56» or «-100.5 руб.», or None for any other text."""
    joined = _UNIT.sub("", "".join(text.split())).strip()
    match = _SUM.fullmatch(joined)
    if match is None:
        return None
    amount = Decimal(f"{match[2]}.{(match[3] or '').ljust(2, '0')}")
    return -amount if match[1] else amount


def parse_percent(text: str) -> Decimal | None:
    """Return a percentage: «1», «1 %», «0,01» of a cell formatted as one; None for any other text."""
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


def read_lines(rows: Sequence[Stored], below: int, columns: Mapping[int, str]) -> ReadList:
    """Return the people below the heading by the meaning of the columns.

    Subtotals, names of departments, repeated headings and signatures are left out. Raises `RuleViolation` (U-D1) that
    names the row of a sum that is none, or if the list holds nobody.
    """
    at = {name: index for index, name in columns.items()}
    check_columns(at.keys())
    found = ReadList()
    totals: list[Decimal] = []
    for number, cells in rows[below:]:
        name, text = _cell(cells, at["name"]), _cell(cells, at["amount"])
        code = _cell(cells, at.get("number"))[:30]
        if any(_TOTAL.match(cell) for cell in cells):
            totals += [amount for amount in (parse_sum(text),) if amount is not None]
            continue
        if text and (is_person(name) or (code and _is_named(name))) and not _names_columns(cells):
            amount = checked_sum(number, text, parse_sum(text))
            if amount:
                base, percent = _cell(cells, at.get("base")), _cell(cells, at.get("percent"))
                line = ReadLine(number, name, code, amount, parse_sum(base), parse_percent(percent))
                found.lines.append(line)
                continue
        found.left_out.append((number, " ".join(filter(None, cells))[:MAX_LETTERS]))
    check_has_people(len(found.lines))
    found.stated_total = _stated(totals, found.total)
    return found


def _stated(totals: Sequence[Decimal], total: Decimal) -> Decimal | None:
    """Return the total of the list among its totals and subtotals: the one that is right, or else the last."""
    if total in totals or (len(totals) > 1 and sum(totals) == total):
        return total
    return totals[-1] if totals else None


def _is_named(text: str) -> bool:
    return sum(char.isalpha() for char in text) > 1


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index].strip() if index is not None and index < len(cells) else ""
