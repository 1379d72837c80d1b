"""Parser of the producer's answer: a workbook or CSV with one line for each card (U-8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from registry.errors import RuleViolation
from registry.spreadsheets.files import ReadBefore, Row, check_sheet, read_at_once, visible

from ..contents import AnswerLine
from ..rules import check_answer_size, check_has_columns, parse_number

#: Maximum number of rows above the heading.
_MAX_ABOVE = 20
#: Headings that producers use, in lower case without spaces and punctuation.
_HEADINGS: dict[str, frozenset[str]] = {
    "id": frozenset({"id", "идентификатор", "идкарты", "ид"}),
    "number": frozenset({"number", "номер", "номеркарты", "карты", "эпб", "номерэпб", "cardnumber"}),
    "result": frozenset({"result", "результат", "статус", "состояние", "status"}),
    "note": frozenset({"note", "причина", "примечание", "комментарий", "reason", "comment"}),
}
_MADE = ("made", "изготовлен", "готов", "выпущен", "printed", "ok", "да")
_FAILED = ("failed", "неизготовлен", "отказ", "брак", "ошибка", "отклонен", "неготов", "error", "нет")


def read_answer(data: bytes | ReadBefore) -> list[AnswerLine]:
    """Return the lines of the first sheet with a column of ids.

    Raises `Unreadable` if the file is not a spreadsheet, `RuleViolation` (U-8) if there is no such column, or no lines
    or too many.
    """
    for sheet in visible(read_at_once(data)):
        rows = check_sheet(sheet).rows
        for at, row in enumerate(rows[:_MAX_ABOVE]):
            columns = _columns(row)
            if "id" in columns:
                filled = [row for row in rows[at + 1 :] if any(str(cell or "").strip() for cell in row.cells)]
                check_answer_size(len(filled))
                return [_line(row, columns) for row in filled]
    check_has_columns(found=False)
    return []


def _columns(row: Row) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(row.cells):
        words = _plain(str(cell or ""))
        name = next((name for name, headings in _HEADINGS.items() if words in headings), "")
        if name:
            found.setdefault(name, at)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-zа-я]", "", text.lower().replace("ё", "е"))


def _line(row: Row, columns: dict[str, int]) -> AnswerLine:
    def text(name: str) -> str:
        at = columns.get(name)
        value = row.cells[at] if at is not None and at < len(row.cells) else None
        # Spreadsheets may store whole numbers as floats.
        value = int(value) if isinstance(value, float) and value.is_integer() else value
        return str(value if value is not None else "").strip()

    typed, number = text("id"), text("number")
    return AnswerLine(
        row=row.number,
        request_id=int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None,
        made=_result(text("result"), number, has_column="result" in columns),
        number=_number(number),
        note=text("note"),
    )


def _result(text: str, number: str, *, has_column: bool) -> bool | None:
    """Return whether the card is made; without a column of results, a card with a number is made."""
    if not has_column:
        return bool(number) or None
    word = _plain(text)
    if _begins(word, _FAILED):
        return False
    return True if _begins(word, _MADE) else None


def _begins(word: str, beginnings: Sequence[str]) -> bool:
    return bool(word) and word.startswith(tuple(beginnings))


def _number(text: str) -> str | None:
    if not text:
        return ""
    try:
        return parse_number(text)
    except RuleViolation:
        return None
