"""Rows of a form that were prefilled before people were entered: a running number, the school, the position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from .columns import TableLike, recognise
from .source import as_text, is_blank

#: Fields that show that the row is about a person.
_PERSON = frozenset({"full_name", "surname", "given_name", "patronymic", "birth_date"})
#: Fields that are personal, even if two rows have the same content.
_OWN = ("phone", "email", "snils", "ticket", "passport", "certificate", "paper", "address", "street")
#: Fields of the place, which a form has in every row, and a short list perhaps only once.
_PLACE = frozenset({"workplace", "cell", "region", "institution"})
_NUMBER = re.compile(r"[№N]?\s*\d{1,5}[.)]?")


class RowLike(Protocol):
    """The parts of a row that are needed here."""

    @property
    def number(self) -> int: ...

    @property
    def cells(self) -> tuple[Any, ...]: ...


class RowsLike(TableLike, Protocol):
    """A table with its rows."""

    @property
    def rows(self) -> Sequence[RowLike]: ...


def is_number(cell: Any) -> bool:
    """Return whether the cell looks like a running number: 12, «12.», «№ 12»."""
    return bool(_NUMBER.fullmatch(as_text(cell).strip()))


def prefilled_rows(table: RowsLike) -> frozenset[int]:
    """Return the numbers of the rows without name and date of birth that contain nothing about a person.

    A row with, for example, a telephone is somebody whose name is missing.
    """
    often = {index: Counter(as_text(cell) for cell in table.column(index)) for index in range(len(table.headings))}
    if not any(_may_be_prefilled(row, often) for row in table.rows):
        return frozenset()
    mapping = {guess.index: guess for guess in recognise(table).guesses}
    named = {index for index, guess in mapping.items() if guess.field in _PERSON}
    bare = [row for row in table.rows if not any(_holds(row, index) for index in named)]
    if not named or not bare:
        return frozenset()

    def of_the_form(index: int, cell: Any) -> bool:
        guess = mapping[index]
        if guess.note == "row_number" or guess.field in _PLACE:
            return True
        if guess.field.startswith(_OWN):
            return False
        return often[index][as_text(cell)] > 1 or (index == 0 and is_number(cell))

    filled = {row.number: [(i, cell) for i, cell in enumerate(row.cells) if not is_blank(cell)] for row in bare}
    return frozenset(n for n, cells in filled.items() if cells and all(of_the_form(i, cell) for i, cell in cells))


def _may_be_prefilled(row: RowLike, often: Mapping[int, Counter[str]]) -> bool:
    """Return whether at most one cell has content that no other row has: people have their own name and date."""
    own = (1 for i, cell in enumerate(row.cells) if often[i][as_text(cell)] == 1 and not is_number(cell))
    return len(list(islice(own, 2))) < 2


def _holds(row: RowLike, index: int) -> bool:
    return index < len(row.cells) and not is_blank(row.cells[index])
